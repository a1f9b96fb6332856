/** The cell that is looked at, large, beside its place in the grid. */

import styles from './attention.module.css';
import { describeCell, type MapRow, type PictureMaps, rowLabel } from './cells';
import { MapCell } from './MapCell';

interface EnlargedProps {
  maps: PictureMaps;
  row: MapRow;
  /** Number of the picture, from 1. */
  picture: number;
  truth: string | null;
  threshold: number;
  /** Where the cell is on screen. */
  beside: DOMRect;
}

const width = 250;
const height = 330;
const gap = 10;

export function Enlarged({ maps, row, picture, truth, threshold, beside }: EnlargedProps) {
  const place = placeBeside(beside, { width: window.innerWidth, height: window.innerHeight });
  return (
    <div className={styles.enlarged} style={{ ...place, width }} role="status">
      <div className={styles.large}>
        <MapCell maps={maps} row={row} truth={truth} outlined />
      </div>
      <p>
        <b>
          picture {picture}, {rowLabel(row)}
        </b>
        : {describeCell(maps, row, threshold)}
      </p>
    </div>
  );
}

/** Right of the cell, else left of it, else (narrow screens) under or over it; always inside the window. */
export function placeBeside(
  cell: { left: number; right: number; top: number; bottom: number },
  window: { width: number; height: number },
): { left: number; top: number } {
  const clampTop = (top: number) => Math.max(gap, Math.min(top, window.height - height - gap));
  if (cell.right + gap + width <= window.width) return { left: cell.right + gap, top: clampTop(cell.top) };
  if (cell.left - gap - width >= 0) return { left: cell.left - gap - width, top: clampTop(cell.top) };
  const left = Math.max(gap, Math.min(cell.left, window.width - width - gap));
  const below = cell.bottom + gap + height <= window.height;
  return { left, top: below ? cell.bottom + gap : Math.max(gap, cell.top - gap - height) };
}

/**
 * Pinned pictures side by side, their attention maps below each other. One stop of the Tab key, arrow keys walk the
 * cells; the cell under pointer or focus is enlarged.
 */

import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from 'react';
import type { AttentionReport } from '../../../session/protocol';
import styles from './attention.module.css';
import { mapRows, type Network, type PictureMaps, pictureMaps, rowLabel } from './cells';
import { Enlarged } from './Enlarged';
import { MapCell } from './MapCell';
import { outlinePath } from './paint';

interface AttentionGridProps {
  report: AttentionReport;
  network: Network;
  /** Draw each head's mask around its map. */
  outlined: boolean;
}

/** The cell that is looked at, and where it is on screen. */
interface Place {
  row: number;
  col: number;
  cell: HTMLElement;
  box: DOMRect;
}

/** Memoised: with a deferred report it is painted in slices, between which the page answers. */
export const AttentionGrid = memo(function AttentionGrid({ report, network, outlined }: AttentionGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const [home, setHome] = useState({ row: 0, col: 0 });
  const [shown, setShown] = useState<Place | null>(null);
  const rows = mapRows(report.heads);
  const columns = useMemo(
    () => Array.from(report.indices, (_, i) => pictureMaps(report, network, i)),
    [report, network],
  );
  const { truth, imageSize } = report;
  const count = report.indices.length;
  const truths = useMemo(() => {
    const side = { rows: imageSize, cols: imageSize };
    const area = imageSize * imageSize;
    return Array.from({ length: count }, (_, i) =>
      // A picture without a mask has no outline.
      truth === null ? null : outlinePath(truth.subarray(i * area, (i + 1) * area), side) || null,
    );
  }, [truth, imageSize, count]);

  const show = (row: number, col: number, cell: HTMLElement) =>
    setShown({ row, col, cell, box: cell.getBoundingClientRect() });
  useFollow(shown, setShown);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setShown(null);
    const to = neighbour(event.key, home, rows.length, columns.length);
    if (to === null) return;
    event.preventDefault();
    setHome(to);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${to.row}-${to.col}"]`)?.focus();
  };

  const scored = columns.some((maps) => maps.jaccard !== null);
  return (
    <div className={styles.wrap}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys pressed in its buttons arrive here */}
      <div
        ref={grid}
        className={styles.grid}
        style={{ '--columns': columns.length } as React.CSSProperties}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setShown(null)}
      >
        {rows.map((row, r) => (
          <div key={row} className={styles.row}>
            <span className={styles.label}>{rowLabel(row)}</span>
            {columns.map((maps, c) => (
              <button
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                key={c}
                type="button"
                className={styles.cell}
                data-cell={`${r}-${c}`}
                tabIndex={home.row === r && home.col === c ? 0 : -1}
                aria-label={`picture ${c + 1}, ${rowLabel(row)}`}
                onPointerEnter={(event) => event.pointerType === 'mouse' && show(r, c, event.currentTarget)}
                onFocus={(event) => {
                  setHome({ row: r, col: c });
                  show(r, c, event.currentTarget);
                }}
                onBlur={() => setShown(null)}
                onClick={(event) => show(r, c, event.currentTarget)}
              >
                <MapCell maps={maps} row={row} truth={truths[c]!} outlined={outlined} />
              </button>
            ))}
          </div>
        ))}
        {scored && (
          <div className={styles.row}>
            <span className={styles.label} title="Mean over heads, percent">
              Jaccard
            </span>
            {columns.map((maps, c) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <span key={c} className={styles.score}>
                {meanScore(maps)}
              </span>
            ))}
          </div>
        )}
      </div>
      {shown !== null && shown.col < columns.length && shown.row < rows.length && (
        <Enlarged
          maps={columns[shown.col]!}
          row={rows[shown.row]!}
          picture={shown.col + 1}
          truth={truths[shown.col]!}
          threshold={report.threshold}
          beside={shown.box}
        />
      )}
    </div>
  );
});

/** Keeps the enlarged cell beside its place while the page scrolls; a press elsewhere puts it away. */
function useFollow(shown: Place | null, setShown: (place: Place | null) => void): void {
  useEffect(() => {
    if (shown === null) return;
    const onScroll = () => {
      const box = shown.cell.getBoundingClientRect();
      const gone = box.bottom < 0 || box.top > window.innerHeight;
      setShown(gone ? null : { ...shown, box });
    };
    const onPress = (event: PointerEvent) => {
      if (!(event.target instanceof Node && shown.cell.contains(event.target))) setShown(null);
    };
    window.addEventListener('scroll', onScroll, { capture: true, passive: true });
    window.addEventListener('pointerdown', onPress);
    return () => {
      window.removeEventListener('scroll', onScroll, { capture: true });
      window.removeEventListener('pointerdown', onPress);
    };
  }, [shown, setShown]);
}

function meanScore({ jaccard, heads }: PictureMaps): string {
  if (jaccard === null) return '';
  return (jaccard.reduce((sum, value) => sum + value, 0) / heads).toFixed(0);
}

/** The cell an arrow key leads to; null for other keys and at the edge. */
export function neighbour(
  key: string,
  from: { row: number; col: number },
  rows: number,
  cols: number,
): { row: number; col: number } | null {
  const steps: Record<string, [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    Home: [0, -from.col],
    End: [0, cols - 1 - from.col],
  };
  const step = steps[key];
  if (step === undefined) return null;
  const to = { row: from.row + step[0], col: from.col + step[1] };
  return to.row >= 0 && to.row < rows && to.col >= 0 && to.col < cols ? to : null;
}

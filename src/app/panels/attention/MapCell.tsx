/** One cell of the attention grid: pixels, and the outlines that belong over them. */

import { memo, useMemo } from 'react';
import { RgbaCanvas } from '../panel/RgbaCanvas';
import styles from './attention.module.css';
import { type MapRow, maskOutline, type PictureMaps, paintCell } from './cells';

interface MapCellProps {
  maps: PictureMaps;
  row: MapRow;
  /** Outline of the true mask in px of the picture. */
  truth: string | null;
  outlined: boolean;
}

/** One map with its outlines: the truth around picture and mask, the head's own mask where asked. */
export const MapCell = memo(function MapCell({ maps, row, truth, outlined }: MapCellProps) {
  const pixels = useMemo(() => paintCell(maps, row), [maps, row]);
  const mask = useMemo(() => (outlined ? maskOutline(maps, row) : null), [outlined, maps, row]);
  const { size, grid } = maps;
  return (
    <>
      <RgbaCanvas pixels={pixels} size={size} />
      {truth !== null && (row === 'picture' || row === 'mask') && (
        <Outline path={truth} width={size} height={size} kind="truth" />
      )}
      {mask !== null && <Outline path={mask} width={grid.cols} height={grid.rows} kind="mask" />}
    </>
  );
});

function Outline(props: { path: string; width: number; height: number; kind: 'truth' | 'mask' }) {
  return (
    <svg
      className={styles.outline}
      viewBox={`0 0 ${props.width} ${props.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {props.kind === 'truth' && <path className={styles.shade} d={props.path} />}
      <path className={styles[props.kind]} d={props.path} />
    </svg>
  );
}

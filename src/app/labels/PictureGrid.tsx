/**
 * The grid of pictures: only the rows in view are drawn. One listbox takes all keys; with a mouse, pictures are
 * chosen by pressing or by a rubber band, and chosen ones are dragged onto a class where there is one to drop on.
 */

import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type FocusEvent, type KeyboardEvent, useEffect, useId, useRef } from 'react';
import type { Labelling } from '../../labels';
import styles from './labels.module.css';
import { PictureCell } from './PictureCell';
import { choose, cursorPosition, type GridLayout, moveTo, point, type Selection } from './selection';
import { useGridPointer } from './useGridPointer';
import { useThumbnails } from './useThumbnails';

/** Whoever comes by keyboard sees all of the grid. */
function intoView({ currentTarget }: FocusEvent<HTMLDivElement>): void {
  if (currentTarget.matches(':focus-visible')) currentTarget.scrollIntoView({ block: 'nearest' });
}

const gap = 6;
const padding = 8;

interface Props {
  /** Pictures in the order of the grid. */
  shown: Int32Array;
  selection: Selection;
  onSelection(next: Selection): void;
  labelling: Labelling;
  heldOut: Uint8Array;
  revealed: boolean;
  nameOf(picture: number): string;
  generation: number;
  /** Side of the small pictures, px. */
  thumbnail: number;
  /** Smallest side of a cell on screen, px. */
  cell: number;
  /** What is being dragged was let go over a class; left out where there are no classes to drop on. */
  onDrop?: (label: number) => void;
}

export function PictureGrid(props: Props) {
  const { shown, selection, onSelection, labelling, heldOut, revealed, nameOf, generation } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sizeRef, width } = useElementSize();
  const host = useMergedRef(scroller, sizeRef);
  const ids = useId();
  const inner = Math.max(props.cell, width - 2 * padding);
  const columns = Math.max(1, Math.floor((inner + gap) / (props.cell + gap)));
  const side = (inner - (columns - 1) * gap) / columns;
  const layout: GridLayout = { columns, cell: side, gap };
  const rows = useVirtualizer({
    count: Math.ceil(shown.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => side + gap,
    paddingStart: padding,
    paddingEnd: padding,
    overscan: 2,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: cells of another size stand elsewhere
  useEffect(() => rows.measure(), [side, rows]);
  const drawn = rows.getVirtualItems();
  const inView = drawn.flatMap(({ index }) => [...shown.slice(index * columns, (index + 1) * columns)]);
  const pixels = useThumbnails(inView, props.thumbnail, generation);
  const at = cursorPosition(selection, shown);
  const cursor = at < 0 ? undefined : shown[at];
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(Math.floor(at / columns), { align: 'auto' });
  }, [at, columns, rows]);

  const { band, drag, handlers } = useGridPointer({
    scroller,
    padding,
    layout,
    shown,
    selection,
    onSelection,
    onDrop: props.onDrop,
  });

  const press = (event: KeyboardEvent) => {
    const ctrl = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / (side + gap))) * columns;
    const target = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at - columns < 0 ? at : at - columns,
      ArrowDown: at + columns,
      PageUp: at - page,
      PageDown: at + page,
      Home: 0,
      End: shown.length - 1,
    }[event.key];
    if (target !== undefined) onSelection(moveTo(selection, shown, target, event.shiftKey));
    else if (event.key === ' ' && at >= 0)
      onSelection(point(selection, shown, at, { range: event.shiftKey, toggle: true }));
    else if (event.key.toLowerCase() === 'a' && ctrl) onSelection(choose(selection, shown));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const name = (label: number) => (label >= 0 ? (labelling.classNames[label] ?? null) : null);
  return (
    <>
      <div
        ref={host}
        className={styles.grid}
        role="listbox"
        tabIndex={0}
        aria-label="Pictures"
        aria-multiselectable="true"
        aria-activedescendant={cursor === undefined ? undefined : `${ids}-${cursor}`}
        data-autofocus
        onKeyDown={press}
        onFocus={intoView}
        {...handlers}
      >
        <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {drawn.map((row) => (
            <div
              key={row.key}
              role="presentation"
              className={styles.row}
              style={{
                transform: `translateY(${row.start}px)`,
                height: side,
                gridTemplateColumns: `repeat(${columns}, ${side}px)`,
              }}
            >
              {[...shown.slice(row.index * columns, (row.index + 1) * columns)].map((picture, i) => (
                <PictureCell
                  key={picture}
                  id={`${ids}-${picture}`}
                  picture={picture}
                  position={row.index * columns + i}
                  of={shown.length}
                  name={nameOf(picture)}
                  pixels={pixels.get(picture)}
                  label={name(labelling.given[picture]!)}
                  truth={revealed ? name(labelling.truth[picture]!) : null}
                  heldOut={heldOut[picture] === 1}
                  chosen={selection.chosen.has(picture)}
                  cursor={picture === cursor}
                />
              ))}
            </div>
          ))}
          {band !== null && <div role="presentation" className={styles.band} style={band} />}
        </div>
      </div>
      {drag !== null && (
        <div className={styles.dragged} style={{ left: drag.x + 14, top: drag.y + 10 }} aria-hidden="true">
          {drag.count === 1 ? 'one picture' : `${drag.count} pictures`}
        </div>
      )}
    </>
  );
}

/**
 * Which classes are taken for which: a square on a canvas, true classes in rows, classes said in columns. Pointer or
 * arrow keys pick a cell, whose count is said in words; the same numbers as a table are one press away.
 */

import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { readTheme, watchTheme } from '../plot/theme';
import styles from './classification.module.css';
import { type Cell, cellFrom, cellWords, drawMatrix, worstPairs } from './confusion';

interface ConfusionMatrixProps {
  /** [C, C] counts. */
  confusion: Int32Array;
  classNames: readonly string[];
}

/** More names than this have no room beside the square. */
const mostNames = 14;
const mostPairs = 3;

export function ConfusionMatrix({ confusion, classNames }: ConfusionMatrixProps) {
  const [marked, setMarked] = useState<Cell | null>(null);
  const [table, setTable] = useState(false);
  const classes = classNames.length;
  const inside = marked !== null && marked.row < classes && marked.column < classes ? marked : null;
  const canvas = useMatrix(confusion, classes, inside);
  const named = classes <= mostNames;
  const worst = worstPairs(confusion, classes, mostPairs);

  const point = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = (value: number, size: number) =>
      Math.min(classes - 1, Math.max(0, Math.floor((value / size) * classes)));
    setMarked({
      row: at(event.clientY - box.top, box.height),
      column: at(event.clientX - box.left, box.width),
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setMarked(null);
    const to = cellFrom(event.key, inside ?? { row: 0, column: 0 }, classes);
    if (to === null) return;
    event.preventDefault();
    setMarked(to);
  };

  return (
    <div className={styles.part}>
      <div className={styles.partHead}>
        <h3>What is taken for what</h3>
        <span>rows: true class · columns: class said · held-out</span>
      </div>
      <div className={styles.matrix} data-named={named}>
        {named && (
          <div className={styles.rowNames} aria-hidden="true">
            {classNames.map((name, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a class is its number
              <span key={row} title={name} data-marked={inside?.row === row}>
                {name}
              </span>
            ))}
          </div>
        )}
        {/* A slider over cells: arrow keys walk them, a screen reader hears each in words. */}
        <div
          className={styles.square}
          role="slider"
          tabIndex={0}
          aria-label="Confusion matrix: true class and class said"
          aria-valuemin={0}
          aria-valuemax={classes * classes - 1}
          aria-valuenow={inside === null ? 0 : inside.row * classes + inside.column}
          aria-valuetext={cellWords(confusion, classNames, inside ?? { row: 0, column: 0 })}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => setMarked(null)}
          onFocus={() => setMarked((before) => before ?? { row: 0, column: 0 })}
          onBlur={() => setMarked(null)}
          onKeyDown={onKeyDown}
        >
          <canvas ref={canvas} />
        </div>
        {named && (
          <div className={styles.columnNames} aria-hidden="true">
            {classNames.map((name, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a class is its number
              <span key={column} title={name} data-marked={inside?.column === column}>
                {name}
              </span>
            ))}
          </div>
        )}
      </div>
      <p className={styles.cellWords}>
        {inside !== null
          ? cellWords(confusion, classNames, inside)
          : worst.length === 0
            ? 'Nothing is confused.'
            : `Most often: ${worst.map((pair) => cellWords(confusion, classNames, pair)).join(' ')}`}
      </p>
      <p className={styles.more}>
        <button type="button" aria-expanded={table} onClick={() => setTable(!table)}>
          {table ? 'Hide the table' : 'As a table'}
        </button>
      </p>
      {table && <Table confusion={confusion} classNames={classNames} />}
    </div>
  );
}

function Table({ confusion, classNames }: ConfusionMatrixProps) {
  const classes = classNames.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by itself, by key too
    <section className={styles.table} tabIndex={0} aria-label="Confusion matrix as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">true ╲ said</th>
            {classNames.map((name, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a class is its number
              <th key={column} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classNames.map((name, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a class is its number
            <tr key={row}>
              <th scope="row">{name}</th>
              {classNames.map((_, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a class is its number
                <td key={column} data-right={row === column}>
                  {confusion[row * classes + column]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Keeps a canvas drawn: at the size it has on screen, in the page's colours. */
function useMatrix(confusion: Int32Array, classes: number, marked: Cell | null) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const draw = () => {
      const context = element.getContext('2d');
      const side = element.clientWidth;
      if (context === null || side === 0) return;
      const scale = window.devicePixelRatio || 1;
      element.width = element.height = Math.round(side * scale);
      context.setTransform(scale, 0, 0, scale, 0, 0);
      const { student: right, bad: wrong, line, ink, card, font } = readTheme(element.parentElement!);
      drawMatrix(context, confusion, classes, side, { right, wrong, line, ink, card }, marked, font);
    };
    draw();
    const size = new ResizeObserver(draw);
    size.observe(element);
    const stop = watchTheme(draw);
    return () => {
      size.disconnect();
      stop();
    };
  }, [confusion, classes, marked]);
  return canvas;
}

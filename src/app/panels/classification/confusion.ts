/** The confusion matrix as numbers, words and colours. Rows are true classes, columns the classes said. */

import { shortened } from '../../../labels';

/** A cell of the matrix. */
export interface Cell {
  row: number;
  column: number;
}

/** Pictures of a true class. @param confusion [C, C] */
export function rowTotal(confusion: Int32Array, row: number, classes: number): number {
  return confusion.subarray(row * classes, (row + 1) * classes).reduce((sum, count) => sum + count, 0);
}

/** What a cell says: '7 of 40 pictures of star (18 %) are called gear.' */
export function cellWords(
  confusion: Int32Array,
  classNames: readonly string[],
  { row, column }: Cell,
): string {
  const classes = classNames.length;
  const total = rowTotal(confusion, row, classes);
  const name = (label: number) => shortened(classNames[label] ?? `class ${label + 1}`);
  if (total === 0) return `No picture of ${name(row)} is held out.`;
  const count = confusion[row * classes + column]!;
  const share = `${((100 * count) / total).toFixed(0)} %`;
  const of = `${count} of ${total} ${total === 1 ? 'picture' : 'pictures'} of ${name(row)} (${share})`;
  return row === column ? `${of} recognised.` : `${of} called ${name(column)}.`;
}

/** The pairs that are confused most, strongest first: at most `most`, none that never happened. */
export function worstPairs(confusion: Int32Array, classes: number, most: number): Cell[] {
  const pairs: (Cell & { count: number })[] = [];
  for (let row = 0; row < classes; row++) {
    for (let column = 0; column < classes; column++) {
      const count = confusion[row * classes + column]!;
      if (row !== column && count > 0) pairs.push({ row, column, count });
    }
  }
  return pairs.sort((a, b) => b.count - a.count).slice(0, most);
}

/** The cell that a key leads to; null for other keys and at the edge. */
export function cellFrom(key: string, { row, column }: Cell, classes: number): Cell | null {
  const steps: Record<string, readonly [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    Home: [0, -column],
    End: [0, classes - 1 - column],
    PageUp: [-row, 0],
    PageDown: [classes - 1 - row, 0],
  };
  const step = steps[key];
  if (step === undefined) return null;
  const to = { row: row + step[0], column: column + step[1] };
  const inside = to.row >= 0 && to.row < classes && to.column >= 0 && to.column < classes;
  return inside ? to : null;
}

/** Colours of the drawing, `rgb(…)`. */
export interface MatrixColours {
  right: string;
  wrong: string;
  line: string;
  ink: string;
  card: string;
}

/** Cells at least this wide, px, carry their count. */
const leastForText = 21;

/**
 * Draws the matrix into a square of `side` px: each row's shares, right ones and wrong ones in two colours, counts
 * where there is room, and a frame around the cell that is looked at.
 */
export function drawMatrix(
  context: CanvasRenderingContext2D,
  confusion: Int32Array,
  classes: number,
  side: number,
  colours: MatrixColours,
  marked: Cell | null,
  font: string,
): void {
  const cell = side / classes;
  const gap = cell >= 10 ? 1 : 0;
  context.clearRect(0, 0, side, side);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `${Math.min(12, Math.floor(cell * 0.42))}px ${font}`;
  for (let row = 0; row < classes; row++) {
    const total = rowTotal(confusion, row, classes);
    for (let column = 0; column < classes; column++) {
      const count = confusion[row * classes + column]!;
      const share = total === 0 ? 0 : count / total;
      const [x, y, width] = [column * cell + gap / 2, row * cell + gap / 2, cell - gap];
      context.globalAlpha = 1;
      context.fillStyle = colours.line;
      context.globalAlpha = 0.45;
      context.fillRect(x, y, width, width);
      if (count === 0) continue;
      context.fillStyle = row === column ? colours.right : colours.wrong;
      context.globalAlpha = 0.15 + 0.85 * share;
      context.fillRect(x, y, width, width);
      if (cell < leastForText) continue;
      context.globalAlpha = 1;
      context.fillStyle = share > 0.5 ? colours.card : colours.ink;
      context.fillText(String(count), x + width / 2, y + width / 2);
    }
  }
  context.globalAlpha = 1;
  if (marked === null) return;
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  context.strokeRect(marked.column * cell + 1, marked.row * cell + 1, cell - 2, cell - 2);
}

/**
 * The numbers of every training step so far, one growing typed-array column for each. The worker batches
 * with it, the page keeps the whole run in it, outside React.
 */

import { type StepColumn, type StepColumns, stepColumns } from './payloads';

/** One step's numbers, by column. */
export type StepRow = Record<StepColumn, number>;

export class MetricsBuffer {
  #capacity = 0;
  #length = 0;
  #columns = emptyColumns(0);

  /** Steps held. */
  get length(): number {
    return this.#length;
  }

  /** The number of the last step held, 0 when there is none. */
  get lastStep(): number {
    return this.#length === 0 ? 0 : this.#columns.step[this.#length - 1]!;
  }

  /** One column, [length]: a view that is valid until the next append. */
  column(name: StepColumn): Float64Array {
    return this.#columns[name].subarray(0, this.#length);
  }

  /** Adds one step. */
  push(row: StepRow): void {
    this.#reserve(this.#length + 1);
    for (const name of stepColumns) this.#columns[name][this.#length] = row[name];
    this.#length++;
  }

  /** Adds a batch of steps. */
  append(columns: StepColumns): void {
    this.#reserve(this.#length + columns.step.length);
    for (const name of stepColumns) this.#columns[name].set(columns[name], this.#length);
    this.#length += columns.step.length;
  }

  /** Copies of the columns from row `start` on. */
  slice(start = 0): StepColumns {
    const copy = emptyColumns(0);
    for (const name of stepColumns) copy[name] = this.#columns[name].slice(start, this.#length);
    return copy;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Mean of a column over its last `window` steps; NaN when there are none. */
  recentMean(name: StepColumn, window: number): number {
    const recent = this.column(name).subarray(-window);
    return recent.reduce((sum, value) => sum + value, 0) / recent.length;
  }

  #reserve(needed: number): void {
    if (needed <= this.#capacity) return;
    this.#capacity = Math.max(needed, 2 * this.#capacity, 256);
    const grown = emptyColumns(this.#capacity);
    for (const name of stepColumns) grown[name].set(this.column(name));
    this.#columns = grown;
  }
}

function emptyColumns(length: number): StepColumns {
  return Object.fromEntries(stepColumns.map((name) => [name, new Float64Array(length)])) as StepColumns;
}

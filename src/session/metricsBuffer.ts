/**
 * The numbers of every training step so far, one growing typed-array column for each. The worker batches
 * with it, the page keeps the whole run in it, outside React.
 */

import type { StepColumns } from './payloads';

/** One step's numbers, by column. */
export type StepRow = { step: number } & Record<string, number>;

export class MetricsBuffer {
  #capacity = 0;
  #length = 0;
  #columns = emptyColumns([], 0);

  /** The columns held, in order: those of the first step that came; none before it. */
  get names(): readonly string[] {
    return Object.keys(this.#columns);
  }

  /** Steps held. */
  get length(): number {
    return this.#length;
  }

  /** The number of the last step held, 0 when there is none. */
  get lastStep(): number {
    return this.#length === 0 ? 0 : this.#columns.step[this.#length - 1]!;
  }

  /** One column, [length]: a view that is valid until the next append. Empty where there is none of that name. */
  column(name: string): Float64Array {
    return this.#columns[name]?.subarray(0, this.#length) ?? new Float64Array(0);
  }

  /** Adds one step. */
  push(row: StepRow): void {
    this.#reserve(this.#length + 1, Object.keys(row));
    for (const [name, column] of Object.entries(this.#columns)) column[this.#length] = row[name]!;
    this.#length++;
  }

  /** Adds a batch of steps. */
  append(columns: StepColumns): void {
    this.#reserve(this.#length + columns.step.length, Object.keys(columns));
    for (const [name, column] of Object.entries(this.#columns)) column.set(columns[name]!, this.#length);
    this.#length += columns.step.length;
  }

  /** Copies of the columns from row `start` on. */
  slice(start = 0): StepColumns {
    const copies = Object.entries(this.#columns).map(([name, column]) => [
      name,
      column.slice(start, this.#length),
    ]);
    return Object.fromEntries(copies) as StepColumns;
  }

  clear(): void {
    this.#length = 0;
    this.#capacity = 0;
    this.#columns = emptyColumns([], 0);
  }

  /** Mean of a column over its last `window` steps; NaN when there are none. */
  recentMean(name: string, window: number): number {
    const recent = this.column(name).subarray(-window);
    return recent.reduce((sum, value) => sum + value, 0) / recent.length;
  }

  /** @param names the columns of whoever comes first */
  #reserve(needed: number, names: readonly string[]): void {
    if (needed <= this.#capacity) return;
    this.#capacity = Math.max(needed, 2 * this.#capacity, 256);
    const grown = emptyColumns(this.#length === 0 ? names : this.names, this.#capacity);
    for (const [name, column] of Object.entries(grown)) column.set(this.column(name));
    this.#columns = grown;
  }
}

function emptyColumns(names: readonly string[], length: number): StepColumns {
  const columns = ['step', ...names].map((name) => [name, new Float64Array(length)]);
  return Object.fromEntries(columns) as StepColumns;
}

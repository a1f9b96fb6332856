/**
 * The numbers of the run as growing typed-array columns, outside React: ten batches a second must not
 * re-render anything. Plots subscribe to a table and redraw at their own pace; listeners are told at most
 * once in an animation frame, and not at all while the page is hidden.
 */

import { methodNames } from '../../recipe';
import { type EvaluationReport, readOuts, type SessionEvent, stepColumns } from '../../session/protocol';

const speedNames = ['step', 'imagesPerSecond', 'stepMs'] as const;

const networkScores = [
  'knn10',
  'knn20',
  'looKnn10',
  'jaccardHeadMean',
  'jaccardBestHead',
  'jaccardX2',
  'featureStdScaled',
  'rankMe',
] as const satisfies readonly (keyof EvaluationReport)[];

/** Each read-out of the few labels twice: on held-out pictures, and on training pictures whose label is hidden. */
const readOutNames = readOuts.flatMap((id) => [`${id}HeldOut`, `${id}Unlabelled`] as const);
const scoreNames = ['step', ...networkScores, ...readOutNames, 'calibrationError'] as const;
type ScoreName = (typeof scoreNames)[number];

/** Runs a callback once, soon: an animation frame on the page, by hand in tests. */
export type Scheduler = (callback: () => void) => void;

const nextFrame: Scheduler = (callback) => {
  requestAnimationFrame(callback);
};

/** What a plot may read: columns of equal length, the first of them `step`, rising. */
export interface Columns {
  readonly length: number;
  /** Rises with every change. */
  readonly version: number;
  column(name: string): Float64Array;
  subscribe(listener: () => void): () => void;
  toCsv(): string;
}

/** A table of numbers that grows by rows. Its column `step` rises strictly: going back in time drops what came after. */
export class ColumnTable<Name extends string> implements Columns {
  readonly #known: ReadonlySet<string>;
  readonly #schedule: Scheduler;
  readonly #listeners = new Set<() => void>();
  #names: readonly Name[];
  #columns: Map<string, Float64Array>;
  #unknown = new Float64Array(0);
  #capacity = 0;
  #length = 0;
  #version = 0;
  #notifying = false;

  /**
   * @param names the columns in the order of the CSV file; one of them is 'step'
   * @param known names that may be asked for without being among them, for a while
   */
  constructor(names: readonly Name[], schedule: Scheduler = nextFrame, known: readonly Name[] = names) {
    this.#names = names;
    this.#known = new Set(known);
    this.#schedule = schedule;
    this.#columns = new Map(names.map((name) => [name, new Float64Array(0)]));
  }

  get length(): number {
    return this.#length;
  }

  get version(): number {
    return this.#version;
  }

  /** The columns in use, in the order of the CSV file. */
  get names(): readonly Name[] {
    return this.#names;
  }

  /**
   * [length]: a view that is valid until the next change. A column that is known and not in use, as one of another
   * method, holds NaN only. @throws RangeError for any other
   */
  column(name: string): Float64Array {
    const values = this.#columns.get(name);
    if (values !== undefined) return values.subarray(0, this.#length);
    if (!this.#known.has(name)) throw new RangeError(`no column '${name}'`);
    if (this.#unknown.length < this.#length)
      this.#unknown = new Float64Array(this.#capacity).fill(Number.NaN);
    return this.#unknown.subarray(0, this.#length);
  }

  /** Empties the table and gives it other columns; one of them is 'step'. */
  begin(names: readonly Name[]): void {
    this.#names = names;
    this.#columns = new Map(names.map((name) => [name, new Float64Array(0)]));
    this.#capacity = 0;
    this.#length = 0;
    this.#changed();
  }

  /** Adds rows, one array for each column; rows at or after the first new step are replaced. */
  append(rows: Readonly<Record<Name, ArrayLike<number>>>): void {
    const added = rows['step' as Name];
    if (added.length === 0) return;
    this.#cutBack(added[0]!);
    this.#reserve(this.#length + added.length);
    for (const name of this.#names) this.#columns.get(name)!.set(rows[name], this.#length);
    this.#length += added.length;
    this.#changed();
  }

  /** Adds one row. */
  push(row: Readonly<Record<Name, number>>): void {
    const rows: Partial<Record<Name, number[]>> = {};
    for (const name of this.#names) rows[name] = [row[name]];
    this.append(rows as Record<Name, number[]>);
  }

  clear(): void {
    if (this.#length === 0) return;
    this.#length = 0;
    this.#changed();
  }

  /** Calls `listener` soon after a change, at most once in a frame; returns the way to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The table as CSV, numbers in full, unknown values empty. */
  toCsv(): string {
    return columnsToCsv(this.#names.map((name) => [name, this.column(name)]));
  }

  #cutBack(step: number): void {
    const steps = this.#columns.get('step')!;
    while (this.#length > 0 && steps[this.#length - 1]! >= step) this.#length--;
  }

  #reserve(needed: number): void {
    if (needed <= this.#capacity) return;
    this.#capacity = Math.max(needed, 2 * this.#capacity, 256);
    const grown = new Map<string, Float64Array>();
    for (const name of this.#names) {
      const values = new Float64Array(this.#capacity);
      values.set(this.column(name));
      grown.set(name, values);
    }
    this.#columns = grown;
  }

  #changed(): void {
    this.#version++;
    if (this.#notifying) return;
    this.#notifying = true;
    this.#schedule(() => {
      this.#notifying = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}

/** Columns of equal length as CSV under their names; NaN becomes an empty field. */
export function columnsToCsv(
  columns: readonly (readonly [name: string, values: ArrayLike<number>])[],
): string {
  const lines = [columns.map(([name]) => name).join(',')];
  const rows = columns[0]?.[1].length ?? 0;
  for (let row = 0; row < rows; row++) {
    lines.push(columns.map(([, values]) => (Number.isNaN(values[row]) ? '' : String(values[row]))).join(','));
  }
  return `${lines.join('\n')}\n`;
}

const everyStepColumn = [...new Set(methodNames.flatMap(stepColumns))];

/** One row for each training step; the first step is 1. Its columns are those of the method that trains. */
export const stepSeries = new ColumnTable(stepColumns('dino'), nextFrame, everyStepColumn);
/** Images a second and milliseconds a step, as the worker reports them. */
export const speedSeries = new ColumnTable(speedNames);
/** One row for each evaluation, from step 0 on; NaN where a score does not exist. */
export const scoreSeries = new ColumnTable(scoreNames);

/** Takes what the series want from the worker's events: give it every event, e.g. `client.onEvent(takeEvent)`. */
export function takeEvent(event: SessionEvent): void {
  switch (event.type) {
    case 'prepared':
      stepSeries.begin(stepColumns(event.prepared.method));
      speedSeries.clear();
      scoreSeries.clear();
      break;
    case 'steps':
      stepSeries.append(event.reports);
      break;
    case 'timing': {
      const { imagesPerSecond, stepMs } = event.timing;
      const steps = stepSeries.column('step');
      const step = steps[steps.length - 1];
      if (step !== undefined) speedSeries.push({ step, imagesPerSecond, stepMs });
      break;
    }
    case 'evaluation':
      // One that was asked for may be of other labels.
      if (event.replyTo !== undefined) break;
      scoreSeries.push(scoreRow(event.evaluation));
      break;
  }
}

function scoreRow(evaluation: EvaluationReport): Record<ScoreName, number> {
  const row: Partial<Record<ScoreName, number>> = { step: evaluation.step };
  for (const name of scoreNames) row[name] ??= Number.NaN;
  for (const name of networkScores) row[name] = evaluation[name] ?? Number.NaN;
  for (const { id, heldOut, unlabelled } of evaluation.classification?.readOuts ?? []) {
    row[`${id}HeldOut`] = heldOut ?? Number.NaN;
    row[`${id}Unlabelled`] = unlabelled ?? Number.NaN;
  }
  row.calibrationError = evaluation.classification?.calibrationError ?? Number.NaN;
  return row as Record<ScoreName, number>;
}

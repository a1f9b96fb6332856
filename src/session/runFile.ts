/** The numbers of a run as files: CSV for the steps, JSON for everything. */

import { labelCounts } from '../labels';
import type { MetricsBuffer } from './metricsBuffer';
import type {
  BaselinesReport,
  DatasetSummary,
  EngineSummary,
  EvaluationReport,
  LabelsReport,
  TimingReport,
} from './payloads';
import type { Setting } from './protocol';

/** A change of a live setting: `value` holds for every step after `step`. */
export interface LiveChange {
  step: number;
  field: string;
  value: Setting;
}

/** Everything a finished or unfinished run leaves behind, weights apart. */
export interface RunFile {
  pawsaur: 1;
  recipe: Readonly<Record<string, Setting>>;
  preset: string | null;
  dataset: Pick<
    DatasetSummary,
    'name' | 'kind' | 'count' | 'trainCount' | 'heldOutCount' | 'classNames'
  > | null;
  adapter: string;
  backend: string;
  /** The kernels that ran; null where nothing chose them. */
  kernelPlan: NonNullable<EngineSummary['kernelPlan']> | null;
  /** Loss of each step, from step 1. */
  losses: number[];
  /** NaN where a number could not be known. */
  columns: Record<string, number[]>;
  liveChanges: LiveChange[];
  evaluations: EvaluationReport[];
  baselines: BaselinesReport | null;
  timing: TimingReport | null;
  /** The labels in force at the end; null before any were. A budget draws the same ones for the same recipe. */
  labels: {
    source: LabelsReport['source'];
    classNames: string[];
    /** Labels of each class. */
    counts: number[];
    /** [n] class given to each picture; −1 none. */
    given: number[];
  } | null;
}

/** What `runJson` gathers. */
export interface RunParts {
  recipe: Readonly<Record<string, Setting>>;
  preset: string | null;
  dataset: DatasetSummary | null;
  engine: EngineSummary | null;
  metrics: MetricsBuffer;
  liveChanges: readonly LiveChange[];
  evaluations: readonly EvaluationReport[];
  baselines: BaselinesReport | null;
  timing: TimingReport | null;
  labels: LabelsReport | null;
}

/** The run as plain data, ready for JSON. */
export function runJson(parts: RunParts): RunFile {
  const { dataset, engine, metrics } = parts;
  const columns = Object.fromEntries(metrics.names.map((name) => [name, [...metrics.column(name)]]));
  return {
    pawsaur: 1,
    recipe: parts.recipe,
    preset: parts.preset,
    dataset: dataset && {
      name: dataset.name,
      kind: dataset.kind,
      count: dataset.count,
      trainCount: dataset.trainCount,
      heldOutCount: dataset.heldOutCount,
      classNames: dataset.classNames,
    },
    adapter: engine?.adapter ?? 'unknown',
    backend: engine?.backend ?? 'unknown',
    kernelPlan: engine?.kernelPlan ?? null,
    losses: [...metrics.column('loss')],
    columns,
    liveChanges: [...parts.liveChanges],
    evaluations: [...parts.evaluations],
    baselines: parts.baselines,
    timing: parts.timing,
    labels: parts.labels && labelsEntry(parts.labels),
  };
}

/** A run as the text of a JSON file: typed arrays as plain ones, what is not known as null. */
export function runText(file: object, indent = 0): string {
  const plain = (_: string, value: unknown) => (value instanceof Int32Array ? [...value] : value);
  return JSON.stringify(file, plain, indent);
}

function labelsEntry({ source, classNames, given }: LabelsReport): RunFile['labels'] {
  const counts = [...labelCounts({ classNames, given })];
  return { source, classNames: [...classNames], counts, given: [...given] };
}

/** The steps as CSV, one line each, under the column names; numbers in full. */
export function metricsCsv(metrics: MetricsBuffer): string {
  const columns = metrics.names.map((name) => metrics.column(name));
  const lines = [metrics.names.join(',')];
  for (let row = 0; row < metrics.length; row++) lines.push(columns.map((column) => column[row]).join(','));
  return `${lines.join('\n')}\n`;
}

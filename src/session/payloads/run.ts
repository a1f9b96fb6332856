/** Payloads about a run: its state, its pictures in numbers, its steps, its plan, what is wrong with it. */
import * as v from 'valibot';
import { type MethodName, methodFacts, methodNames } from '../../recipe';
import { count, finite, text } from './values';

/** A training run's place in its life. `idle` has no data, `ready` has data and no network. */
const phases = ['idle', 'ready', 'preparing', 'running', 'paused', 'finished', 'stopped', 'failed'] as const;

/** What a run is busy with at this moment, for one short line on screen; null while it trains or rests. */
const activities = [
  'measuring',
  'loading',
  'building',
  'compiling',
  'calibrating',
  'evaluating',
  'inspecting',
  'fine-tuning',
  'exporting',
] as const;

const progressSchema = v.object({ done: count, total: count });

/** How far something is. */
export type Progress = v.InferOutput<typeof progressSchema>;

export const sessionStateSchema = v.object({
  phase: v.picklist(phases),
  activity: v.nullable(v.picklist(activities)),
  /** How far that is, where it is known: kernels compiled. */
  progress: v.optional(progressSchema),
  /** Steps taken; the step after the last one. */
  step: count,
  totalSteps: count,
  stepsPerEpoch: count,
  /** Fraction of epochs: step / stepsPerEpoch. */
  epoch: v.pipe(finite, v.minValue(0)),
});
export type SessionState = v.InferOutput<typeof sessionStateSchema>;

export type Phase = SessionState['phase'];

export type Activity = NonNullable<SessionState['activity']>;

export const engineSummarySchema = v.object({
  backend: text,
  adapter: text,
  /** Why this backend and not WebGPU, for the person. */
  notice: v.optional(text),
  /** What a recipe is checked against, bytes: the largest buffer, and the memory a run may take. */
  maxBufferBytes: v.optional(finite),
  budgetBytes: v.optional(finite),
  /** Which variant of a kernel each class of shapes gets, and how that was found; runs with another differ in bits. */
  kernelPlan: v.optional(
    v.object({ origin: v.picklist(['default', 'measured', 'stored']), gemm: v.record(text, text) }),
  ),
});
export type EngineSummary = v.InferOutput<typeof engineSummarySchema>;

export const datasetSummarySchema = v.object({
  /** Rises with every data set loaded: pictures asked for under another number are stale. */
  generation: count,
  /** The stored set, and which state of it; null and 0 for pictures that are not stored. */
  set: v.nullable(text),
  revision: count,
  name: text,
  kind: v.picklist(['builtin', 'folder']),
  /** Side of the stored squares in pixels. */
  size: count,
  count,
  trainCount: count,
  heldOutCount: count,
  classNames: v.array(text),
  /** Images of each class, held-out ones included. */
  classCounts: v.array(count),
  labelledCount: count,
  hasMasks: v.boolean(),
  /** The pinned images that attention is drawn over. */
  probes: v.array(count),
});
export type DatasetSummary = v.InferOutput<typeof datasetSummarySchema>;

/** The numbers of one training step of a method, in the order of the columns and of the CSV file. */
export function stepColumns(method: MethodName): string[] {
  return ['step', ...Object.keys(methodFacts[method].series)];
}

/**
 * A batch of step reports, one column a number: `loss[i]` belongs to step `step[i]` (the first step is 1). Which
 * columns there are follows from the method.
 */
export const stepColumnsSchema = v.pipe(
  v.objectWithRest({ step: v.instance(Float64Array) }, v.instance(Float64Array)),
  v.check(
    (columns) => Object.values(columns).every(({ length }) => length === columns.step.length),
    'columns of unequal length',
  ),
);
export type StepColumns = v.InferOutput<typeof stepColumnsSchema>;

export const timingReportSchema = v.object({
  /** Running mean of the wall time of one step, ms. */
  stepMs: finite,
  imagesPerSecond: finite,
  /** Estimated time to the last step, evaluations included; null before the first step. */
  secondsLeft: v.nullable(finite),
  gpuBytes: finite,
  /** Building the network, compiling its step and the first step itself, ms; null before it. */
  firstStepMs: v.nullable(finite),
  /** Median over the latest steps, the first of the run left out, ms. */
  medianStepMs: v.optional(finite),
});
export type TimingReport = v.InferOutput<typeof timingReportSchema>;

/** One thing wrong with one field of the recipe, as `src/recipe` says it. */
export const fieldProblemSchema = v.object({
  field: text,
  kind: v.picklist(['ignored', 'refusal', 'warning']),
  message: text,
  given: v.optional(text),
  suggestion: v.optional(v.union([text, v.number(), v.boolean()])),
});
export type FieldProblemReport = v.InferOutput<typeof fieldProblemSchema>;

export const errorReportSchema = v.object({
  code: text,
  message: text,
  hint: v.optional(text),
});
export type ErrorReport = v.InferOutput<typeof errorReportSchema>;

export const planReportSchema = v.object({
  /** Planned to the byte; else an estimate, where nothing can be planned. */
  exact: v.boolean(),
  /** All buffers of the run: pictures, weights and optimiser, the step. */
  gpuBytes: finite,
  largestBufferBytes: finite,
  /** Of these, what lives as long as the run: pictures, weights, optimiser; null in an estimate. */
  stateBytes: v.nullable(finite),
  /** Kernel calls of one step; null in an estimate. */
  dispatches: v.nullable(count),
  /** What of it the adapter cannot hold, with a value that fits. */
  problems: v.array(fieldProblemSchema),
});
export type PlanReport = v.InferOutput<typeof planReportSchema>;

export const preparedSchema = v.object({
  method: v.picklist(methodNames),
  totalSteps: count,
  stepsPerEpoch: count,
  batchSize: count,
  /** Outputs that the loss compares: prototypes, or classes. */
  outDim: count,
  featureDim: count,
  hasAttention: v.boolean(),
  /** What may disappoint, though it starts. */
  warnings: v.array(fieldProblemSchema),
});
export type PreparedReport = v.InferOutput<typeof preparedSchema>;

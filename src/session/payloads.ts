/**
 * What travels inside the events of a training run: one valibot schema for each payload, its type derived
 * from it. Scores are percentages (0 to 100) and `null` where they cannot be computed (no labels, no masks,
 * no attention). Typed arrays are row-major; their lengths are checked against the sizes beside them.
 */

import * as v from 'valibot';
import { type MethodName, methodFacts, methodNames } from '../recipe';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.string();
const score = v.nullable(finite);
const pixels = v.instance(Uint8ClampedArray);

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
  skipped: v.array(v.object({ path: text, reason: text })),
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

/** Ways of telling the class of a picture from a few labels. */
export const readOuts = ['snnHead', 'snnFeature', 'classifier', 'linear'] as const;
export type ReadOut = (typeof readOuts)[number];

const reliabilityBinSchema = v.object({
  count,
  /** Mean confidence and accuracy of the pictures in it, percent; null in an empty bin. */
  confidence: score,
  accuracy: score,
});

/** What a few labels are worth: pictures told apart from nothing but the labels given. */
export const classificationSchema = v.pipe(
  v.object({
    classNames: v.array(text),
    /** Labels that training and read-outs know. */
    labels: count,
    /** Accuracy of each read-out on held-out pictures, and on training pictures whose label is hidden. */
    readOuts: v.array(v.object({ id: v.picklist(readOuts), heldOut: score, unlabelled: score })),
    /** The read-out that all below is about: the method's own. */
    shown: v.picklist(readOuts),
    /** [C, C] held-out pictures by true class (row) and class said (column). */
    confusion: v.instance(Int32Array),
    /** [C] share of each class that is recognised, percent; null where none is held out. */
    classAccuracy: v.array(score),
    /** Mean gap between confidence and accuracy, percent. */
    calibrationError: score,
    /** Fifteen bins of confidence, 0 to 1. */
    reliability: v.array(reliabilityBinSchema),
  }),
  v.check(
    ({ classNames, confusion, classAccuracy }) =>
      confusion.length === classNames.length ** 2 && classAccuracy.length === classNames.length,
    'classification arrays do not fit their sizes',
  ),
);
export type Classification = v.InferOutput<typeof classificationSchema>;

export const evaluationReportSchema = v.object({
  step: count,
  /** Null where no labels are given. */
  classification: v.nullable(classificationSchema),
  /** Held-out images scored by k-NN, and the training images whose labels vote. */
  testImages: count,
  bankImages: count,
  knn10: score,
  knn20: score,
  /** Leave-one-out over all labelled images, k = 10. */
  looKnn10: score,
  /** Mean over heads, the honest one. */
  jaccardHeadMean: score,
  /** Best head for each image, the paper's protocol. */
  jaccardBestHead: score,
  /** Of the mask of the attention averaged over heads: one map, scored once. */
  jaccardMeanMap: score,
  /** Head mean at double input size, position embeddings interpolated. */
  jaccardX2: score,
  featureDim: count,
  /** Mean over dimensions of the standard deviation of L2-normalised features. */
  featureStd: finite,
  /** featureStd × √d: 1 = spread evenly, 0 = collapsed. */
  featureStdScaled: finite,
  /** Effective rank of the features, 1 to min(n, d). */
  rankMe: finite,
  seconds: finite,
});
export type EvaluationReport = v.InferOutput<typeof evaluationReportSchema>;

const knnScoresSchema = v.object({ knn10: score, knn20: score, looKnn10: score });
export type KnnScores = v.InferOutput<typeof knnScoresSchema>;

export const baselinesReportSchema = v.object({
  /** 100 / classes. */
  chance: score,
  randomInit: v.object({
    ...knnScoresSchema.entries,
    jaccardHeadMean: score,
    jaccardBestHead: score,
    jaccardX2: score,
  }),
  pixels: knnScoresSchema,
  histogram: knnScoresSchema,
  wholeImage: score,
  centredDisc: v.nullable(v.object({ jaccard: finite, radius: finite })),
  /** The best a patch grid of the model's size can do. */
  oracle: score,
});
export type BaselinesReport = v.InferOutput<typeof baselinesReportSchema>;

export const attentionReportSchema = v.pipe(
  v.object({
    step: count,
    /** [n] images shown. */
    indices: v.instance(Int32Array),
    heads: count,
    rows: count,
    cols: count,
    /** [n, heads, rows·cols] attention of the class token to the patches, last block. */
    student: v.instance(Float32Array),
    /** The same of the teacher; null in a method without one. */
    teacher: v.nullable(v.instance(Float32Array)),
    /** [n, heads, rows·cols] 0/1: the patches that hold `threshold` of each head's mass. */
    studentMasks: v.instance(Uint8Array),
    teacherMasks: v.nullable(v.instance(Uint8Array)),
    threshold: finite,
    /** Side of the pictures below, px. */
    imageSize: count,
    /** [n, imageSize, imageSize, 4] RGBA. */
    pictures: pixels,
    /** [n, imageSize, imageSize] 0/1, where the data set knows them. */
    truth: v.nullable(v.instance(Uint8Array)),
    /** [n, heads] Jaccard of the scored network's masks (the teacher's, where there is one), percent. */
    jaccard: v.nullable(v.instance(Float32Array)),
  }),
  v.check((a) => {
    const n = a.indices.length;
    const maps = n * a.heads * a.rows * a.cols;
    const area = n * a.imageSize * a.imageSize;
    return (
      [a.student, a.teacher, a.studentMasks, a.teacherMasks].every((m) => (m?.length ?? maps) === maps) &&
      (a.teacher === null) === (a.teacherMasks === null) &&
      a.pictures.length === area * 4 &&
      (a.truth === null || a.truth.length === area) &&
      (a.jaccard === null || a.jaccard.length === n * a.heads)
    );
  }, 'attention arrays do not fit their sizes'),
);
export type AttentionReport = v.InferOutput<typeof attentionReportSchema>;

const cropBoxSchema = v.object({
  top: finite,
  left: finite,
  height: finite,
  width: finite,
  flip: v.boolean(),
});

const viewSchema = v.object({
  name: text,
  size: count,
  /** One box for each image, in px of the stored picture. */
  boxes: v.array(cropBoxSchema),
  /** [n, size, size, 4] RGBA as the network saw them, normalisation undone. */
  pixels,
});
export type View = v.InferOutput<typeof viewSchema>;

export const viewsReportSchema = v.pipe(
  v.object({
    step: count,
    /** [n] images shown. */
    indices: v.instance(Int32Array),
    views: v.array(viewSchema),
    /** What the views were asked to say and said; null where none are compared. */
    answers: v.nullable(
      v.object({
        /** [T, V] cross-entropy of each target and view, 0 where the two are not compared. */
        terms: v.instance(Float32Array),
        /** [T, K] and [V, K]: distributions of the first image. */
        targets: v.instance(Float32Array),
        predictions: v.instance(Float32Array),
      }),
    ),
    imageSize: count,
    /** [n, imageSize, imageSize, 4] RGBA originals. */
    pictures: pixels,
  }),
  v.check((r) => {
    const n = r.indices.length;
    return (
      r.pictures.length === n * r.imageSize * r.imageSize * 4 &&
      (r.answers === null || r.answers.terms.length % r.views.length === 0) &&
      r.views.every((view) => view.boxes.length === n && view.pixels.length === n * view.size * view.size * 4)
    );
  }, 'view arrays do not fit their sizes'),
);
export type ViewsReport = v.InferOutput<typeof viewsReportSchema>;

const ballotSchema = v.pipe(
  v.object({
    /** The picture voted on, and its hidden class; −1 where nobody knows it. */
    index: count,
    truth: v.pipe(v.number(), v.safeInteger()),
    /** Its two global views. */
    views: v.array(viewSchema),
    /** [S] labelled pictures that vote, the class given to each, and the true one. */
    support: v.instance(Int32Array),
    supportLabels: v.instance(Int32Array),
    supportTruth: v.instance(Int32Array),
    /** [V, S] cosines, and shares of the vote. */
    similarities: v.instance(Float32Array),
    votes: v.instance(Float32Array),
    /** [V, C] votes by class, and sharpened. */
    probabilities: v.instance(Float32Array),
    targets: v.instance(Float32Array),
  }),
  v.check(({ views, support, supportLabels, supportTruth, similarities, votes, probabilities, targets }) => {
    const cells = views.length * support.length;
    return (
      supportLabels.length === support.length &&
      supportTruth.length === support.length &&
      similarities.length === cells &&
      votes.length === cells &&
      targets.length === probabilities.length
    );
  }, 'ballot arrays do not fit their sizes'),
);
export type BallotReport = v.InferOutput<typeof ballotSchema>;

export const ballotsReportSchema = v.pipe(
  v.object({
    step: count,
    classNames: v.array(text),
    ballots: v.array(ballotSchema),
    /** Entropy of the mean pseudo-label over many unlabelled pictures, nats; ln C where all classes are used. */
    meanEntropy: v.nullable(finite),
    /** [C] that mean pseudo-label. */
    meanTarget: v.nullable(v.instance(Float32Array)),
    /** What is unbalanced or thin about the votes, in sentences. */
    warnings: v.array(text),
    /** Side of the pictures below, px. */
    size: count,
    /** Every picture that votes or is voted on, once. */
    indices: v.instance(Int32Array),
    /** [n, size, size, 4] RGBA. */
    pictures: pixels,
  }),
  v.check(
    (r) => r.pictures.length === r.indices.length * r.size * r.size * 4,
    'ballot pictures do not fit their size',
  ),
);
export type BallotsReport = v.InferOutput<typeof ballotsReportSchema>;

/** Every picture of the data set, for the labelling surface. */
export const pictureListSchema = v.pipe(
  v.object({
    generation: count,
    classNames: v.array(text),
    /** [n] path in the folder, or 'grey 17'. */
    names: v.array(text),
    /** [n] true class; −1 unknown. */
    truth: v.instance(Int32Array),
    /** [n] 1 = held out: never trained on. */
    heldOut: v.instance(Uint8Array),
  }),
  v.check(
    ({ names, truth, heldOut }) => truth.length === names.length && heldOut.length === names.length,
    'picture columns of unequal length',
  ),
);
export type PictureList = v.InferOutput<typeof pictureListSchema>;

/** The labels in force: drawn for a run, or given by hand. */
export const labelsReportSchema = v.object({
  generation: count,
  source: v.picklist(['budget', 'hand']),
  classNames: v.array(text),
  /** [n] class given; −1 none. */
  given: v.instance(Int32Array),
});
export type LabelsReport = v.InferOutput<typeof labelsReportSchema>;

/** What a linear head or a polish on the labelled pictures comes to; the run itself stays as it is. */
export const fineTunedSchema = v.object({
  kind: v.picklist(['linear', 'suncet']),
  trunk: v.boolean(),
  step: count,
  steps: count,
  loss: finite,
  heldOut: score,
  unlabelled: score,
  seconds: finite,
});
export type FineTuned = v.InferOutput<typeof fineTunedSchema>;

/** One change to try, in words; `field` and `value` where a recipe field is meant. */
const adviceSchema = v.object({
  field: v.nullable(text),
  value: v.nullable(v.union([text, v.number(), v.boolean()])),
  text,
});

/** One number of the diagnosis with its healthy range and the lines to draw. */
const gaugeSchema = v.object({
  name: text,
  label: text,
  value: v.nullable(finite),
  healthy: v.tuple([finite, finite]),
  limits: v.array(v.object({ at: finite, beyond: v.picklist(['above', 'below']), means: text })),
  state: v.picklist(['healthy', 'low', 'high', 'unknown']),
});

export const diagnosisSchema = v.object({
  step: count,
  state: v.picklist([
    'healthy',
    'slow',
    'uniform',
    'one-hot',
    'shortcut',
    'not helping',
    'vanishing classes',
    'memorised',
    'diverged',
    'too early',
  ]),
  title: text,
  sentence: text,
  tryThis: v.array(adviceSchema),
  gauges: v.array(gaugeSchema),
});
export type DiagnosisReport = v.InferOutput<typeof diagnosisSchema>;

export const thumbnailsSchema = v.pipe(
  v.object({
    generation: count,
    indices: v.array(count),
    size: count,
    /** [n, size, size, 4] RGBA. */
    pixels,
  }),
  v.check(
    (t) => t.pixels.length === t.indices.length * t.size * t.size * 4,
    'thumbnail pixels do not fit their size',
  ),
);
export type Thumbnails = v.InferOutput<typeof thumbnailsSchema>;

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

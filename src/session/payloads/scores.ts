/** Payloads about what a network can do, and whether it is well. */
import * as v from 'valibot';
import { count, finite, score, text } from './values';

/** Ways of telling the class of a picture from a few labels. */
export const readOuts = ['snnHead', 'snnFeature', 'classifier', 'linear', 'knn'] as const;

export type ReadOut = (typeof readOuts)[number];

const reliabilityBinSchema = v.object({
  count,
  /** Mean confidence and accuracy of the pictures in it, percent; null in an empty bin. */
  confidence: score,
  accuracy: score,
});

/** What a few labels are worth: pictures told apart from nothing but the labels given. */
const classificationSchema = v.pipe(
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

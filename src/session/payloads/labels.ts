/** Payloads about labels: who voted for what, which pictures there are, and which labels are in force. */
import * as v from 'valibot';
import { viewSchema } from './looks';
import { count, finite, pixels, text } from './values';

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
    /** [n] class given by hand, or by the list that came with the pictures; −1 none. */
    given: v.instance(Int32Array),
    /** [n] 1 = held out: never trained on. */
    heldOut: v.instance(Uint8Array),
    /** [n] row in the stored set: stays the same while others are left out or added. */
    rows: v.instance(Int32Array),
  }),
  v.check(
    ({ names, truth, given, heldOut, rows }) =>
      [truth, given, heldOut, rows].every(({ length }) => length === names.length),
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

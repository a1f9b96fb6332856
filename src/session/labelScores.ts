/**
 * What the given labels are worth: held-out pictures, and training pictures whose label is hidden, told apart by
 * nothing but those labels, in every way that the method offers.
 */

import {
  fitLinearProbe,
  knnClassify,
  scoreClassification,
  softNeighbourProbabilities,
  takeRows,
} from '../evaluation';
import type { MethodName } from '../recipe';
import type { LabelsInForce } from './labelsInForce';
import { type Network, throughHead } from './networkReader';
import type { Classification, ReadOut } from './protocol';

/** Multiply-adds of soft votes between two breaths: some tens of milliseconds. */
const workPerBreath = 3e7;

/** The pictures that few labels are judged by, as rows of one feature matrix. */
export interface LabelRows {
  /** Labelled training pictures. */
  support: Int32Array;
  /** Held-out pictures whose class is known. */
  heldOut: Int32Array;
  /** Training pictures whose class is known, but not given. */
  unlabelled: Int32Array;
}

/** What is classified. `features` is [n, dim]; `indices` [n] are the pictures its rows belong to. */
export interface LabelledFeatures {
  features: Float32Array;
  dim: number;
  indices: Int32Array;
  rows: LabelRows;
}

/**
 * Scores of every read-out; null where no training picture has a label.
 * @param breathe awaited between parts; what it throws ends the scoring
 */
export async function classifyByLabels(
  network: Network,
  { features, dim, indices, rows }: LabelledFeatures,
  { classNames, labels }: LabelsInForce,
  breathe: () => Promise<void>,
): Promise<Classification | null> {
  const { classes } = labels;
  if (rows.support.length === 0 || classes === 0) return null;
  const queries = new Int32Array(rows.heldOut.length + rows.unlabelled.length);
  queries.set(rows.heldOut);
  queries.set(rows.unlabelled, rows.heldOut.length);
  const given = rows.support.map((row) => labels.given[indices[row]!]!);
  const truth = queries.map((row) => labels.truth[indices[row]!]!);
  const support = takeRows(features, dim, rows.support);
  const asked = takeRows(features, dim, queries);

  const probabilities = new Map<ReadOut, Float32Array>();
  const vote = async (id: ReadOut, voters: Float32Array, voted: Float32Array) => {
    const width = voters.length / given.length;
    const all = new Float32Array(queries.length * classes);
    const block = Math.max(32, Math.floor(workPerBreath / (given.length * width)));
    for (let start = 0; start < queries.length; start += block) {
      await breathe();
      const part = voted.subarray(start * width, (start + block) * width);
      const input = { support: voters, supportLabels: given, queries: part, dim: width, classes };
      all.set(softNeighbourProbabilities(input), start * classes);
    }
    probabilities.set(id, all);
  };

  const { embed, classify } = network;
  if (embed)
    await vote('snnHead', await throughHead(embed, support, dim), await throughHead(embed, asked, dim));
  await vote('snnFeature', support, asked);
  if (classify) probabilities.set('classifier', await throughHead(classify, asked, dim));
  await breathe();
  const probe = await fitLinearProbe({ features: support, labels: given, dim, classes }, breathe);
  if (probe !== null) probabilities.set('linear', probe.predict(asked));
  await breathe();
  probabilities.set('knn', nearestVotes(support, given, asked, dim, classes));
  await breathe();

  const split = rows.heldOut.length;
  const score = (id: ReadOut, from: number, to: number) =>
    scoreClassification(
      probabilities.get(id)!.subarray(from * classes, to * classes),
      truth.subarray(from, to),
      classes,
    );
  const shown = shownReadOut(network.kind, probabilities);
  const { confusion, perClass, calibrationError, bins } = score(shown, 0, split);
  return {
    classNames: [...classNames],
    labels: given.length,
    readOuts: [...probabilities.keys()].map((id) => ({
      id,
      heldOut: score(id, 0, split).accuracy,
      unlabelled: score(id, split, queries.length).accuracy,
    })),
    shown,
    confusion,
    classAccuracy: perClass.map(({ accuracy }) => accuracy),
    calibrationError,
    reliability: bins.map(({ count, confidence, accuracy }) => ({ count, confidence, accuracy })),
  };
}

/** Labelled pictures that decide on another one, as in the official k-NN evaluation of DINO. */
const neighbours = 10;

/** [n, classes] shares of the weighted votes of the nearest labelled pictures. */
function nearestVotes(
  train: Float32Array,
  trainLabels: Int32Array,
  test: Float32Array,
  dim: number,
  classes: number,
): Float32Array {
  const { votes } = knnClassify({ train, trainLabels, test, dim, classes, k: neighbours });
  for (let start = 0; start < votes.length; start += classes) {
    const row = votes.subarray(start, start + classes);
    const sum = row.reduce((total, vote) => total + vote, 0);
    if (sum > 0) for (let c = 0; c < classes; c++) row[c]! /= sum;
  }
  return votes;
}

/** The method's own way of telling classes apart; a probe where it has none. */
function shownReadOut(kind: MethodName, known: ReadonlyMap<ReadOut, unknown>): ReadOut {
  const own: ReadOut = kind === 'paws' ? 'snnHead' : kind === 'supervised' ? 'classifier' : 'linear';
  return known.has(own) ? own : 'linear';
}

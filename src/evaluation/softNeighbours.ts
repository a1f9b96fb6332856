/**
 * The soft nearest-neighbour classifier of PAWS (Assran et al. 2021, eq. 1), as in the official `snn_eval.py`:
 * every labelled image votes for its class with weight softmax over all of them of (cosine / temperature).
 *
 * One difference: a feature of length zero gets cosine 0 to everything here, as in the training loss; the
 * official evaluation divides by its norm and gives NaN.
 */
import { normalisedRows, rowProducts, takeRows } from './rows';

/** The temperature of the official evaluation, and of the official loss. */
const SNN_TEMPERATURE = 0.1;

export interface SoftNeighbourInput {
  /** [support, dim] features of the images that vote; normalised here. */
  support: Float32Array;
  /** [support] classes; images with -1 (unlabelled) cannot vote. */
  supportLabels: Int32Array;
  /** [n, dim] features of the images asked about. */
  queries: Float32Array;
  dim: number;
  classes: number;
  temperature?: number;
}

/** Queries handled at once. */
const BLOCK = 32;

/**
 * Class probabilities of every query, [n, classes]; each row sums to 1. A row is all zeros where nothing can be
 * said: nobody may vote, or a feature is not a number.
 */
export function softNeighbourProbabilities(input: SoftNeighbourInput): Float32Array {
  const { supportLabels, queries, dim, classes, temperature = SNN_TEMPERATURE } = input;
  const voters = Int32Array.from(supportLabels.keys()).filter((row) => supportLabels[row]! >= 0);
  const labels = voters.map((row) => supportLabels[row]!);
  const n = queries.length / dim;
  const probabilities = new Float32Array(n * classes);
  if (voters.length === 0) return probabilities;

  const q = normalisedRows(queries, n, dim);
  const s = normalisedRows(takeRows(input.support, dim, voters), voters.length, dim);
  const cosines = new Float64Array(BLOCK * voters.length);
  const votes = new Float64Array(classes);
  for (let first = 0; first < n; first += BLOCK) {
    const last = Math.min(first + BLOCK, n);
    rowProducts(q, first, last, s, 0, voters.length, dim, cosines, voters.length);
    for (let i = first; i < last; i++) {
      const row = cosines.subarray((i - first) * voters.length, (i - first + 1) * voters.length);
      const nearest = row.reduce((most, cosine) => Math.max(most, cosine));
      votes.fill(0);
      for (let j = 0; j < row.length; j++) votes[labels[j]!]! += Math.exp((row[j]! - nearest) / temperature);
      const total = votes.reduce((sum, vote) => sum + vote, 0);
      if (!(total > 0)) continue;
      for (let c = 0; c < classes; c++) probabilities[i * classes + c] = votes[c]! / total;
    }
  }
  return probabilities;
}

/**
 * Which pictures a step sees. As in the official training script (`DistributedSampler` with shuffling and
 * `drop_last`): every pass goes through the training pictures in a new random order and drops the incomplete
 * last batch. The order is a function of (seed, pass), so any step can be asked for at any time.
 */
import { PawsaurError } from '../platform/errors';
import { randomStream } from '../platform/random';

/** The batches of a run. */
export interface Sampler {
  /** Whole batches in one pass through the training pictures, at least 1. */
  readonly batchesPerPass: number;
  /** Indices [batchSize] of the pictures of step 0, 1, 2 …; the same step always gives the same batch. */
  batchIndices(step: number): Int32Array;
}

/**
 * Batches of `batchSize` out of the training pictures `indices`. Throws 'sampler/batch-size' when a batch does
 * not fit into them.
 */
export function createSampler(indices: Int32Array, batchSize: number, seed: number): Sampler {
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > indices.length) {
    throw new PawsaurError(
      'sampler/batch-size',
      `A batch of ${batchSize} cannot be drawn from ${indices.length} training pictures.`,
      indices.length > 0
        ? `Set batch_size to at most ${indices.length}.`
        : 'Choose a data set with pictures.',
    );
  }
  const batchesPerPass = Math.floor(indices.length / batchSize);
  let pass = -1;
  let order = indices;
  return {
    batchesPerPass,
    batchIndices(step) {
      const wanted = Math.floor(step / batchesPerPass);
      if (wanted !== pass) {
        order = randomStream(seed, `sampler/${wanted}`).shuffle(indices.slice());
        pass = wanted;
      }
      const start = (step % batchesPerPass) * batchSize;
      return order.slice(start, start + batchSize);
    },
  };
}

/**
 * Reads features and attention of many images in batches of one size (a new size would mean new kernels), and
 * gives up between two batches when told to.
 */

import type { AttentionMaps, TrainingMethod } from '../methods/method';

/** What is read from: the part of a method that looks at images. */
export type Network = Pick<TrainingMethod, 'features' | 'attention' | 'featureDim'>;

const featureBatch = 64;
const attentionBatch = 32;
const doubledBatch = 16;

/** [n, featureDim] teacher features. @throws the signal's reason when aborted */
export async function readFeatures(
  network: Network,
  indices: Int32Array,
  signal: AbortSignal,
): Promise<Float32Array> {
  const dim = network.featureDim;
  const out = new Float32Array(indices.length * dim);
  for (const { start, batch, kept } of batches(indices, featureBatch)) {
    signal.throwIfAborted();
    const features = await network.features(batch, 'teacher');
    out.set(features.subarray(0, kept * dim), start * dim);
  }
  signal.throwIfAborted();
  return out;
}

/** Teacher attention [n, heads, rows·cols] of one batch of images; `indices` are those it belongs to. */
export interface AttentionBatch extends Pick<AttentionMaps, 'heads' | 'rows' | 'cols'> {
  indices: Int32Array;
  attention: Float32Array;
}

/**
 * Batch after batch of teacher attention, so that no more than one is held; nothing where the network has none.
 * @param imageSize input side in px; the recipe's own when left out
 */
export async function* readAttention(
  network: Network,
  indices: Int32Array,
  signal: AbortSignal,
  imageSize?: number,
): AsyncGenerator<AttentionBatch> {
  const size = imageSize === undefined ? attentionBatch : doubledBatch;
  for (const { start, batch, kept } of batches(indices, size)) {
    signal.throwIfAborted();
    const maps = await network.attention(batch, 'teacher', imageSize);
    if (maps === null) return;
    const { heads, rows, cols, weights } = maps;
    const attention = weights.subarray(0, kept * heads * rows * cols);
    yield { heads, rows, cols, attention, indices: indices.subarray(start, start + kept) };
  }
  signal.throwIfAborted();
}

/** The last batch is filled up with its own first image. */
function* batches(indices: Int32Array, size: number) {
  const length = Math.min(size, indices.length);
  for (let start = 0; start < indices.length; start += length) {
    const kept = Math.min(length, indices.length - start);
    const batch = new Int32Array(length).fill(indices[start]!);
    batch.set(indices.subarray(start, start + kept));
    yield { start, batch, kept };
  }
}

/**
 * Reads features and attention of many images in batches of one size (a new size would mean new kernels), and
 * gives up between two batches when told to.
 */

import type { AttentionMaps, NetworkName, TrainingMethod } from '../methods/method';

/** What is read from: the part of a method that looks at images. The last of its networks is read. */
export type Network = Pick<
  TrainingMethod,
  'kind' | 'step' | 'networks' | 'features' | 'attention' | 'featureDim' | 'embed' | 'classify'
>;

const featureBatch = 64;
const attentionBatch = 32;
const doubledBatch = 16;
const headBatch = 256;

/** [n, featureDim] features of the scored network. @throws the signal's reason when aborted */
export async function readFeatures(
  network: Network,
  indices: Int32Array,
  signal: AbortSignal,
): Promise<Float32Array> {
  const dim = network.featureDim;
  const out = new Float32Array(indices.length * dim);
  for (const { start, batch, kept } of batches(indices, featureBatch)) {
    signal.throwIfAborted();
    const features = await network.features(batch, scoredOf(network));
    out.set(features.subarray(0, kept * dim), start * dim);
  }
  signal.throwIfAborted();
  return out;
}

/** Attention [n, heads, rows·cols] of one batch of images; `indices` are those it belongs to. */
export interface AttentionBatch extends Pick<AttentionMaps, 'heads' | 'rows' | 'cols'> {
  indices: Int32Array;
  attention: Float32Array;
}

/**
 * Batch after batch of the scored network's attention, so that no more than one is held; nothing where the network has none.
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
    const maps = await network.attention(batch, scoredOf(network), imageSize);
    if (maps === null) return;
    const { heads, rows, cols, weights } = maps;
    const attention = weights.subarray(0, kept * heads * rows * cols);
    yield { heads, rows, cols, attention, indices: indices.subarray(start, start + kept) };
  }
  signal.throwIfAborted();
}

/**
 * Features [n, dim] through a head of the method: [n, width].
 * @param head as `embed` and `classify` of a method
 */
export async function throughHead(
  head: (features: Float32Array, rows: number) => Promise<Float32Array>,
  features: Float32Array,
  dim: number,
): Promise<Float32Array> {
  const rows = Int32Array.from({ length: features.length / dim }, (_, row) => row);
  const parts: Float32Array[] = [];
  for (const { batch, kept } of batches(rows, headBatch)) {
    const given = new Float32Array(batch.length * dim);
    for (const [i, row] of batch.entries()) {
      given.set(features.subarray(row * dim, (row + 1) * dim), i * dim);
    }
    const answer = await head(given, batch.length);
    parts.push(answer.subarray(0, (answer.length / batch.length) * kept));
  }
  const out = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The network that scores are about: the last one. */
function scoredOf({ networks }: Network): NetworkName {
  return networks.at(-1) as NetworkName;
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

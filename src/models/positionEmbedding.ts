/**
 * Position embeddings for any image size (VisionTransformer.interpolate_pos_encoding of the official DINO).
 *
 * The official code hands bicubic interpolation a SCALE of (patches + 0.1) / side, so that every sample is
 * taken at (i + 0.5)/scale − 0.5 of that slightly larger scale. It is a linear map of the embedding: one
 * matrix per grid, made once.
 */
import * as tf from '@tensorflow/tfjs-core';
import { linear } from '../engine/kernels/linear';

/** Keys' cubic kernel with a = −0.75, torch's choice for tensors. */
function cubicWeight(distance: number): number {
  const a = -0.75;
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

/** Weights [target, side] of bicubic sampling along one axis, border clamped, not antialiased. */
function axisWeights(target: number, side: number): Float64Array[] {
  const scale = (target + 0.1) / side;
  return Array.from({ length: target }, (_, i) => {
    const row = new Float64Array(side);
    const centre = (i + 0.5) / scale - 0.5;
    const base = Math.floor(centre);
    for (let tap = base - 1; tap <= base + 2; tap++) {
      const place = Math.min(Math.max(tap, 0), side - 1);
      row[place] = (row[place] as number) + cubicWeight(centre - tap);
    }
    return row;
  });
}

/** The map from a side × side grid to rows × columns patches: [rows·columns, side²]. */
export function interpolationMatrix(rows: number, columns: number, side: number): Float32Array {
  const vertical = axisWeights(rows, side);
  const horizontal = axisWeights(columns, side);
  const matrix = new Float32Array(rows * columns * side * side);
  let at = 0;
  for (const down of vertical) {
    for (const across of horizontal) {
      for (const y of down) for (const x of across) matrix[at++] = y * x;
    }
  }
  return matrix;
}

const matrices = new Map<string, tf.Tensor>();

/**
 * @param posEmbed [1, 1 + side², D]
 * @returns [1, 1 + rows·columns, D]: unchanged only on the trained, square grid; the CLS position is kept
 */
export function interpolatePositions(posEmbed: tf.Tensor, rows: number, columns: number): tf.Tensor {
  const [, tokens, width] = posEmbed.shape as [number, number, number];
  const side = Math.round(Math.sqrt(tokens - 1));
  if (rows === side && columns === side) return posEmbed;
  const key = `${tf.getBackend()} ${rows} ${columns} ${side}`;
  let matrix = matrices.get(key);
  if (!matrix || matrix.isDisposed) {
    matrix = tf.keep(tf.tensor2d(interpolationMatrix(rows, columns, side), [rows * columns, side * side]));
    matrices.set(key, matrix);
  }
  const patches = tf.slice(posEmbed, [0, 1, 0], [1, side * side, width]);
  // linear(x, W) = x Wᵀ; here the embedding is the "weight", so its gradient is the one computed.
  const grid = linear(matrix, tf.transpose(tf.reshape(patches, [side * side, width])), null, {
    inputGradient: false,
  });
  return tf.concat([tf.slice(posEmbed, [0, 0, 0], [1, 1, width]), tf.expandDims(grid, 0)], 1);
}

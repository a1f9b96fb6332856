/**
 * Position embeddings for any image size (VisionTransformer.interpolate_pos_encoding of the official DINO).
 *
 * The official code hands bicubic interpolation a SCALE of (patches + 0.1) / side, so that every sample is
 * taken at (i + 0.5)/scale − 0.5 of that slightly larger scale. It is a linear map of the embedding: one
 * matrix per grid, made once.
 */
import * as tf from '@tensorflow/tfjs-core';

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

/** The same for all positions, the class token's kept as it is: [1 + rows·columns, 1 + side²]. */
function positionMatrix(rows: number, columns: number, side: number): Float32Array {
  const inner = interpolationMatrix(rows, columns, side);
  const width = 1 + side * side;
  const matrix = new Float32Array((1 + rows * columns) * width);
  matrix[0] = 1;
  for (let i = 0; i < rows * columns; i++) {
    matrix.set(inner.subarray(i * side * side, (i + 1) * side * side), (i + 1) * width + 1);
  }
  return matrix;
}

/** Numbers, not tensors: a captured step keeps its own copy, and nothing stays on the device between runs. */
const matrices = new Map<string, Float32Array>();

/**
 * The map [1 + rows·columns, 1 + side²] from the positions of the side × side grid that is trained, the class
 * token's first, to those of another grid; null for that grid itself.
 */
export function positionMap(side: number, rows: number, columns: number): tf.Tensor | null {
  if (rows === side && columns === side) return null;
  const key = `${rows} ${columns} ${side}`;
  const matrix = matrices.get(key) ?? positionMatrix(rows, columns, side);
  matrices.set(key, matrix);
  return tf.tensor2d(matrix, [1 + rows * columns, 1 + side * side]);
}

/**
 * The two products of a dense layer with PyTorch's weight [out, in], over row-major matrices.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { type GemmEpilogue, gemm } from './gemm';

/** x [rows, in] · Wᵀ → [rows, out]. */
export function timesWeight(x: tf.Tensor, weight: tf.Tensor, epilogue?: GemmEpilogue): tf.Tensor {
  const [outputs, inputs] = weight.shape as [number, number];
  const rows = x.size / inputs;
  return gemm(
    [rows, outputs],
    { rows, columns: outputs, depth: inputs },
    x,
    { row: inputs, column: 1 },
    weight,
    { row: 1, column: inputs },
    epilogue,
  );
}

/** dy [rows, out] · W → [rows, in]: the way back. */
export function backThroughWeight(dy: tf.Tensor, weight: tf.Tensor, epilogue?: GemmEpilogue): tf.Tensor {
  const [outputs, inputs] = weight.shape as [number, number];
  const rows = dy.size / outputs;
  return gemm(
    [rows, inputs],
    { rows, columns: inputs, depth: outputs },
    dy,
    { row: outputs, column: 1 },
    weight,
    { row: inputs, column: 1 },
    epilogue,
  );
}

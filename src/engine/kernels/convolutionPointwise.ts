/**
 * Convolution with 1 × 1 filters and stride 1: of every image one matrix product, y [O, pixels] = w [O, C] · x [C, pixels],
 * and of its gradient with respect to x one with the weights transposed.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionSizes } from './convolutionStencil';
import { gemm } from './gemm';

/** Below this many pixels an image does not fill a tile of the product, and the direct kernels are faster. */
const ENOUGH_PIXELS = 64;

export function isPointwise({ side, stride, padding, outHeight, outWidth }: ConvolutionSizes): boolean {
  return side === 1 && stride === 1 && padding === 0 && outHeight * outWidth >= ENOUGH_PIXELS;
}

/** x and weight [outputs, channels, 1, 1] → y, with `residual` added where there is one. */
export function pointwiseForward(
  x: tf.TensorInfo,
  weight: tf.TensorInfo,
  { batch, channels, outputs, outHeight, outWidth }: ConvolutionSizes,
  residual?: tf.TensorInfo,
): tf.Tensor {
  const pixels = outHeight * outWidth;
  return gemm(
    [batch, outputs, outHeight, outWidth],
    { rows: outputs, columns: pixels, depth: channels, outer: batch },
    weight,
    { row: channels, column: 1 },
    x,
    { outer: channels * pixels, row: pixels, column: 1 },
    residual ? { residual } : {},
  );
}

/** dy and weight → dx. */
export function pointwiseBackward(
  dy: tf.TensorInfo,
  weight: tf.TensorInfo,
  { batch, channels, outputs, outHeight, outWidth }: ConvolutionSizes,
): tf.Tensor {
  const pixels = outHeight * outWidth;
  return gemm(
    [batch, channels, outHeight, outWidth],
    { rows: channels, columns: pixels, depth: outputs, outer: batch },
    weight,
    { row: 1, column: channels },
    dy,
    { outer: outputs * pixels, row: pixels, column: 1 },
  );
}

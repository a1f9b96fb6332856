/**
 * Convolution with 1 × 1 filters and stride 1: of every image one matrix product, y [O, pixels] = w [O, C] · x [C, pixels],
 * of its gradient with respect to x one with the weights transposed, and of the weights' one of every image, added up.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionSizes } from './convolutionStencil';
import { gemm, sumLeading } from './gemm';

/** Below this many pixels an image does not fill a tile of the product, and the direct kernels are faster. */
const ENOUGH_PIXELS = 64;

/** The weights' gradients of all images may take as many bytes. */
const MOST_BYTES = 2 ** 25;

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

/** Whether the weights' gradient is made so, too: not where it is large and the images are many. */
export function hasPointwiseWeightGradient(sizes: ConvolutionSizes): boolean {
  return isPointwise(sizes) && 4 * sizes.batch * sizes.outputs * sizes.channels <= MOST_BYTES;
}

/** x and dy → dw [outputs, channels, 1, 1]. */
export function pointwiseWeightGradient(
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  { batch, channels, outputs, outHeight, outWidth }: ConvolutionSizes,
): tf.Tensor {
  const pixels = outHeight * outWidth;
  const perImage = gemm(
    [batch, outputs, channels],
    { rows: outputs, columns: channels, depth: pixels, outer: batch },
    dy,
    { outer: outputs * pixels, row: pixels, column: 1 },
    x,
    { outer: channels * pixels, row: 1, column: pixels },
  );
  const dw = sumLeading(perImage, batch, [outputs, channels, 1, 1]);
  perImage.dispose();
  return dw;
}

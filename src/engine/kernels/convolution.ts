/**
 * 2-D convolution in PyTorch's layouts: x [B, C, H, W], weight [O, C, k, k] (torch.nn.functional.conv2d).
 *
 * Filters up to 3 × 3 with stride 1 or 2 are computed directly (`convolutionStencil`, `convolutionWeight`), larger
 * ones by columns (`convolutionColumns`).
 */
import * as tf from '@tensorflow/tfjs-core';
import { type PawsaurBackend, webgpu } from '../backend';
import { columnsBackward, columnsForward, columnsWeightGradient } from './convolutionColumns';
import { type ConvolutionSizes, convolveBackward, convolveForward } from './convolutionStencil';
import { weightGradient } from './convolutionWeight';
import { fused } from './fused';
import { traitsOf } from './gemmVariants';

export interface ConvolutionOptions {
  stride?: number;
  padding?: number;
  /** False where the input is data, so that its gradient is never computed. */
  inputGradient?: boolean;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function convolutionComposed(
  x: tf.Tensor,
  weight: tf.Tensor,
  { stride = 1, padding = 0 }: ConvolutionOptions,
) {
  const channelsLast = tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1]);
  const filter = tf.transpose(weight as tf.Tensor4D, [2, 3, 1, 0]);
  const y = tf.conv2d(channelsLast as tf.Tensor4D, filter as tf.Tensor4D, stride, padding);
  return tf.transpose(y, [0, 3, 1, 2]);
}

function sizesOf(x: tf.Tensor, weight: tf.Tensor, stride: number, padding: number): ConvolutionSizes {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [outputs, , side] = weight.shape as [number, number, number];
  const outHeight = Math.floor((height + 2 * padding - side) / stride) + 1;
  const outWidth = Math.floor((width + 2 * padding - side) / stride) + 1;
  return { batch, channels, height, width, outputs, outHeight, outWidth, side, stride, padding };
}

/** Lanes of the subgroups to broadcast in, on the software adapters that gain by it. */
function broadcastLanes(backend: PawsaurBackend): number | null {
  const { software, subgroupLanes } = traitsOf(backend.device);
  return software && subgroupLanes >= 4 && subgroupLanes <= 32 ? subgroupLanes : null;
}

/** x [B, C, H, W] → [B, O, floor((H + 2·padding − k)/stride) + 1, …]; no bias. */
export function convolution(x: tf.Tensor, weight: tf.Tensor, options: ConvolutionOptions = {}): tf.Tensor {
  const backend = webgpu();
  if (!backend) return convolutionComposed(x, weight, options);
  const { stride = 1, padding = 0, inputGradient = true } = options;
  const sizes = sizesOf(x, weight, stride, padding);
  const direct = sizes.side <= 3 && stride <= 2;
  const lanes = broadcastLanes(backend);
  const forward = (image: tf.Tensor, filter: tf.Tensor) =>
    direct ? convolveForward(image, filter, sizes, lanes) : columnsForward(image, filter, sizes);
  const backward = (dy: tf.Tensor, filter: tf.Tensor) =>
    direct ? convolveBackward(dy, filter, sizes, lanes) : columnsBackward(dy, filter, sizes);
  const filterGradient = (image: tf.Tensor, dy: tf.Tensor) =>
    direct ? weightGradient(image, dy, sizes, lanes) : columnsWeightGradient(image, dy, sizes);
  if (!inputGradient) {
    return fused(
      { weight },
      (inputs) => ({ value: forward(x, inputs.weight), saved: { x } }),
      (dy, saved) => ({ weight: filterGradient(saved.x, dy) }),
    );
  }
  return fused(
    { x, weight },
    (inputs) => ({ value: forward(inputs.x, inputs.weight), saved: inputs }),
    (dy, saved) => ({ x: backward(dy, saved.weight), weight: filterGradient(saved.x, dy) }),
  );
}

/**
 * 2-D convolution in PyTorch's layouts: x [B, C, H, W], weight [O, C, k, k] (torch.nn.functional.conv2d), with a bias
 * and a residual sum that cost no pass of their own where the filter is small.
 *
 * Filters up to 3 × 3 with stride 1 or 2 are computed directly (`convolutionStencil`, `convolutionWeight`), those of a
 * single tap on large maps as products (`convolutionPointwise`), larger ones by columns (`convolutionColumns`).
 */
import * as tf from '@tensorflow/tfjs-core';
import { type PawsaurBackend, webgpu } from '../backend';
import { columnsBackward, columnsForward, columnsWeightGradient } from './convolutionColumns';
import { addFollowing, biasGradient, type ConvolutionFollowing } from './convolutionFollowing';
import {
  hasPointwiseWeightGradient,
  isPointwise,
  pointwiseBackward,
  pointwiseForward,
  pointwiseWeightGradient,
} from './convolutionPointwise';
import { type ConvolutionSizes, convolveBackward, convolveForward } from './convolutionStencil';
import { weightGradient } from './convolutionWeight';
import { fused } from './fused';
import { traitsOf } from './gemmVariants';

export interface ConvolutionOptions {
  stride?: number;
  padding?: number;
  /** [O], added to every pixel of its channel. */
  bias?: tf.Tensor | undefined;
  /** Added at the end; of the result's shape. */
  residual?: tf.Tensor | undefined;
  /** False where the input is data, so that its gradient is never computed. */
  inputGradient?: boolean;
  /** False where what follows takes the bias out again, so that its gradient, zero, is never computed. */
  biasGradient?: boolean;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function convolutionComposed(
  x: tf.Tensor,
  weight: tf.Tensor,
  { stride = 1, padding = 0, bias, residual }: ConvolutionOptions,
): tf.Tensor {
  const channelsLast = tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1]);
  const filter = tf.transpose(weight as tf.Tensor4D, [2, 3, 1, 0]);
  const product = tf.conv2d(channelsLast as tf.Tensor4D, filter as tf.Tensor4D, stride, padding);
  const y = tf.transpose(bias ? tf.add(product, bias) : product, [0, 3, 1, 2]);
  return residual ? tf.add(y, residual) : y;
}

/** What a gradient is asked for. */
interface Differentiated {
  x: tf.Tensor | undefined;
  weight: tf.Tensor;
  bias: tf.Tensor | undefined;
  residual: tf.Tensor | undefined;
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

/** x [B, C, H, W] → [B, O, floor((H + 2·padding − k)/stride) + 1, …] */
export function convolution(x: tf.Tensor, weight: tf.Tensor, options: ConvolutionOptions = {}): tf.Tensor {
  const backend = webgpu();
  if (!backend) return convolutionComposed(x, weight, options);
  const { stride = 1, padding = 0, bias, residual } = options;
  const [toInput, toBias] = [options.inputGradient ?? true, bias && (options.biasGradient ?? true)];
  const sizes = sizesOf(x, weight, stride, padding);
  const direct = sizes.side <= 3 && stride <= 2;
  const pointwise = isPointwise(sizes);
  const lanes = broadcastLanes(backend);
  const forward = (image: tf.Tensor, filter: tf.Tensor, following: ConvolutionFollowing) => {
    // A product adds its bias to columns, and a convolution's is for rows.
    if (pointwise && !following.bias) return pointwiseForward(image, filter, sizes, following.residual);
    if (direct) return convolveForward(image, filter, sizes, lanes, following);
    const y = columnsForward(backend, image, filter, sizes);
    addFollowing(backend, y, following);
    return y;
  };
  const backward = (dy: tf.Tensor, filter: tf.Tensor) => {
    if (pointwise) return pointwiseBackward(dy, filter, sizes);
    if (direct) return convolveBackward(dy, filter, sizes, lanes);
    return columnsBackward(backend, dy, filter, sizes);
  };
  const filterGradient = (image: tf.Tensor, dy: tf.Tensor) => {
    if (hasPointwiseWeightGradient(sizes)) return pointwiseWeightGradient(image, dy, sizes);
    if (direct) return weightGradient(image, dy, sizes, lanes);
    return columnsWeightGradient(backend, image, dy, sizes);
  };
  const inputs: Differentiated = {
    x: toInput ? x : undefined,
    weight,
    bias: toBias ? bias : undefined,
    residual,
  };
  return fused(
    inputs,
    (given) => {
      const image = given.x ?? x;
      const following = { bias: given.bias ?? bias, residual: given.residual };
      const saved = { x: image, weight: given.x && given.weight };
      return { value: forward(image, given.weight, following), saved };
    },
    (dy, saved) => ({
      x: saved.weight && backward(dy, saved.weight),
      weight: filterGradient(saved.x, dy),
      bias: toBias ? biasGradient(dy) : undefined,
      residual: residual && tf.clone(dy),
    }),
  );
}

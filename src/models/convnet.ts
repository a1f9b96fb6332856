/** What the convolutional trunks share: their options, and their layers by name. */
import type * as tf from '@tensorflow/tfjs-core';
import { type BatchNormOptions, batchNorm } from '../engine/kernels/batchNorm';
import { type ConvolutionOptions, convolution } from '../engine/kernels/convolution';
import { batchNormState } from './batchNorm';
import type { Reader } from './parameters';
import type { TrunkOptions } from './viewBatch';

/** torch's share of a new batch in the running statistics. */
const MOMENTUM = 0.1;

/** Layers of a network in the mode of `options`, by the names of their parameters. */
export function layersOf(read: Reader, { mode, batchNormMomentum }: TrunkOptions) {
  return {
    /** Convolution without a bias. */
    conv: (x: tf.Tensor, name: string, options: ConvolutionOptions = {}) =>
      convolution(x, read(`${name}.weight`), options),
    /** Convolution with a bias that a batch norm takes out again: in training mode nothing is its gradient. */
    biasedConv: (x: tf.Tensor, name: string, options: ConvolutionOptions = {}) =>
      convolution(x, read(`${name}.weight`), {
        ...options,
        bias: read(`${name}.bias`),
        biasGradient: mode === 'eval',
      }),
    /** @param own momentum of this layer, where it is not torch's */
    norm: (
      x: tf.Tensor,
      name: string,
      { own = MOMENTUM, ...following }: Pick<BatchNormOptions, 'relu' | 'residual'> & { own?: number } = {},
    ) => batchNorm(x, batchNormState(read, name), { mode, momentum: batchNormMomentum ?? own, ...following }),
  };
}

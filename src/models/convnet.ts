/** What the convolutional trunks and the heads of PAWS share: layers by the names of their parameters. */
import type * as tf from '@tensorflow/tfjs-core';
import { type BatchNormOptions, batchNorm } from '../engine/kernels/batchNorm';
import { type ConvolutionOptions, convolution } from '../engine/kernels/convolution';
import { linear } from '../engine/kernels/linear';
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
    /** Convolution with a bias that a batch norm takes out again: while training it gives no gradient of it. */
    biasedConv: (x: tf.Tensor, name: string, options: ConvolutionOptions = {}) =>
      convolution(x, read(`${name}.weight`), {
        ...options,
        bias: read(`${name}.bias`),
        biasGradient: mode === 'eval',
      }),
    /** Linear layer with a bias. */
    dense: (x: tf.Tensor, name: string) => linear(x, read(`${name}.weight`), read(`${name}.bias`)),
    /** @param own momentum of this layer, where it is not torch's */
    norm: (
      x: tf.Tensor,
      name: string,
      { own = MOMENTUM, ...following }: Pick<BatchNormOptions, 'relu' | 'residual'> & { own?: number } = {},
    ) => batchNorm(x, batchNormState(read, name), { mode, momentum: batchNormMomentum ?? own, ...following }),
  };
}

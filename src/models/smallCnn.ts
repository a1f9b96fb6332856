/**
 * The small convolutional trunk of docs/recipes.md: a stride-2 stem and residual blocks that halve the side and
 * double the channels (He et al. 2016), batch norm, ReLU; features are the last map pooled to a grid and
 * flattened. On a few hundred photos it learns where a tiny Vision Transformer does not.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchNorm } from '../engine/kernels/batchNorm';
import { convolution } from '../engine/kernels/convolution';
import { poolToGrid } from '../engine/kernels/pool';
import { batchNormSpecs, batchNormState } from './batchNorm';
import { convolutionInit, type ParameterSpec, type Reader } from './parameters';

export interface SmallCnnConfig {
  /** Channels after the stem; doubled by every block. */
  width: number;
  blocks: number;
  /** Side of the grid the last map is averaged to. */
  pool: number;
}

export interface SmallCnnOptions {
  /** Batch norm's mode: batch statistics while training, running ones for evaluation. */
  mode: 'train' | 'eval';
  /** Share of this batch in the running statistics; torch's 0.1 unless told. */
  batchNormMomentum?: number;
}

/** Length of the feature vector: channels of the last block times the cells of the grid. */
export function smallCnnFeatureDim({ width, blocks, pool }: SmallCnnConfig): number {
  return width * 2 ** blocks * pool * pool;
}

export function smallCnnParameters({ width, blocks }: SmallCnnConfig): ParameterSpec[] {
  const conv = (name: string, outputs: number, inputs: number, side: number): ParameterSpec => ({
    name: `${name}.weight`,
    shape: [outputs, inputs, side, side],
    init: convolutionInit(inputs * side * side),
  });
  const specs = [conv('conv1', width, 3, 3), ...batchNormSpecs('bn1', width)];
  for (let i = 0; i < blocks; i++) {
    const inputs = width * 2 ** i;
    const outputs = 2 * inputs;
    const at = `layer${i + 1}.0`;
    specs.push(
      conv(`${at}.conv1`, outputs, inputs, 3),
      ...batchNormSpecs(`${at}.bn1`, outputs),
      conv(`${at}.conv2`, outputs, outputs, 3),
      ...batchNormSpecs(`${at}.bn2`, outputs),
      conv(`${at}.downsample.0`, outputs, inputs, 1),
      ...batchNormSpecs(`${at}.downsample.1`, outputs),
    );
  }
  return specs;
}

/** Images [B, 3, H, W] → features [B, smallCnnFeatureDim]. */
export function smallCnnForward(
  read: Reader,
  config: SmallCnnConfig,
  images: tf.Tensor,
  { mode, batchNormMomentum = 0.1 }: SmallCnnOptions,
): tf.Tensor {
  const norm = (x: tf.Tensor, name: string, following: { relu?: boolean; residual?: tf.Tensor } = {}) =>
    batchNorm(x, batchNormState(read, name), { mode, momentum: batchNormMomentum, ...following });
  const weight = (name: string) => read(`${name}.weight`);
  const stem = convolution(images, weight('conv1'), { stride: 2, padding: 1, inputGradient: false });
  let x = norm(stem, 'bn1', { relu: true });
  for (let i = 0; i < config.blocks; i++) {
    const at = `layer${i + 1}.0`;
    const strided = convolution(x, weight(`${at}.conv1`), { stride: 2, padding: 1 });
    const first = norm(strided, `${at}.bn1`, { relu: true });
    const second = convolution(first, weight(`${at}.conv2`), { padding: 1 });
    const shortcut = norm(convolution(x, weight(`${at}.downsample.0`), { stride: 2 }), `${at}.downsample.1`);
    x = norm(second, `${at}.bn2`, { relu: true, residual: shortcut });
  }
  return tf.reshape(poolToGrid(x, config.pool), [x.shape[0] as number, smallCnnFeatureDim(config)]);
}

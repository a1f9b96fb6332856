/**
 * The small convolutional trunk of docs/recipes.md: a stride-2 stem and residual blocks that halve the side and
 * double the channels (He et al. 2016), batch norm, ReLU; features are the last map pooled to a grid and
 * flattened. On a few hundred photos it learns where a tiny Vision Transformer does not.
 */
import * as tf from '@tensorflow/tfjs-core';
import { poolToGrid } from '../engine/kernels/pool';
import { batchNormSpecs } from './batchNorm';
import { layersOf } from './convnet';
import { convolutionInit, type ParameterSpec, type Reader } from './parameters';
import type { TrunkOptions } from './viewBatch';

export interface SmallCnnConfig {
  /** Channels after the stem; doubled by every block. */
  width: number;
  blocks: number;
  /** Side of the grid the last map is averaged to. */
  pool: number;
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
  options: TrunkOptions,
): tf.Tensor {
  const { conv, norm } = layersOf(read, options);
  const { inputGradient = false } = options;
  let x = norm(conv(images, 'conv1', { stride: 2, padding: 1, inputGradient }), 'bn1', { relu: true });
  for (let i = 0; i < config.blocks; i++) {
    const at = `layer${i + 1}.0`;
    const first = norm(conv(x, `${at}.conv1`, { stride: 2, padding: 1 }), `${at}.bn1`, { relu: true });
    const second = conv(first, `${at}.conv2`, { padding: 1 });
    const shortcut = norm(conv(x, `${at}.downsample.0`, { stride: 2 }), `${at}.downsample.1`);
    x = norm(second, `${at}.bn2`, { relu: true, residual: shortcut });
  }
  return tf.reshape(poolToGrid(x, config.pool), [x.shape[0] as number, smallCnnFeatureDim(config)]);
}

/**
 * The small convolutional trunk of docs/recipes.md: a stride-2 stem and residual blocks that halve the side and
 * double the channels (He et al. 2016), batch norm, ReLU; features are the last map pooled to a grid and
 * flattened. On a few hundred photos it learns where a tiny Vision Transformer does not.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchNorm } from '../engine/kernels/batchNorm';
import { convolution } from '../engine/kernels/convolution';
import { linear } from '../engine/kernels/linear';
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

/** Average over the cells of a pool × pool grid, [B, C, H, W] → [B, C·pool²] (torch's adaptive_avg_pool2d). */
function poolToGrid(x: tf.Tensor, pool: number): tf.Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  if (height % pool === 0 && width % pool === 0) {
    const cells = tf.reshape(x, [batch * channels, pool, height / pool, pool, width / pool]);
    return tf.reshape(tf.mean(cells, [2, 4]), [batch, channels * pool * pool]);
  }
  const axis = (size: number) =>
    Array.from(
      { length: pool },
      (_, i) => [Math.floor((i * size) / pool), Math.ceil(((i + 1) * size) / pool)] as const,
    );
  const matrix = axis(height).flatMap(([top, bottom]) =>
    axis(width).map(([left, right]) => {
      const cell = new Array<number>(height * width).fill(0);
      const share = 1 / ((bottom - top) * (right - left));
      for (let y = top; y < bottom; y++) for (let c = left; c < right; c++) cell[y * width + c] = share;
      return cell;
    }),
  );
  const flat = tf.reshape(x, [batch * channels, height * width]);
  return tf.reshape(linear(flat, tf.tensor2d(matrix), null), [batch, channels * pool * pool]);
}

/** Images [B, 3, H, W] → features [B, smallCnnFeatureDim]. */
export function smallCnnForward(
  read: Reader,
  config: SmallCnnConfig,
  images: tf.Tensor,
  { mode }: SmallCnnOptions,
): tf.Tensor {
  const norm = (x: tf.Tensor, name: string) => batchNorm(x, batchNormState(read, name), { mode });
  const weight = (name: string) => read(`${name}.weight`);
  const stem = convolution(images, weight('conv1'), { stride: 2, padding: 1, inputGradient: false });
  let x: tf.Tensor = tf.relu(norm(stem, 'bn1'));
  for (let i = 0; i < config.blocks; i++) {
    const at = `layer${i + 1}.0`;
    const first = tf.relu(
      norm(convolution(x, weight(`${at}.conv1`), { stride: 2, padding: 1 }), `${at}.bn1`),
    );
    const second = norm(convolution(first, weight(`${at}.conv2`), { padding: 1 }), `${at}.bn2`);
    const shortcut = norm(convolution(x, weight(`${at}.downsample.0`), { stride: 2 }), `${at}.downsample.1`);
    x = tf.relu(tf.add(second, shortcut));
  }
  return poolToGrid(x, config.pool);
}

/** The small convolutional network with tfjs's own convolution, batch norm and pooling. */
import * as tf from '@tensorflow/tfjs-core';
import type { SmallCnnConfig } from '../../../src/models/smallCnn';
import type { Weights } from './layers';

const EPSILON = 1e-5;
const MOMENTUM = 0.1;

/** Batch norm over [..., C] in training: batch statistics, running ones moved (torch.nn.BatchNorm). */
export function batchNorm<T extends tf.Tensor>(x: T, weights: Weights, name: string): T {
  const rank = x.shape.length;
  const { mean, variance } = tf.moments(x, [...Array(rank - 1).keys()]);
  const count = x.size / (x.shape[rank - 1] as number);
  const move = (running: string, fresh: tf.Tensor, factor: number) =>
    tf.tidy(() => {
      const state = weights(`${name}.${running}`) as tf.Variable;
      state.assign(tf.add(tf.mul(state, 1 - MOMENTUM), tf.mul(fresh, MOMENTUM * factor)));
    });
  move('running_mean', mean, 1);
  move('running_var', variance, count / (count - 1));
  const scale = tf.mul(tf.rsqrt(tf.add(variance, EPSILON)), weights(`${name}.weight`));
  return tf.add(tf.mul(tf.sub(x, mean), scale), weights(`${name}.bias`));
}

/** Features [B, C·pool²] of pictures [B, S, S, 3]. */
export function cnnFeatures(weights: Weights, config: SmallCnnConfig, images: tf.Tensor4D): tf.Tensor2D {
  const convolution = (x: tf.Tensor4D, name: string, stride: number, pad: number) =>
    tf.conv2d(x, weights(`${name}.weight`) as tf.Tensor4D, stride, pad);
  let x: tf.Tensor4D = tf.relu(batchNorm(convolution(images, 'conv1', 2, 1), weights, 'bn1'));
  for (let i = 1; i <= config.blocks; i++) {
    const at = `layer${i}.0`;
    const first = tf.relu(batchNorm(convolution(x, `${at}.conv1`, 2, 1), weights, `${at}.bn1`));
    const second = batchNorm(convolution(first, `${at}.conv2`, 1, 1), weights, `${at}.bn2`);
    const shortcut = convolution(x, `${at}.downsample.0`, 2, 0);
    x = tf.relu(tf.add(second, batchNorm(shortcut, weights, `${at}.downsample.1`)));
  }
  const [batch, side, , channels] = x.shape;
  const cell = side / config.pool;
  if (!Number.isInteger(cell)) throw new Error('The peer pools only to grids that divide the map.');
  const pooled = tf.transpose(tf.avgPool(x, cell, cell, 'valid'), [0, 3, 1, 2]);
  return tf.reshape(pooled, [batch, channels * config.pool ** 2]);
}

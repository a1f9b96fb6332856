/** The small convolutional network in jax-js. */
import { lax, nn, numpy as np } from '@jax-js/jax';
import type { SmallCnnConfig } from '../../../src/models/smallCnn';
import type { Tree, Weights } from './layers';

const EPSILON = 1e-5;
const AXES = [0, 2, 3];

/** Batch norm over [B, C, H, W] in training; the batch's mean and unbiased variance go into `statistics`. */
export function batchNorm(x: np.Array, weights: Weights, name: string, statistics: Tree): np.Array {
  const { shape, size } = x;
  const channels = shape[1];
  const count = size / channels;
  const wide = (vector: np.Array) => vector.reshape([1, channels, 1, 1]);
  const mean = np.mean(x.ref, AXES);
  const centred = x.sub(wide(mean.ref));
  const variance = np.mean(np.square(centred.ref), AXES);
  statistics[`${name}.running_mean`] = mean;
  statistics[`${name}.running_var`] = variance.ref.mul(count / (count - 1));
  const scale = weights(`${name}.weight`).div(np.sqrt(variance.add(EPSILON)));
  return centred.mul(wide(scale)).add(wide(weights(`${name}.bias`)));
}

/** Features [B, C·pool²] of pictures [B, 3, S, S]; the batch's statistics go into `statistics`. */
export function cnnFeatures(
  weights: Weights,
  config: SmallCnnConfig,
  images: np.Array,
  statistics: Tree,
): np.Array {
  const convolution = (x: np.Array, name: string, stride: number, pad: number) =>
    lax.convGeneralDilated(
      x,
      weights(`${name}.weight`),
      [stride, stride],
      [
        [pad, pad],
        [pad, pad],
      ],
    );
  const norm = (x: np.Array, name: string) => batchNorm(x, weights, name, statistics);
  let x = nn.relu(norm(convolution(images, 'conv1', 2, 1), 'bn1'));
  for (let i = 1; i <= config.blocks; i++) {
    const at = `layer${i}.0`;
    const first = nn.relu(norm(convolution(x.ref, `${at}.conv1`, 2, 1), `${at}.bn1`));
    const second = norm(convolution(first, `${at}.conv2`, 1, 1), `${at}.bn2`);
    const shortcut = norm(convolution(x, `${at}.downsample.0`, 2, 0), `${at}.downsample.1`);
    x = nn.relu(second.add(shortcut));
  }
  const [batch, channels, side] = x.shape;
  const { pool } = config;
  const cell = side / pool;
  if (!Number.isInteger(cell)) throw new Error('The peer pools only to grids that divide the map.');
  return np
    .mean(x.reshape([batch, channels, pool, cell, pool, cell]), [3, 5])
    .reshape([batch, channels * pool * pool]);
}

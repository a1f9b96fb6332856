/**
 * Factors of whole rows: stochastic depth (Huang et al. 2016) drops the branch of an image with rate p, and
 * divides what is left by 1 − p, so every row of an image has the same factor.
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, webgpu } from '../backend';
import { defineKernel } from '../kernel';
import { imagesOf, placed, rowsOf, type TokenGroup } from './attention';
import { defineRowKernel, onRows } from './rowKernel';

const scaleKernel = defineRowKernel({
  name: 'scale_rows',
  reads: ['x', 'factors'],
  writes: ['y'],
  uniforms: ['width'],
  body: `
  let start = row * u.width;
  let factor = factors[row];
  for (var i = lane; i < u.width; i += LANES) { y[start + i] = factor * x[start + i]; }`,
});

/** x [rows, width] times a factor for each row; no gradient of its own. Call only where `webgpu()` is not null. */
export function scaleRows(x: tf.Tensor, factors: tf.Tensor): tf.Tensor {
  const rows = factors.size;
  return computeOne(onRows(scaleKernel), [x, factors], x.shape, { width: x.size / rows }, rows);
}

const dropPathKernel = defineKernel({
  name: 'drop_path_factors',
  reads: ['draws'],
  writes: ['factors'],
  uniforms: ['tokens', 'firstDraw', 'firstRow', 'rate:f32'],
  body: `
  let keep = 1.0 - u.rate;
  factors[u.firstRow + index] = floor(draws[u.firstDraw + index / u.tokens] + keep) / keep;`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function dropPathFactorsComposed(
  draws: readonly tf.Tensor[],
  call: number,
  rate: number,
  groups: readonly TokenGroup[],
  each: 'row' | 'image',
): tf.Tensor {
  const parts = groups.map(({ images, tokens }, i) => {
    const own = tf.reshape(tf.slice(draws[i] as tf.Tensor, [call, 0], [1, images]), [images, 1]);
    const factors = tf.div(tf.floor(tf.add(own, 1 - rate)), 1 - rate);
    return tf.reshape(each === 'row' ? tf.tile(factors, [1, tokens]) : factors, [-1]);
  });
  return tf.concat(parts);
}

/**
 * The factors of one branch: [R], or [images in all] for class rows.
 * @param draws uniform numbers [calls, images] of every group
 * @param call which row of the draws
 * @param rate share of images whose branch is dropped
 */
export function dropPathFactors(
  draws: readonly tf.Tensor[],
  call: number,
  rate: number,
  groups: readonly TokenGroup[],
  each: 'row' | 'image',
): tf.Tensor {
  const backend = webgpu();
  if (!backend) return dropPathFactorsComposed(draws, call, rate, groups, each);
  const rows = each === 'row' ? rowsOf(groups) : imagesOf(groups);
  const factors = backend.allocate([rows]);
  for (const [i, { images, tokens: all, firstRow, firstImage }] of placed(groups).entries()) {
    const tokens = each === 'row' ? all : 1;
    const uniforms = {
      tokens,
      firstDraw: call * images,
      firstRow: each === 'row' ? firstRow : firstImage,
      rate,
    };
    backend.dispatch(dropPathKernel, [draws[i] as tf.Tensor], [factors], uniforms, images * tokens);
  }
  return factors;
}

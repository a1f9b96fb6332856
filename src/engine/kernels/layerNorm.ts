/**
 * Layer normalisation over the last axis with learned scale and shift (Ba et al. 2016; torch.nn.LayerNorm).
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, webgpu } from '../backend';
import { withGradient } from '../gradient';
import { defineKernel } from '../kernel';
import { sumRows } from './linear';

const forwardKernel = defineKernel({
  name: 'layer_norm',
  reads: ['x', 'weight', 'bias'],
  writes: ['y', 'statistics'],
  uniforms: ['width', 'epsilon:f32'],
  body: `
  let start = index * u.width;
  var mean = 0.0;
  for (var i = 0u; i < u.width; i++) { mean += x[start + i]; }
  mean /= f32(u.width);
  var variance = 0.0;
  for (var i = 0u; i < u.width; i++) { let d = x[start + i] - mean; variance += d * d; }
  let scale = 1.0 / sqrt(variance / f32(u.width) + u.epsilon);
  for (var i = 0u; i < u.width; i++) { y[start + i] = (x[start + i] - mean) * scale * weight[i] + bias[i]; }
  statistics[2u * index] = mean;
  statistics[2u * index + 1u] = scale;`,
});

/** dx, and dy · x̂ whose sum over the rows is the gradient of the scale. */
const gradientKernel = defineKernel({
  name: 'layer_norm_gradient',
  reads: ['x', 'weight', 'statistics', 'dy'],
  writes: ['dx', 'dyNormal'],
  uniforms: ['width'],
  body: `
  let start = index * u.width;
  let mean = statistics[2u * index];
  let scale = statistics[2u * index + 1u];
  var sum = 0.0;
  var sumNormal = 0.0;
  for (var i = 0u; i < u.width; i++) {
    let normal = (x[start + i] - mean) * scale;
    let g = dy[start + i] * weight[i];
    sum += g;
    sumNormal += g * normal;
    dyNormal[start + i] = dy[start + i] * normal;
  }
  sum /= f32(u.width);
  sumNormal /= f32(u.width);
  for (var i = 0u; i < u.width; i++) {
    let normal = (x[start + i] - mean) * scale;
    dx[start + i] = scale * (dy[start + i] * weight[i] - sum - normal * sumNormal);
  }`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function layerNormComposed(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  epsilon: number,
): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(normal, weight), bias);
}

/**
 * x [..., width] → same shape.
 * @param weight [width]
 * @param bias [width]
 * @param epsilon added to the variance; 1e-6 in the official Vision Transformer
 */
export function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, epsilon = 1e-6): tf.Tensor {
  if (!webgpu()) return layerNormComposed(x, weight, bias, epsilon);
  const width = weight.size;
  const rows = x.size / width;
  return withGradient([x, weight, bias], (inputs, save) => {
    const [value, statistics] = compute(
      forwardKernel,
      inputs,
      [x.shape, [rows, 2]],
      { width, epsilon },
      rows,
    );
    save([inputs[0] as tf.Tensor, inputs[1] as tf.Tensor, statistics as tf.Tensor]);
    const gradient = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [dx, dyNormal] = compute(gradientKernel, [...saved, dy], [x.shape, x.shape], { width }, rows);
      const dWeight = sumRows(dyNormal as tf.Tensor, rows, width);
      dyNormal?.dispose();
      return [dx as tf.Tensor, dWeight, sumRows(dy, rows, width)];
    };
    return { value: value as tf.Tensor, gradient };
  });
}

const l2Forward = defineKernel({
  name: 'l2_normalise',
  reads: ['x'],
  writes: ['y', 'scales'],
  uniforms: ['width', 'epsilon:f32'],
  body: `
  let start = index * u.width;
  var sum = 0.0;
  for (var i = 0u; i < u.width; i++) { sum += x[start + i] * x[start + i]; }
  let scale = 1.0 / max(sqrt(sum), u.epsilon);
  for (var i = 0u; i < u.width; i++) { y[start + i] = x[start + i] * scale; }
  scales[index] = scale;`,
});

const l2Gradient = defineKernel({
  name: 'l2_normalise_gradient',
  reads: ['y', 'scales', 'dy'],
  writes: ['dx'],
  uniforms: ['width', 'epsilon:f32'],
  body: `
  let start = index * u.width;
  // Where the norm is below epsilon the scale is constant, and its derivative vanishes.
  var along = 0.0;
  if (scales[index] * u.epsilon < 1.0) {
    for (var i = 0u; i < u.width; i++) { along += dy[start + i] * y[start + i]; }
  }
  for (var i = 0u; i < u.width; i++) { dx[start + i] = scales[index] * (dy[start + i] - along * y[start + i]); }`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function l2NormaliseComposed(x: tf.Tensor, epsilon: number): tf.Tensor {
  const norm = tf.sqrt(tf.sum(tf.square(x), -1, true));
  return tf.div(x, tf.maximum(norm, epsilon));
}

/** Rows of x [rows, width] divided by max(‖row‖, epsilon) (torch.nn.functional.normalize). */
export function l2Normalise(x: tf.Tensor, epsilon = 1e-12): tf.Tensor {
  if (!webgpu()) return l2NormaliseComposed(x, epsilon);
  const width = x.shape[x.shape.length - 1] as number;
  const rows = x.size / width;
  return withGradient([x], ([input], save) => {
    const [value, scales] = compute(
      l2Forward,
      [input as tf.Tensor],
      [x.shape, [rows]],
      { width, epsilon },
      rows,
    );
    save([value as tf.Tensor, scales as tf.Tensor]);
    return {
      value: value as tf.Tensor,
      gradient: (dy, saved) => [computeOne(l2Gradient, [...saved, dy], x.shape, { width, epsilon }, rows)],
    };
  });
}

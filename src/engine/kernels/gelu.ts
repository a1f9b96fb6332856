/**
 * Exact GELU, x · Φ(x) with the error function (torch.nn.GELU), not its tanh approximation.
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, webgpu } from '../backend';
import { withGradient } from '../gradient';
import { defineKernel } from '../kernel';

/** Φ(x) by the rational approximation 7.1.26 of Abramowitz and Stegun; absolute error below 1.5e-7. */
const normalDistribution = `
fn phi(x: f32) -> f32 {
  let z = abs(x) * 0.70710678118654752;
  let t = 1.0 / (1.0 + 0.3275911 * z);
  let tail = 0.5 * exp(-z * z) * t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return select(tail, 1.0 - tail, x >= 0.0);
}`;

const forwardKernel = defineKernel({
  name: 'gelu',
  reads: ['x'],
  writes: ['y'],
  uniforms: [],
  declarations: normalDistribution,
  body: 'y[index] = x[index] * phi(x[index]);',
});

const gradientKernel = defineKernel({
  name: 'gelu_gradient',
  reads: ['x', 'dy'],
  writes: ['dx'],
  uniforms: [],
  declarations: normalDistribution,
  body: `
  let v = x[index];
  dx[index] = dy[index] * (phi(v) + v * 0.3989422804014327 * exp(-0.5 * v * v));`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function geluComposed(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))));
}

/** GELU of every element; any shape. */
export function gelu(x: tf.Tensor): tf.Tensor {
  if (!webgpu()) return geluComposed(x);
  return withGradient([x], ([input], save) => {
    save([input as tf.Tensor]);
    return {
      value: computeOne(forwardKernel, [input as tf.Tensor], x.shape, {}, x.size),
      gradient: (dy, [saved]) => [computeOne(gradientKernel, [saved as tf.Tensor, dy], x.shape, {}, x.size)],
    };
  });
}

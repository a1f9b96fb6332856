/**
 * Exact GELU, x · Φ(x) with the error function (torch.nn.GELU), not its tanh approximation.
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, webgpu } from '../backend';
import { withGradient } from '../gradient';
import { defineKernel } from '../kernel';

/**
 * WGSL functions `gelu` and `geluSlope` (its derivative) for a float or a vector of them. Φ is the rational approximation
 * 7.1.26 of Abramowitz and Stegun, absolute error below 1.5e-7; `bell` is exp(−x²/2), which the slope shares.
 */
export function geluFunctions(type: 'f32' | 'vec3f' | 'vec4f'): string {
  return `
fn phi(x: ${type}, bell: ${type}) -> ${type} {
  let t = 1.0 / (1.0 + 0.3275911 * 0.70710678118654752 * abs(x));
  let tail = 0.5 * bell * t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return select(tail, 1.0 - tail, x >= ${type}(0.0));
}
fn gelu(x: ${type}) -> ${type} { return x * phi(x, exp(-0.5 * x * x)); }
fn geluSlope(x: ${type}) -> ${type} {
  let bell = exp(-0.5 * x * x);
  return phi(x, bell) + x * 0.3989422804014327 * bell;
}`;
}

const forwardKernel = defineKernel({
  name: 'gelu',
  reads: ['x'],
  writes: ['y'],
  uniforms: [],
  declarations: geluFunctions('f32'),
  body: 'y[index] = gelu(x[index]);',
});

const gradientKernel = defineKernel({
  name: 'gelu_gradient',
  reads: ['x', 'dy'],
  writes: ['dx'],
  uniforms: [],
  declarations: geluFunctions('f32'),
  body: 'dx[index] = dy[index] * geluSlope(x[index]);',
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function geluComposed(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))));
}

/** dL/dx = dy · gelu'(x), element by element; on WebGPU. */
export function geluGradient(x: tf.TensorInfo, dy: tf.TensorInfo): tf.Tensor {
  return computeOne(gradientKernel, [x, dy], x.shape, {}, tf.util.sizeFromShape(x.shape));
}

/** GELU of every element; any shape. */
export function gelu(x: tf.Tensor): tf.Tensor {
  if (!webgpu()) return geluComposed(x);
  return withGradient([x], ([input], save) => {
    save([input as tf.Tensor]);
    return {
      value: computeOne(forwardKernel, [input as tf.Tensor], x.shape, {}, x.size),
      gradient: (dy, [saved]) => [geluGradient(saved as tf.Tensor, dy)],
    };
  });
}

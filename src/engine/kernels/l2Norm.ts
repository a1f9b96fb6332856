/**
 * Rows divided by their L2 norm (torch.nn.functional.normalize), and weights given as direction and gain, g · v/‖v‖
 * (Salimans & Kingma 2016; torch.nn.utils.weight_norm).
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, webgpu } from '../backend';
import { fused } from './fused';
import { defineRowKernel, onRows } from './rowKernel';

const normaliseKernel = defineRowKernel({
  name: 'l2_normalise',
  reads: ['x', 'gains'],
  writes: ['y', 'scales'],
  uniforms: ['width', 'withGains', 'epsilon:f32'],
  body: `
  let start = row * u.width;
  var sum = 0.0;
  for (var i = lane; i < u.width; i += LANES) { sum += x[start + i] * x[start + i]; }
  let scale = 1.0 / max(sqrt(total(sum)), u.epsilon);
  var gain = 1.0;
  if (u.withGains == 1u) { gain = gains[row]; }
  for (var i = lane; i < u.width; i += LANES) { y[start + i] = x[start + i] * scale * gain; }
  if (lane == 0u) { scales[row] = scale; }`,
});

const gradientKernel = defineRowKernel({
  name: 'l2_normalise_gradient',
  reads: ['x', 'scales', 'dy', 'gains'],
  writes: ['dx', 'dGains'],
  uniforms: ['width', 'withGains', 'epsilon:f32'],
  body: `
  let start = row * u.width;
  let scale = scales[row];
  var sum = 0.0;
  for (var i = lane; i < u.width; i += LANES) { sum += dy[start + i] * x[start + i]; }
  let along = total(sum) * scale;
  var gain = 1.0;
  if (u.withGains == 1u) { gain = gains[row]; }
  // Where the norm is below epsilon the scale is constant, and its derivative vanishes.
  let bend = select(0.0, along * scale, scale * u.epsilon < 1.0);
  for (var i = lane; i < u.width; i += LANES) { dx[start + i] = gain * scale * (dy[start + i] - bend * x[start + i]); }
  if (lane == 0u) { dGains[row] = along; }`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function l2NormaliseComposed(x: tf.Tensor, epsilon: number, gains?: tf.Tensor): tf.Tensor {
  const norm = tf.sqrt(tf.sum(tf.square(x), -1, true));
  const unit = tf.div(x, tf.maximum(norm, epsilon));
  return gains ? tf.mul(unit, gains) : unit;
}

/**
 * Rows of x [rows, width] divided by max(‖row‖, epsilon).
 * @param gains [rows, 1] factors of the rows
 */
export function l2Normalise(x: tf.Tensor, epsilon = 1e-12, gains?: tf.Tensor): tf.Tensor {
  if (!webgpu()) return l2NormaliseComposed(x, epsilon, gains);
  const width = x.shape[x.shape.length - 1] as number;
  const rows = x.size / width;
  const uniforms = { width, withGains: gains ? 1 : 0, epsilon };
  return fused(
    { x, gains },
    (p) => {
      const [value, scales] = compute(
        onRows(normaliseKernel),
        [p.x, p.gains ?? p.x],
        [x.shape, [rows]],
        uniforms,
        rows,
      ) as [tf.Tensor, tf.Tensor];
      return { value, saved: { ...p, scales } };
    },
    (dy, s) => {
      const shapes = [x.shape, gains?.shape ?? [rows]];
      const reads = [s.x, s.scales, dy, s.gains ?? s.scales];
      const [dx, dGains] = compute(onRows(gradientKernel), reads, shapes, uniforms, rows);
      return { x: dx, gains: gains && dGains };
    },
  );
}

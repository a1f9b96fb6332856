/**
 * Group normalisation of images (Wu & He 2018; torch.nn.GroupNorm) followed by a GELU, as one operation: it needs
 * no batch statistics, so one image is one image's business.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, webgpu } from '../backend';
import { fused } from './fused';
import { geluComposed, geluFunctions } from './gelu';
import { mergeWeightPartials } from './layerNorm';
import { defineRowKernel, onRows } from './rowKernel';

/** A row is one group of one image: `channels` maps of `area` pixels that lie together. */
const uniforms = ['groups', 'channels', 'area'];
const places = `
  let first = (row % u.groups) * u.channels;
  let start = row * u.channels * u.area;
  let size = f32(u.channels * u.area);`;

const forwardKernel = defineRowKernel({
  name: 'group_norm_gelu',
  reads: ['x', 'weight', 'bias'],
  writes: ['y', 'statistics'],
  uniforms: [...uniforms, 'epsilon:f32'],
  declarations: geluFunctions('f32'),
  body: `
  ${places}
  var sum = 0.0;
  for (var i = lane; i < u.channels * u.area; i += LANES) { sum += x[start + i]; }
  let mean = total(sum) / size;
  var squares = 0.0;
  for (var i = lane; i < u.channels * u.area; i += LANES) { let d = x[start + i] - mean; squares += d * d; }
  let scale = 1.0 / sqrt(total(squares) / size + u.epsilon);
  for (var c = 0u; c < u.channels; c++) {
    let gain = scale * weight[first + c];
    let shift = bias[first + c] - mean * gain;
    let at = start + c * u.area;
    for (var i = lane; i < u.area; i += LANES) { y[at + i] = gelu(x[at + i] * gain + shift); }
  }
  if (lane == 0u) {
    statistics[2u * row] = mean;
    statistics[2u * row + 1u] = scale;
  }`,
});

/** dx, and per image and channel the sums whose totals are the gradients of scale and shift. */
const gradientKernel = defineRowKernel({
  name: 'group_norm_gelu_gradient',
  reads: ['x', 'weight', 'bias', 'statistics', 'dy'],
  writes: ['dx', 'partial'],
  uniforms,
  declarations: geluFunctions('f32'),
  body: `
  ${places}
  let mean = statistics[2u * row];
  let scale = statistics[2u * row + 1u];
  let all = u.groups * u.channels;
  let image = row / u.groups;
  var sum = 0.0;
  var sumNormal = 0.0;
  for (var c = 0u; c < u.channels; c++) {
    let gain = weight[first + c];
    let shift = bias[first + c];
    let at = start + c * u.area;
    var plain = 0.0;
    var scaled = 0.0;
    for (var i = lane; i < u.area; i += LANES) {
      let normal = (x[at + i] - mean) * scale;
      let g = dy[at + i] * geluSlope(normal * gain + shift);
      dx[at + i] = g * gain;
      plain += g;
      scaled += g * normal;
    }
    plain = total(plain);
    scaled = total(scaled);
    if (lane == 0u) {
      partial[2u * image * all + first + c] = scaled;
      partial[(2u * image + 1u) * all + first + c] = plain;
    }
    sum += gain * plain;
    sumNormal += gain * scaled;
  }
  // Where a map is no whole number of lanes, other lanes take the elements up.
  settle();
  for (var i = lane; i < u.channels * u.area; i += LANES) {
    let normal = (x[start + i] - mean) * scale;
    dx[start + i] = scale * (dx[start + i] - (sum + normal * sumNormal) / size);
  }`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function groupNormGeluComposed(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  groups: number,
  epsilon: number,
): tf.Tensor {
  const [batch, channels] = x.shape as [number, number];
  const grouped = tf.reshape(x, [batch, groups, x.size / batch / groups]);
  const { mean, variance } = tf.moments(grouped, -1, true);
  const normal = tf.reshape(tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, epsilon))), x.shape);
  const column = (parameter: tf.Tensor) => tf.reshape(parameter, [1, channels, 1, 1]);
  return geluComposed(tf.add(tf.mul(normal, column(weight)), column(bias)));
}

/**
 * x [B, C, H, W] → gelu(GroupNorm(x)), same shape.
 * @param weight [C]
 * @param bias [C]
 * @param groups of channels, each with a mean and variance of its own
 * @param epsilon added to the variance; 1e-5 is torch's
 */
export function groupNormGelu(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  groups: number,
  epsilon = 1e-5,
): tf.Tensor {
  if (!webgpu()) return groupNormGeluComposed(x, weight, bias, groups, epsilon);
  const [batch, all, height, width] = x.shape as [number, number, number, number];
  const rows = batch * groups;
  const shape = { groups, channels: all / groups, area: height * width };
  return fused(
    { x, weight, bias },
    (p) => {
      const inputs = [p.x, p.weight, p.bias];
      const shapes = [x.shape, [rows, 2]];
      const made = compute(onRows(forwardKernel), inputs, shapes, { ...shape, epsilon }, rows);
      const [value, statistics] = made as [tf.Tensor, tf.Tensor];
      return { value, saved: { ...p, statistics } };
    },
    (dy, s) => {
      const inputs = [s.x, s.weight, s.bias, s.statistics, dy];
      const shapes = [x.shape, [batch, 2, all]];
      const [dx, partial] = compute(onRows(gradientKernel), inputs, shapes, shape, rows);
      const [dWeight, dBias] = mergeWeightPartials(partial as tf.Tensor);
      return { x: dx, weight: dWeight, bias: dBias };
    },
  );
}

/**
 * Layer normalisation over the last axis with learned scale and shift (Ba et al. 2016; torch.nn.LayerNorm).
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, type PawsaurBackend, webgpu } from '../backend';
import { defineKernel } from '../kernel';
import { fused } from './fused';
import { defineRowKernel, onRows } from './rowKernel';

/** Both kernels over single numbers, or four at a time: a load costs the same. */
function buildKernels(type: 'f32' | 'vec4f') {
  const per = type === 'f32' ? 1 : 4;
  const declarations = `fn across(v: ${type}) -> f32 { return ${per === 1 ? 'v' : 'dot(v, vec4f(1.0))'}; }`;
  const of = (names: string[]) => names.map((name) => `${name}:${type}`);
  const suffix = per === 1 ? '' : '_by_four';

  const forward = defineRowKernel({
    name: `layer_norm${suffix}`,
    reads: of(['x', 'weight', 'bias']),
    writes: [`y:${type}`, 'statistics'],
    uniforms: ['width', 'epsilon:f32'],
    declarations,
    body: `
  let start = row * u.width;
  let size = f32(${per}u * u.width);
  var sum = ${type}(0.0);
  for (var i = lane; i < u.width; i += LANES) { sum += x[start + i]; }
  let mean = total(across(sum)) / size;
  var squares = ${type}(0.0);
  for (var i = lane; i < u.width; i += LANES) { let d = x[start + i] - mean; squares += d * d; }
  let scale = 1.0 / sqrt(total(across(squares)) / size + u.epsilon);
  for (var i = lane; i < u.width; i += LANES) { y[start + i] = (x[start + i] - mean) * scale * weight[i] + bias[i]; }
  if (lane == 0u) {
    statistics[2u * row] = mean;
    statistics[2u * row + 1u] = scale;
  }`,
  });

  // dx of rows from `firstRow` on; the residual's gradient is added to every `every`-th of them, where given.
  const gradient = defineRowKernel({
    name: `layer_norm_gradient${suffix}`,
    reads: [...of(['x', 'weight']), 'statistics', ...of(['dy', 'residual'])],
    writes: [`dx:${type}`],
    uniforms: ['width', 'firstRow', 'every', 'firstResidual'],
    declarations,
    body: `
  let at = u.firstRow + row;
  let start = at * u.width;
  let size = f32(${per}u * u.width);
  let mean = statistics[2u * at];
  let scale = statistics[2u * at + 1u];
  var sum = ${type}(0.0);
  var sumNormal = ${type}(0.0);
  for (var i = lane; i < u.width; i += LANES) {
    let g = dy[start + i] * weight[i];
    sum += g;
    sumNormal += g * (x[start + i] - mean);
  }
  let shift = total(across(sum)) / size;
  let slope = total(across(sumNormal)) * scale * scale / size;
  if (u.every > 0u && row % max(u.every, 1u) == 0u) {
    let from_ = (u.firstResidual + row / u.every) * u.width;
    for (var i = lane; i < u.width; i += LANES) {
      dx[start + i] = scale * (dy[start + i] * weight[i] - shift - (x[start + i] - mean) * slope) + residual[from_ + i];
    }
  } else {
    for (var i = lane; i < u.width; i += LANES) {
      dx[start + i] = scale * (dy[start + i] * weight[i] - shift - (x[start + i] - mean) * slope);
    }
  }`,
  });

  // Sums over chunks of rows of dy · x̂ and of dy, side by side: [chunks, 2, width].
  const weightPartials = defineKernel({
    name: `layer_norm_weight_partials${suffix}`,
    reads: [`x:${type}`, 'statistics', `dy:${type}`],
    writes: [`partial:${type}`],
    uniforms: ['rows', 'width', 'chunk'],
    body: `
  let chunk = index / u.width;
  let column = index - chunk * u.width;
  let last = min((chunk + 1u) * u.chunk, u.rows);
  var scaled = ${type}(0.0);
  var plain = ${type}(0.0);
  for (var row = chunk * u.chunk; row < last; row++) {
    let g = dy[row * u.width + column];
    scaled += g * (x[row * u.width + column] - statistics[2u * row]) * statistics[2u * row + 1u];
    plain += g;
  }
  partial[2u * chunk * u.width + column] = scaled;
  partial[(2u * chunk + 1u) * u.width + column] = plain;`,
  });
  return { per, forward, gradient, weightPartials };
}

const single = buildKernels('f32');
const byFour = buildKernels('vec4f');

const kernelsFor = (width: number) => (width % 4 === 0 ? byFour : single);

const weightTotals = defineKernel({
  name: 'layer_norm_weight_totals',
  reads: ['partial'],
  writes: ['dWeight', 'dBias'],
  uniforms: ['chunks'],
  body: `
  var scaled = 0.0;
  var plain = 0.0;
  for (var chunk = 0u; chunk < u.chunks; chunk++) {
    scaled += partial[2u * chunk * u.count + index];
    plain += partial[(2u * chunk + 1u) * u.count + index];
  }
  dWeight[index] = scaled;
  dBias[index] = plain;`,
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

export interface Normalised {
  /** Of the input's shape. */
  normal: tf.Tensor;
  /** [rows, 2] mean and 1/σ, for the gradient. */
  statistics: tf.Tensor;
}

/** The kernel alone, for operations that bring their own gradient. */
export function layerNormForward(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  epsilon: number,
): Normalised {
  const width = weight.size;
  const rows = x.size / width;
  const shapes = [x.shape, [rows, 2]];
  const { per, forward } = kernelsFor(width);
  const uniforms = { width: width / per, epsilon };
  const [normal, statistics] = compute(onRows(forward), [x, weight, bias], shapes, uniforms, rows);
  return { normal, statistics } as Normalised;
}

/** A block of rows of x, and the rows of the residual's gradient that are added to some of them. */
export interface ResidualRows {
  rows: number;
  /** Every how many rows of x there is a residual. */
  every: number;
}

/**
 * dL/dx of a pre-norm branch, dLayerNorm + residual: of the normalisation alone without `residual`.
 * @param dy gradient of the normalised rows
 * @param residual gradient that reaches x past the branch; as many rows as x, or those that `blocks` name
 */
export function layerNormGradient(
  backend: PawsaurBackend,
  { x, normWeight: weight, statistics }: Record<'x' | 'normWeight' | 'statistics', tf.Tensor>,
  dy: tf.Tensor,
  residual?: tf.Tensor,
  blocks: readonly ResidualRows[] = [{ rows: x.size / weight.size, every: residual ? 1 : 0 }],
): tf.Tensor {
  const dx = backend.allocate(x.shape);
  const inputs = [x, weight, statistics, dy, residual ?? dy];
  const { per, gradient } = kernelsFor(weight.size);
  let firstRow = 0;
  let firstResidual = 0;
  for (const { rows, every } of blocks) {
    const uniforms = { width: weight.size / per, firstRow, every, firstResidual };
    backend.dispatch(onRows(gradient), inputs, [dx], uniforms, rows);
    firstRow += rows;
    firstResidual += every ? rows / every : 0;
  }
  return dx;
}

/** The gradients of scale and shift, [width] each, in two dispatches. */
export function layerNormWeightGradient(x: tf.Tensor, statistics: tf.Tensor, dy: tf.Tensor): tf.Tensor[] {
  const rows = statistics.size / 2;
  const width = x.size / rows;
  const chunk = Math.max(32, Math.ceil(Math.sqrt(rows) / 2));
  const chunks = Math.ceil(rows / chunk);
  const { per, weightPartials } = kernelsFor(width);
  const uniforms = { rows, width: width / per, chunk };
  const count = (chunks * width) / per;
  const partial = computeOne(weightPartials, [x, statistics, dy], [chunks, 2, width], uniforms, count);
  const totals = mergeWeightPartials(partial);
  partial.dispose();
  return totals;
}

/** The gradients of scale and shift from their partial sums [chunks, 2, width]. */
export function mergeWeightPartials(partial: tf.Tensor): tf.Tensor[] {
  const [chunks, , width] = partial.shape as [number, number, number];
  return compute(weightTotals, [partial], [[width], [width]], { chunks }, width);
}

/**
 * x [..., width] → same shape.
 * @param weight [width]
 * @param bias [width]
 * @param epsilon added to the variance; 1e-6 in the official Vision Transformer
 */
export function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, epsilon = 1e-6): tf.Tensor {
  const backend = webgpu();
  if (!backend) return layerNormComposed(x, weight, bias, epsilon);
  return fused(
    { x, weight, bias },
    (p) => {
      const { normal, statistics } = layerNormForward(p.x, p.weight, p.bias, epsilon);
      return { value: normal, saved: { x: p.x, normWeight: p.weight, statistics } };
    },
    (dy, s) => {
      const [dWeight, dBias] = layerNormWeightGradient(s.x, s.statistics, dy);
      return { x: layerNormGradient(backend, s, dy), weight: dWeight, bias: dBias };
    },
  );
}

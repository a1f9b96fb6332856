/**
 * Multi-head self-attention, softmax(Q Kᵀ / √d) V (Vaswani et al. 2017), straight from the packed projection
 * of the official Vision Transformer: qkv [B, N, 3, heads, d].
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, type PawsaurBackend, webgpu } from '../backend';
import { withGradient } from '../gradient';
import { defineKernel } from '../kernel';
import { type GemmShape, gemm, gemmInto, type Strides } from './gemm';

const softmaxKernel = defineKernel({
  name: 'softmax_rows',
  reads: ['logits'],
  writes: ['y'],
  uniforms: ['width'],
  body: `
  let start = index * u.width;
  var top = logits[start];
  for (var i = 1u; i < u.width; i++) { top = max(top, logits[start + i]); }
  var sum = 0.0;
  for (var i = 0u; i < u.width; i++) { let e = exp(logits[start + i] - top); y[start + i] = e; sum += e; }
  let scale = 1.0 / sum;
  for (var i = 0u; i < u.width; i++) { y[start + i] *= scale; }`,
});

const softmaxGradient = defineKernel({
  name: 'softmax_rows_gradient',
  reads: ['y', 'dy'],
  writes: ['dx'],
  uniforms: ['width'],
  body: `
  let start = index * u.width;
  var sum = 0.0;
  for (var i = 0u; i < u.width; i++) { sum += y[start + i] * dy[start + i]; }
  for (var i = 0u; i < u.width; i++) { dx[start + i] = y[start + i] * (dy[start + i] - sum); }`,
});

/** Where q (part 0), k (1) and v (2) of all images and heads lie in the packed projection. */
function packed(part: 0 | 1 | 2, tokens: number, heads: number, d: number): Strides {
  const width = heads * d;
  return { offset: part * width, outer: tokens * 3 * width, inner: d, row: 3 * width, column: 1 };
}

const transposed = (s: Strides): Strides => ({ ...s, row: s.column, column: s.row });

/** Softmax(QKᵀ/√d): [B, heads, N, N]. */
function probabilities(qkv: tf.Tensor, shape: GemmShape, heads: number, d: number): tf.Tensor {
  const [batch, tokens] = qkv.shape as [number, number];
  const q = packed(0, tokens, heads, d);
  const k = packed(1, tokens, heads, d);
  const size = [batch, heads, tokens, tokens];
  const logits = gemm(size, { ...shape, alpha: d ** -0.5 }, qkv, q, qkv, transposed(k));
  const weights = computeOne(softmaxKernel, [logits], size, { width: tokens }, batch * heads * tokens);
  logits.dispose();
  return weights;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function attentionComposed(qkv: tf.Tensor, heads: number): { out: tf.Tensor; weights: tf.Tensor } {
  const [batch, tokens, width3] = qkv.shape as [number, number, number];
  const d = width3 / 3 / heads;
  const parts = tf.transpose(tf.reshape(qkv, [batch, tokens, 3, heads, d]), [2, 0, 3, 1, 4]);
  const [q, k, v] = tf.unstack(parts) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), d ** -0.5));
  const mixed = tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]);
  return { out: tf.reshape(mixed, [batch, tokens, width3 / 3]), weights };
}

/** The attention weights alone, for looking at them: qkv [B, N, 3·heads·d] → [B, heads, N, N]. No gradient. */
export function attentionWeights(qkv: tf.Tensor, heads: number): tf.Tensor {
  if (!webgpu()) return attentionComposed(qkv, heads).weights;
  const [, tokens, width3] = qkv.shape as [number, number, number];
  const d = width3 / 3 / heads;
  const shape = { rows: tokens, columns: tokens, depth: d, outer: qkv.shape[0] as number, inner: heads };
  return probabilities(qkv, shape, heads, d);
}

/** qkv [B, N, 3·heads·d] → [B, N, heads·d]. */
export function attention(qkv: tf.Tensor, heads: number): tf.Tensor {
  const backend = webgpu();
  if (!backend) return attentionComposed(qkv, heads).out;
  const [batch, tokens, width3] = qkv.shape as [number, number, number];
  const width = width3 / 3;
  const d = width / heads;
  const outer = batch;
  const inner = heads;
  const scores: GemmShape = { rows: tokens, columns: tokens, depth: d, outer, inner };
  const mix: GemmShape = { rows: tokens, columns: d, depth: tokens, outer, inner };
  const square: Strides = { outer: heads * tokens * tokens, inner: tokens * tokens, row: tokens, column: 1 };
  const output: Strides = { outer: tokens * width, inner: d, row: width, column: 1 };
  const [q, k, v] = ([0, 1, 2] as const).map((part) => packed(part, tokens, heads, d)) as [
    Strides,
    Strides,
    Strides,
  ];

  return withGradient([qkv], ([input], save) => {
    const source = input as tf.Tensor;
    const weights = probabilities(source, scores, heads, d);
    const value = backend.allocate([batch, tokens, width]);
    gemmInto(backend, mix, weights, square, source, v, value, output);
    save([source, weights]);
    return { value, gradient: (dy, saved) => [gradient(backend, dy, saved as [tf.Tensor, tf.Tensor])] };
  });

  function gradient(
    engine: PawsaurBackend,
    dy: tf.Tensor,
    [source, weights]: [tf.Tensor, tf.Tensor],
  ): tf.Tensor {
    const dqkv = engine.allocate(source.shape);
    const dWeights = gemm(weights.shape, scores, dy, output, source, transposed(v));
    const rows = batch * heads * tokens;
    const dLogits = computeOne(softmaxGradient, [weights, dWeights], weights.shape, { width: tokens }, rows);
    gemmInto(engine, mix, weights, transposed(square), dy, output, dqkv, v);
    const scaled = { ...mix, alpha: d ** -0.5 };
    gemmInto(engine, scaled, dLogits, square, source, k, dqkv, q);
    gemmInto(engine, scaled, dLogits, transposed(square), source, q, dqkv, k);
    dWeights.dispose();
    dLogits.dispose();
    return dqkv;
  }
}

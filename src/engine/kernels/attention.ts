/**
 * Multi-head self-attention, softmax(Q Kᵀ / √d) V (Vaswani et al. 2017), straight from the packed projection
 * of the official Vision Transformer: a row of qkv is [3, heads, d]. Tokens of all images, whatever their number,
 * lie together in one matrix; only attention looks at one group of equal images after the other (as the nested
 * tensors of DINOv2 do).
 */
import * as tf from '@tensorflow/tfjs-core';
import { type PawsaurBackend, webgpu } from '../backend';
import { type GemmShape, gemm, gemmInto, type Strides } from './gemm';
import { defineRowKernel, onRows } from './rowKernel';

/** Images of equal size: their tokens are `images · tokens` neighbouring rows, image by image. */
export interface TokenGroup {
  images: number;
  tokens: number;
}

export const rowsOf = (groups: readonly TokenGroup[]): number =>
  groups.reduce((sum, { images, tokens }) => sum + images * tokens, 0);

export const imagesOf = (groups: readonly TokenGroup[]): number =>
  groups.reduce((sum, { images }) => sum + images, 0);

/** The groups with the place of their first row and first image among all. */
export function placed(
  groups: readonly TokenGroup[],
): Array<TokenGroup & { firstRow: number; firstImage: number }> {
  return groups.map((group, i) => ({
    ...group,
    firstRow: rowsOf(groups.slice(0, i)),
    firstImage: imagesOf(groups.slice(0, i)),
  }));
}

/** Width of the model and its heads, d = width / heads numbers each. */
export interface HeadShape {
  width: number;
  heads: number;
}

const softmaxKernel = defineRowKernel({
  name: 'softmax_rows',
  reads: [],
  writes: ['x'],
  uniforms: ['width'],
  body: `
  let start = row * u.width;
  var most = -3.4e38;
  for (var i = lane; i < u.width; i += LANES) { most = max(most, x[start + i]); }
  let top = greatest(most);
  var part = 0.0;
  for (var i = lane; i < u.width; i += LANES) { let e = exp(x[start + i] - top); x[start + i] = e; part += e; }
  let scale = 1.0 / total(part);
  for (var i = lane; i < u.width; i += LANES) { x[start + i] *= scale; }`,
});

/** dL/d weights becomes dL/d logits, in place. */
const softmaxGradient = defineRowKernel({
  name: 'softmax_rows_gradient',
  reads: ['y'],
  writes: ['dy'],
  uniforms: ['width'],
  body: `
  let start = row * u.width;
  var part = 0.0;
  for (var i = lane; i < u.width; i += LANES) { part += y[start + i] * dy[start + i]; }
  let sum = total(part);
  for (var i = lane; i < u.width; i += LANES) { dy[start + i] = y[start + i] * (dy[start + i] - sum); }`,
});

const transposed = (s: Strides): Strides => ({ ...s, row: s.column, column: s.row });

/** Where the group's q, k, v, output and square of weights lie. */
function stridesOf({ tokens, firstRow }: { tokens: number; firstRow: number }, { width, heads }: HeadShape) {
  const d = width / heads;
  const packed = (part: 0 | 1 | 2): Strides => ({
    offset: (3 * firstRow + part) * width,
    outer: tokens * 3 * width,
    inner: d,
    row: 3 * width,
    column: 1,
  });
  const square: Strides = { outer: heads * tokens * tokens, inner: tokens * tokens, row: tokens, column: 1 };
  const output: Strides = {
    offset: firstRow * width,
    outer: tokens * width,
    inner: d,
    row: width,
    column: 1,
  };
  return { q: packed(0), k: packed(1), v: packed(2), square, output };
}

/** Softmax(QKᵀ/√d) of the first `queries` tokens: [images, heads, queries, tokens]. */
function probabilities(
  qkv: tf.Tensor,
  group: TokenGroup & { firstRow: number },
  shape: HeadShape,
  queries: number,
): tf.Tensor {
  const { images, tokens } = group;
  const { heads } = shape;
  const d = shape.width / heads;
  const { q, k } = stridesOf(group, shape);
  const size = [images, heads, queries, tokens];
  const product = { rows: queries, columns: tokens, depth: d, outer: images, inner: heads, alpha: d ** -0.5 };
  const weights = gemm(size, product, qkv, q, qkv, transposed(k));
  const rows = images * heads * queries;
  (tf.backend() as PawsaurBackend).dispatch(onRows(softmaxKernel), [], [weights], { width: tokens }, rows);
  return weights;
}

/** One group in plain tfjs operations, the oracle: qkv [images · tokens, 3 · width]. */
function groupComposed(qkv: tf.Tensor, { images, tokens }: TokenGroup, { width, heads }: HeadShape) {
  const d = width / heads;
  const parts = tf.transpose(tf.reshape(qkv, [images, tokens, 3, heads, d]), [2, 0, 3, 1, 4]);
  const [q, k, v] = tf.unstack(parts) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), d ** -0.5));
  const mixed = tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]);
  return { out: tf.reshape(mixed, [images * tokens, width]), weights };
}

/** Attention in plain tfjs operations: qkv [R, 3·width] → [R, width]. */
export function attentionComposed(
  qkv: tf.Tensor,
  groups: readonly TokenGroup[],
  shape: HeadShape,
): tf.Tensor {
  const parts = placed(groups).map((group) => {
    const size = [group.images * group.tokens, 3 * shape.width];
    return groupComposed(tf.slice(qkv, [group.firstRow, 0], size), group, shape).out;
  });
  return parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts);
}

/**
 * The attention weights for looking at them, without gradient: qkv [images · tokens, 3 · width] →
 * [images, heads, queries, tokens], for all queries or the class token's alone.
 */
export function attentionWeights(
  qkv: tf.Tensor,
  group: TokenGroup,
  shape: HeadShape,
  queries: 'all' | 'class',
): tf.Tensor {
  const rows = queries === 'all' ? group.tokens : 1;
  if (webgpu()) return probabilities(qkv, { ...group, firstRow: 0 }, shape, rows);
  const { weights } = groupComposed(qkv, group, shape);
  return tf.slice(weights, [0, 0, 0, 0], [group.images, shape.heads, rows, group.tokens]);
}

/** Attention for operations that bring their own gradient: [R, width], and the weights of every group. */
export function attentionForward(
  backend: PawsaurBackend,
  qkv: tf.Tensor,
  groups: readonly TokenGroup[],
  shape: HeadShape,
): { out: tf.Tensor; weights: tf.Tensor[] } {
  const out = backend.allocate([rowsOf(groups), shape.width]);
  const weights = placed(groups).map((group) => {
    const { square, v, output } = stridesOf(group, shape);
    const own = probabilities(qkv, group, shape, group.tokens);
    gemmInto(backend, mixOf(group, shape), own, square, qkv, v, out, output);
    return own;
  });
  return { out, weights };
}

/** The product weights · V. */
const mixOf = ({ images, tokens }: TokenGroup, { width, heads }: HeadShape): GemmShape => ({
  rows: tokens,
  columns: width / heads,
  depth: tokens,
  outer: images,
  inner: heads,
});

/** dL/d qkv [R, 3·width] from dL/d out [R, width]. */
export function attentionGradient(
  backend: PawsaurBackend,
  dOut: tf.Tensor,
  qkv: tf.Tensor,
  weights: readonly tf.Tensor[],
  groups: readonly TokenGroup[],
  shape: HeadShape,
): tf.Tensor {
  const dQkv = backend.allocate(qkv.shape);
  for (const [i, group] of placed(groups).entries()) {
    const { images, tokens } = group;
    const { heads } = shape;
    const own = weights[i] as tf.Tensor;
    const { q, k, v, square, output } = stridesOf(group, shape);
    const mix = mixOf(group, shape);
    const scores = { ...mix, columns: tokens, depth: mix.columns };
    const dLogits = gemm(own.shape, scores, dOut, output, qkv, transposed(v));
    backend.dispatch(onRows(softmaxGradient), [own], [dLogits], { width: tokens }, images * heads * tokens);
    const scaled = { ...mix, alpha: mix.columns ** -0.5 };
    gemmInto(backend, mix, own, transposed(square), dOut, output, dQkv, v);
    gemmInto(backend, scaled, dLogits, square, qkv, k, dQkv, q);
    gemmInto(backend, scaled, dLogits, transposed(square), qkv, q, dQkv, k);
    dLogits.dispose();
  }
  return dQkv;
}

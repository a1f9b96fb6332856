/**
 * Attention of the class tokens alone. Nothing but the class token leaves the last block of a Vision Transformer
 * that is asked for one feature per image, so there the other queries need not be computed: the numbers, and all
 * gradients, are the same.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { PawsaurBackend } from '../backend';
import { defineKernel } from '../kernel';
import { attentionComposed, type HeadShape, imagesOf, placed, type TokenGroup } from './attention';
import { defineRowKernel, onRows } from './rowKernel';

const uniforms = ['tokens', 'heads', 'd', 'firstRow', 'firstImage', 'scale:f32'];

/** A row is one head of one image; the class token is the first of the image. */
const places = `
  let image = row / u.heads;
  let head = row - image * u.heads;
  let width = u.heads * u.d;
  let q = (u.firstRow + image * u.tokens) * 3u * width + head * u.d;
  let k = q + width;
  let v = k + width;
  let out_ = (u.firstImage + image) * width + head * u.d;
  let own = row * u.tokens;`;

const forwardKernel = defineRowKernel({
  name: 'class_attention',
  reads: ['qkv'],
  writes: ['out', 'weights'],
  uniforms,
  body: `
  ${places}
  var most = -3.4e38;
  for (var n = lane; n < u.tokens; n += LANES) {
    var dot = 0.0;
    for (var c = 0u; c < u.d; c++) { dot += qkv[q + c] * qkv[k + n * 3u * width + c]; }
    weights[own + n] = dot * u.scale;
    most = max(most, dot * u.scale);
  }
  let top = greatest(most);
  var part = 0.0;
  for (var n = lane; n < u.tokens; n += LANES) {
    let e = exp(weights[own + n] - top);
    weights[own + n] = e;
    part += e;
  }
  let norm = 1.0 / total(part);
  for (var n = lane; n < u.tokens; n += LANES) { weights[own + n] *= norm; }
  settle();
  for (var c = lane; c < u.d; c += LANES) {
    var mixed = 0.0;
    for (var n = 0u; n < u.tokens; n++) { mixed += weights[own + n] * qkv[v + n * 3u * width + c]; }
    out[out_ + c] = mixed;
  }`,
});

const gradientKernel = defineRowKernel({
  name: 'class_attention_gradient',
  reads: ['qkv', 'weights', 'dOut'],
  writes: ['dQkv', 'dLogits'],
  uniforms,
  body: `
  ${places}
  var part = 0.0;
  for (var n = lane; n < u.tokens; n += LANES) {
    var dot = 0.0;
    for (var c = 0u; c < u.d; c++) { dot += dOut[out_ + c] * qkv[v + n * 3u * width + c]; }
    dLogits[own + n] = dot;
    part += weights[own + n] * dot;
  }
  let sum = total(part);
  for (var n = lane; n < u.tokens; n += LANES) {
    let weight = weights[own + n];
    let slope = weight * (dLogits[own + n] - sum) * u.scale;
    dLogits[own + n] = slope;
    let at = n * 3u * width;
    for (var c = 0u; c < u.d; c++) {
      dQkv[v + at + c] = weight * dOut[out_ + c];
      dQkv[k + at + c] = slope * qkv[q + c];
      if (n > 0u) { dQkv[q + at + c] = 0.0; }
    }
  }
  settle();
  for (var c = lane; c < u.d; c += LANES) {
    var mixed = 0.0;
    for (var n = 0u; n < u.tokens; n++) { mixed += dLogits[own + n] * qkv[k + n * 3u * width + c]; }
    dQkv[q + c] = mixed;
  }`,
});

const gatherKernel = defineKernel({
  name: 'gather_class_rows',
  reads: ['x'],
  writes: ['rows'],
  uniforms: ['tokens', 'width', 'firstRow', 'firstImage'],
  body: `
  let image = index / u.width;
  let column = index - image * u.width;
  rows[u.firstImage * u.width + index] = x[(u.firstRow + image * u.tokens) * u.width + column];`,
});

type PlacedGroup = TokenGroup & { firstRow: number; firstImage: number };

const uniformsOf = ({ tokens, firstRow, firstImage }: PlacedGroup, { width, heads }: HeadShape) => {
  const d = width / heads;
  return { tokens, heads, d, firstRow, firstImage, scale: d ** -0.5 };
};

/** The rows of the class tokens: [R, width] → [images in all, width]; no gradient. */
export function gatherClassRows(
  backend: PawsaurBackend,
  x: tf.Tensor,
  groups: readonly TokenGroup[],
  width: number,
): tf.Tensor {
  const rows = backend.allocate([imagesOf(groups), width]);
  for (const { images, tokens, firstRow, firstImage } of placed(groups)) {
    backend.dispatch(gatherKernel, [x], [rows], { tokens, width, firstRow, firstImage }, images * width);
  }
  return rows;
}

/** The same in plain tfjs operations. */
export function gatherClassRowsComposed(
  x: tf.Tensor,
  groups: readonly TokenGroup[],
  width: number,
): tf.Tensor {
  const rows = placed(groups).map(({ images, tokens, firstRow }) => {
    const own = tf.reshape(tf.slice(x, [firstRow, 0], [images * tokens, width]), [images, tokens, width]);
    return tf.reshape(tf.slice(own, [0, 0, 0], [images, 1, width]), [images, width]);
  });
  return rows.length === 1 ? (rows[0] as tf.Tensor) : tf.concat(rows);
}

/** Attention's class rows in plain tfjs operations: qkv [R, 3·width] → [images in all, width]. */
export function classAttentionComposed(
  qkv: tf.Tensor,
  groups: readonly TokenGroup[],
  shape: HeadShape,
): tf.Tensor {
  return gatherClassRowsComposed(attentionComposed(qkv, groups, shape), groups, shape.width);
}

/** The class tokens' attention for operations that bring their own gradient: [images in all, width]. */
export function classAttentionForward(
  backend: PawsaurBackend,
  qkv: tf.Tensor,
  groups: readonly TokenGroup[],
  shape: HeadShape,
): { out: tf.Tensor; weights: tf.Tensor[] } {
  const out = backend.allocate([imagesOf(groups), shape.width]);
  const weights = placed(groups).map((group) => {
    const rows = group.images * shape.heads;
    const own = backend.allocate([rows, group.tokens]);
    backend.dispatch(onRows(forwardKernel), [qkv], [out, own], uniformsOf(group, shape), rows);
    return own;
  });
  return { out, weights };
}

/** dL/d qkv [R, 3·width] from dL/d out [images in all, width]. */
export function classAttentionGradient(
  backend: PawsaurBackend,
  dOut: tf.Tensor,
  qkv: tf.Tensor,
  weights: readonly tf.Tensor[],
  groups: readonly TokenGroup[],
  shape: HeadShape,
): tf.Tensor {
  const dQkv = backend.allocate(qkv.shape);
  for (const [i, group] of placed(groups).entries()) {
    const rows = group.images * shape.heads;
    const dLogits = backend.allocate([rows, group.tokens]);
    backend.dispatch(
      onRows(gradientKernel),
      [qkv, weights[i] as tf.Tensor, dOut],
      [dQkv, dLogits],
      uniformsOf(group, shape),
      rows,
    );
    dLogits.dispose();
  }
  return dQkv;
}

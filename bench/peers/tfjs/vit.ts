/** The Vision Transformer of the official DINO, as a good tfjs user writes it. */
import * as tf from '@tensorflow/tfjs-core';
import { interpolationMatrix } from '../../../src/models/positionEmbedding';
import type { VitConfig } from '../../../src/models/vit';
import { dense, gelu, layerNorm, type Weights } from './layers';

const grids = new Map<string, tf.Tensor2D>();

/** Positions [1, 1 + rows·columns, D]: interpolated where the grid is not the trained one. */
function positions(weights: Weights, side: number): tf.Tensor3D {
  const trained = weights('pos_embed') as tf.Tensor3D;
  const [, tokens, width] = trained.shape;
  const trainedSide = Math.round(Math.sqrt(tokens - 1));
  if (side === trainedSide) return trained;
  const key = `${side} ${trainedSide}`;
  const matrix =
    grids.get(key) ??
    tf.keep(tf.tensor2d(interpolationMatrix(side, side, trainedSide), [side * side, trainedSide ** 2]));
  grids.set(key, matrix);
  const patches = tf.reshape(tf.slice(trained, [0, 1, 0], [1, tokens - 1, width]), [tokens - 1, width]);
  const grid = tf.expandDims<tf.Tensor3D>(tf.matMul(matrix, patches));
  return tf.concat([tf.slice(trained, [0, 0, 0], [1, 1, width]), grid], 1);
}

/** Tokens [B·N, D] of pictures [B, S, S, 3], and N. */
function embed(weights: Weights, { patchSize, embedDim }: VitConfig, images: tf.Tensor4D) {
  const [batch, size] = images.shape;
  const side = size / patchSize;
  const split = tf.reshape(images, [batch, side, patchSize, side, patchSize, 3]);
  const pixels = tf.reshape<tf.Rank.R2>(tf.transpose(split, [0, 1, 3, 2, 4, 5]), [
    batch * side * side,
    3 * patchSize * patchSize,
  ]);
  const patches = tf.reshape<tf.Rank.R3>(dense(pixels, weights, 'patch_embed.proj'), [
    batch,
    side * side,
    embedDim,
  ]);
  const cls = tf.tile(weights('cls_token') as tf.Tensor3D, [batch, 1, 1]);
  const count = 1 + side * side;
  const tokens = tf.add(tf.concat([cls, patches], 1), positions(weights, side));
  return { tokens: tf.reshape<tf.Rank.R2>(tokens, [batch * count, embedDim]), count };
}

/** q, k and v of a block, each [B, heads, N, D/heads]. */
function project(weights: Weights, config: VitConfig, block: number, x: tf.Tensor2D, count: number) {
  const { embedDim, numHeads } = config;
  const at = `blocks.${block}`;
  const normal = layerNorm(x, weights, `${at}.norm1`, config.layerNormEpsilon);
  const qkv = dense(normal, weights, `${at}.attn.qkv`);
  const heads = tf.transpose(
    tf.reshape(qkv, [x.shape[0] / count, count, 3, numHeads, embedDim / numHeads]),
    [2, 0, 3, 1, 4],
  );
  return tf.unstack(heads) as tf.Tensor4D[];
}

function attentionMap(config: VitConfig, q: tf.Tensor4D, k: tf.Tensor4D): tf.Tensor4D {
  const scale = (config.embedDim / config.numHeads) ** -0.5;
  return tf.softmax(tf.mul(tf.matMul(q, k, false, true), scale)) as tf.Tensor4D;
}

function block(weights: Weights, config: VitConfig, i: number, x: tf.Tensor2D, count: number): tf.Tensor2D {
  const at = `blocks.${i}`;
  const [q, k, v] = project(weights, config, i, x, count);
  const mixed = tf.transpose(tf.matMul(attentionMap(config, q, k), v), [0, 2, 1, 3]);
  const rows = tf.reshape<tf.Rank.R2>(mixed, [x.shape[0], config.embedDim]);
  const middle = tf.add<tf.Tensor2D>(x, dense(rows, weights, `${at}.attn.proj`));
  const normal = layerNorm(middle, weights, `${at}.norm2`, config.layerNormEpsilon);
  const hidden = gelu(dense(normal, weights, `${at}.mlp.fc1`));
  return tf.add(middle, dense(hidden, weights, `${at}.mlp.fc2`));
}

/** CLS features [B, D] of pictures [B, S, S, 3]. */
export function vitFeatures(weights: Weights, config: VitConfig, images: tf.Tensor4D): tf.Tensor2D {
  let { tokens, count } = embed(weights, config, images);
  for (let i = 0; i < config.depth; i++) tokens = block(weights, config, i, tokens, count);
  const [batch] = images.shape;
  const grouped = tf.reshape(tokens, [batch, count, config.embedDim]);
  const cls = tf.reshape<tf.Rank.R2>(tf.slice(grouped, [0, 0, 0], [batch, 1, config.embedDim]), [
    batch,
    config.embedDim,
  ]);
  return layerNorm(cls, weights, 'norm', config.layerNormEpsilon);
}

/** Attention of the last block, [B, heads, N, N]. */
export function vitAttention(weights: Weights, config: VitConfig, images: tf.Tensor4D): tf.Tensor4D {
  let { tokens, count } = embed(weights, config, images);
  const last = config.depth - 1;
  for (let i = 0; i < last; i++) tokens = block(weights, config, i, tokens, count);
  const [q, k] = project(weights, config, last, tokens, count);
  return attentionMap(config, q, k);
}

/** The Vision Transformer of the official DINO in jax-js. */
import { nn, numpy as np } from '@jax-js/jax';
import { interpolationMatrix } from '../../../src/models/positionEmbedding';
import type { VitConfig } from '../../../src/models/vit';
import { dense, gelu, layerNorm, type Weights } from './layers';

/** The first `count` places along the second axis of [B, N, D], or those from there on. */
const head = (x: np.Array, count: number): np.Array => x.slice([], [0, count]);
const tail = (x: np.Array, count: number): np.Array => x.slice([], [count, x.shape[1]]);

/** Positions [1, 1 + rows·columns, D]: interpolated where the grid is not the trained one. */
function positions(weights: Weights, side: number): np.Array {
  const trained = weights('pos_embed');
  const trainedSide = Math.round(Math.sqrt(trained.shape[1] - 1));
  if (side === trainedSide) return trained;
  const values = new Float32Array(interpolationMatrix(side, side, trainedSide));
  const matrix = np.array(values).reshape([side * side, trainedSide ** 2]);
  const width = trained.shape[2];
  const grid = np.matmul(matrix, tail(trained.ref, 1).reshape([trainedSide ** 2, width]));
  return np.concatenate([head(trained, 1), grid.reshape([1, side * side, width])], 1);
}

/** Tokens [B, N, D] of pictures [B, 3, S, S]. */
function embed(weights: Weights, { patchSize, embedDim }: VitConfig, images: np.Array): np.Array {
  const [batch, , size] = images.shape;
  const side = size / patchSize;
  const pixels = images
    .reshape([batch, 3, side, patchSize, side, patchSize])
    .transpose([0, 2, 4, 1, 3, 5])
    .reshape([batch, side * side, 3 * patchSize * patchSize]);
  const patches = dense(pixels, weights, 'patch_embed.proj');
  const cls = np.broadcastTo(weights('cls_token'), [batch, 1, embedDim]);
  return np.concatenate([cls, patches], 1).add(positions(weights, side));
}

/** q, k and v of a block, each [B, heads, N, D/heads]. */
function project(weights: Weights, config: VitConfig, block: number, x: np.Array): np.Array[] {
  const { embedDim, numHeads, layerNormEpsilon } = config;
  const [batch, count] = x.shape;
  const at = `blocks.${block}`;
  const qkv = dense(layerNorm(x, weights, `${at}.norm1`, layerNormEpsilon), weights, `${at}.attn.qkv`);
  return np
    .split(qkv, 3, -1)
    .map((part) => part.reshape([batch, count, numHeads, embedDim / numHeads]).transpose([0, 2, 1, 3]));
}

function attentionMap({ embedDim, numHeads }: VitConfig, q: np.Array, k: np.Array): np.Array {
  const scores = np.matmul(q, k.transpose([0, 1, 3, 2]));
  return nn.softmax(scores.mul((embedDim / numHeads) ** -0.5), -1);
}

function block(weights: Weights, config: VitConfig, i: number, x: np.Array): np.Array {
  const at = `blocks.${i}`;
  const { shape } = x;
  const [q, k, v] = project(weights, config, i, x.ref);
  // dotProductAttention would do; its einsum needs iterator helpers, which Node 20 has not.
  const mixed = np
    .matmul(attentionMap(config, q, k), v)
    .transpose([0, 2, 1, 3])
    .reshape(shape);
  const middle = x.add(dense(mixed, weights, `${at}.attn.proj`));
  const normal = layerNorm(middle.ref, weights, `${at}.norm2`, config.layerNormEpsilon);
  return middle.add(dense(gelu(dense(normal, weights, `${at}.mlp.fc1`)), weights, `${at}.mlp.fc2`));
}

/** CLS features [B, D] of pictures [B, 3, S, S]. */
export function vitFeatures(weights: Weights, config: VitConfig, images: np.Array): np.Array {
  const [batch] = images.shape;
  let tokens = embed(weights, config, images);
  for (let i = 0; i < config.depth; i++) tokens = block(weights, config, i, tokens);
  const cls = head(tokens, 1).reshape([batch, config.embedDim]);
  return layerNorm(cls, weights, 'norm', config.layerNormEpsilon);
}

/** Attention of the last block, [B, heads, N, N]. */
export function vitAttention(weights: Weights, config: VitConfig, images: np.Array): np.Array {
  let tokens = embed(weights, config, images);
  const last = config.depth - 1;
  for (let i = 0; i < last; i++) tokens = block(weights, config, i, tokens);
  const [q, k, v] = project(weights, config, last, tokens);
  v.dispose();
  return attentionMap(config, q, k);
}

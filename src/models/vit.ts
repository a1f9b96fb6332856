/**
 * Vision Transformer of the official DINO (facebookresearch/dino, vision_transformer.py; Dosovitskiy et al.
 * 2021). Pre-norm blocks, packed qkv, exact GELU, LayerNorm eps 1e-6, stochastic depth, position embeddings for
 * any image size.
 *
 * The tokens of all images, whatever their size, are the rows of one matrix [R, D] (as the nested tensors of
 * DINOv2): the layers that look at one token at a time run over all of them at once, attention group by group.
 * Of the last block, only the class tokens are computed where only they are asked for.
 */
import * as tf from '@tensorflow/tfjs-core';
import { attentionWeights, type TokenGroup } from '../engine/kernels/attention';
import { layerNorm } from '../engine/kernels/layerNorm';
import { linear } from '../engine/kernels/linear';
import { dropPathFactors } from '../engine/kernels/rowScale';
import { attentionBranch } from '../engine/kernels/transformerAttention';
import { mlpBranch } from '../engine/kernels/transformerMlp';
import type { Reader } from './parameters';
import type { ViewBatch } from './viewBatch';
import { tokenGroups, vitEmbed } from './vitEmbedding';
import type { VitConfig } from './vitParameters';

export { dropPathCalls, type VitConfig, vitParameters } from './vitParameters';

export interface VitOptions {
  /** Uniform draws [calls, B] of stochastic depth, one row per call in order; without them nothing is dropped. */
  dropPath?: tf.Tensor;
  /** True to give dL/d images. */
  inputGradient?: boolean;
}

/** One batch of tokens on its way through the blocks. */
interface Batch {
  groups: TokenGroup[];
  /** Draws of every group, or none at all. */
  draws: tf.Tensor[];
}

/** One block: [R, D] → [R, D], or the class rows [images in all, D]. */
function vitBlock(
  read: Reader,
  config: VitConfig,
  block: number,
  tokens: tf.Tensor,
  { groups, draws }: Batch,
  rows: 'all' | 'class' = 'all',
): tf.Tensor {
  const of = (name: string) => read(`blocks.${block}.${name}`);
  const epsilon = config.layerNormEpsilon;
  const rate = config.depth > 1 ? (config.dropPathRate * block) / (config.depth - 1) : 0;
  const factors = (branch: 0 | 1) => {
    if (rate === 0 || draws.length === 0) return undefined;
    return dropPathFactors(draws, 2 * (block - 1) + branch, rate, groups, rows === 'all' ? 'row' : 'image');
  };
  const middle = attentionBranch(
    tokens,
    {
      normWeight: of('norm1.weight'),
      normBias: of('norm1.bias'),
      qkvWeight: of('attn.qkv.weight'),
      qkvBias: config.qkvBias ? of('attn.qkv.bias') : undefined,
      projWeight: of('attn.proj.weight'),
      projBias: of('attn.proj.bias'),
    },
    { epsilon, heads: config.numHeads, groups, rows, rowScale: factors(0) },
  );
  return mlpBranch(
    middle,
    {
      normWeight: of('norm2.weight'),
      normBias: of('norm2.bias'),
      fc1Weight: of('mlp.fc1.weight'),
      fc1Bias: of('mlp.fc1.bias'),
      fc2Weight: of('mlp.fc2.weight'),
      fc2Bias: of('mlp.fc2.bias'),
    },
    { epsilon, rowScale: factors(1) },
  );
}

const finalNorm = (read: Reader, config: VitConfig, tokens: tf.Tensor) =>
  layerNorm(tokens, read('norm.weight'), read('norm.bias'), config.layerNormEpsilon);

/** Class features of all images in one matrix, group by group: [sum of batches, D]. */
export function vitFeatures(
  read: Reader,
  config: VitConfig,
  views: readonly ViewBatch[],
  inputGradient = false,
): tf.Tensor {
  const images = views.map(({ crops }) => crops);
  const batch = {
    groups: tokenGroups(config, images),
    draws: views.flatMap(({ dropPath }) => dropPath ?? []),
  };
  let tokens = vitEmbed(read, config, images, inputGradient);
  for (let i = 0; i < config.depth; i++) {
    tokens = vitBlock(read, config, i, tokens, batch, i === config.depth - 1 ? 'class' : 'all');
  }
  return finalNorm(read, config, tokens);
}

/** Class feature [B, D] of images [B, 3, H, W]: the final LayerNorm's first token. */
export function vitForward(
  read: Reader,
  config: VitConfig,
  images: tf.Tensor,
  { dropPath, inputGradient = false }: VitOptions = {},
): tf.Tensor {
  return vitFeatures(read, config, [{ crops: images, ...(dropPath ? { dropPath } : {}) }], inputGradient);
}

/** Tokens of one batch of images, and their group. */
function embedOne(read: Reader, config: VitConfig, images: tf.Tensor) {
  const groups = tokenGroups(config, [images]);
  return { tokens: vitEmbed(read, config, [images]), groups, group: groups[0] as TokenGroup, draws: [] };
}

/** All tokens [B, N, D] after each of the last `n` blocks, each through the final LayerNorm. */
export function vitIntermediateLayers(
  read: Reader,
  config: VitConfig,
  images: tf.Tensor,
  n: number,
): tf.Tensor[] {
  const { group, ...batch } = embedOne(read, config, images);
  const layers: tf.Tensor[] = [];
  let { tokens } = batch;
  for (let i = 0; i < config.depth; i++) {
    tokens = vitBlock(read, config, i, tokens, batch);
    if (i < config.depth - n) continue;
    const shape = [group.images, group.tokens, config.embedDim];
    layers.push(tf.reshape(finalNorm(read, config, tokens), shape));
  }
  return layers;
}

/**
 * Softmax attention of the last block: [B, heads, N, N], rows are queries, row 0 the class token's; or that row
 * alone, [B, heads, 1, N].
 */
export function vitLastAttention(
  read: Reader,
  config: VitConfig,
  images: tf.Tensor,
  queries: 'all' | 'class' = 'all',
): tf.Tensor {
  const { group, ...batch } = embedOne(read, config, images);
  let { tokens } = batch;
  for (let i = 0; i < config.depth - 1; i++) tokens = vitBlock(read, config, i, tokens, batch);
  const at = `blocks.${config.depth - 1}`;
  const normal = layerNorm(
    tokens,
    read(`${at}.norm1.weight`),
    read(`${at}.norm1.bias`),
    config.layerNormEpsilon,
  );
  const bias = config.qkvBias ? read(`${at}.attn.qkv.bias`) : null;
  const qkv = linear(normal, read(`${at}.attn.qkv.weight`), bias);
  return attentionWeights(qkv, group, { width: config.embedDim, heads: config.numHeads }, queries);
}

/**
 * Vision Transformer of the official DINO (facebookresearch/dino, vision_transformer.py; Dosovitskiy et al.
 * 2021). Pre-norm blocks, packed qkv, exact GELU, LayerNorm eps 1e-6, stochastic depth, position embeddings for
 * any image size. Documented extra: a convolutional stem (Xiao et al. 2021) in place of the patch projection.
 */
import * as tf from '@tensorflow/tfjs-core';
import { attention, attentionWeights } from '../engine/kernels/attention';
import { convolution } from '../engine/kernels/convolution';
import { gelu } from '../engine/kernels/gelu';
import { layerNorm } from '../engine/kernels/layerNorm';
import { linear } from '../engine/kernels/linear';
import { stemChannels, stemGroups } from '../recipe';
import {
  convolutionInit,
  type InitScheme,
  linearInit,
  ones,
  type ParameterSpec,
  type Reader,
  zeros,
} from './parameters';
import { interpolatePositions } from './positionEmbedding';

export interface VitConfig {
  /** Side of the square images whose patch grid the position embedding is trained on, px. */
  imageSize: number;
  patchSize: number;
  embedDim: number;
  depth: number;
  numHeads: number;
  mlpRatio: number;
  qkvBias: boolean;
  layerNormEpsilon: number;
  /** Stochastic depth of the last block; grows linearly from 0 in the first. */
  dropPathRate: number;
  convStem: boolean;
}

export interface VitOptions {
  /** Uniform draws [calls, B] of stochastic depth, one row per call in order; without them nothing is dropped. */
  dropPath?: tf.Tensor;
  /** True to give dL/d images. */
  inputGradient?: boolean;
}

function embeddingSpecs(config: VitConfig): ParameterSpec[] {
  const { patchSize, embedDim } = config;
  if (!config.convStem) {
    const init = convolutionInit(3 * patchSize ** 2);
    return [
      { name: 'patch_embed.proj.weight', shape: [embedDim, 3, patchSize, patchSize], init },
      { name: 'patch_embed.proj.bias', shape: [embedDim], init },
    ];
  }
  const specs: ParameterSpec[] = [];
  const [input, ...channels] = stemChannels(embedDim, patchSize);
  let inputs = input as number;
  channels.forEach((outputs, i) => {
    specs.push(
      {
        name: `patch_embed.stem.${i}.conv.weight`,
        shape: [outputs, inputs, 3, 3],
        init: convolutionInit(9 * inputs),
      },
      { name: `patch_embed.stem.${i}.norm.weight`, shape: [outputs], init: ones },
      { name: `patch_embed.stem.${i}.norm.bias`, shape: [outputs], init: zeros },
    );
    inputs = outputs;
  });
  const init = convolutionInit(inputs);
  return [
    ...specs,
    { name: 'patch_embed.proj.weight', shape: [embedDim, inputs, 1, 1], init },
    { name: 'patch_embed.proj.bias', shape: [embedDim], init },
  ];
}

/**
 * The parameters in official order. `fan_in` draws linear weights with 1/√in, positions and CLS with 0.2, and
 * divides what is added to the residual stream by √(2·depth): heads start out different from each other.
 */
export function vitParameters(config: VitConfig, scheme: InitScheme): ParameterSpec[] {
  const { embedDim, depth } = config;
  const side = Math.floor(config.imageSize / config.patchSize);
  const hidden = Math.floor(embedDim * config.mlpRatio);
  const tokenInit = { kind: 'normal', std: scheme === 'official' ? 0.02 : 0.2 } as const;
  const residual = (inputs: number) => {
    const init = linearInit(scheme, inputs);
    if (scheme === 'official' || init.kind !== 'normal') return init;
    return { ...init, std: init.std / Math.sqrt(2 * depth) };
  };
  const norm = (name: string): ParameterSpec[] => [
    { name: `${name}.weight`, shape: [embedDim], init: ones },
    { name: `${name}.bias`, shape: [embedDim], init: zeros },
  ];
  const blocks = Array.from({ length: depth }, (_, i): ParameterSpec[] => {
    const at = `blocks.${i}`;
    const qkvBias: ParameterSpec = { name: `${at}.attn.qkv.bias`, shape: [3 * embedDim], init: zeros };
    return [
      ...norm(`${at}.norm1`),
      { name: `${at}.attn.qkv.weight`, shape: [3 * embedDim, embedDim], init: linearInit(scheme, embedDim) },
      ...(config.qkvBias ? [qkvBias] : []),
      { name: `${at}.attn.proj.weight`, shape: [embedDim, embedDim], init: residual(embedDim) },
      { name: `${at}.attn.proj.bias`, shape: [embedDim], init: zeros },
      ...norm(`${at}.norm2`),
      { name: `${at}.mlp.fc1.weight`, shape: [hidden, embedDim], init: linearInit(scheme, embedDim) },
      { name: `${at}.mlp.fc1.bias`, shape: [hidden], init: zeros },
      { name: `${at}.mlp.fc2.weight`, shape: [embedDim, hidden], init: residual(hidden) },
      { name: `${at}.mlp.fc2.bias`, shape: [embedDim], init: zeros },
    ];
  });
  return [
    { name: 'cls_token', shape: [1, 1, embedDim], init: tokenInit },
    { name: 'pos_embed', shape: [1, 1 + side * side, embedDim], init: tokenInit },
    ...embeddingSpecs(config),
    ...blocks.flat(),
    ...norm('norm'),
  ];
}

/** Rows of uniform draws that stochastic depth needs: two per block whose rate is not 0. */
export function dropPathCalls({ depth, dropPathRate }: VitConfig): number {
  return dropPathRate > 0 ? 2 * (depth - 1) : 0;
}

/** Group normalisation of [B, C, H, W], for the stem: it needs no batch statistics. */
function groupNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const [batch, channels] = x.shape as [number, number];
  const groups = stemGroups(channels);
  const grouped = tf.reshape(x, [batch, groups, x.size / batch / groups]);
  const { mean, variance } = tf.moments(grouped, -1, true);
  const normal = tf.reshape(tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, 1e-5))), x.shape);
  return tf.add(
    tf.mul(normal, tf.reshape(weight, [1, channels, 1, 1])),
    tf.reshape(bias, [1, channels, 1, 1]),
  );
}

/** Images [B, 3, H, W] → patch tokens [B, rows·columns, D]; sides are cut to a multiple of the patch. */
function embedPatches(read: Reader, config: VitConfig, images: tf.Tensor, inputGradient: boolean): tf.Tensor {
  const { patchSize: patch, embedDim } = config;
  const [batch, , height, width] = images.shape as [number, number, number, number];
  const [rows, columns] = [Math.floor(height / patch), Math.floor(width / patch)];
  const cut =
    rows * patch === height && columns * patch === width
      ? images
      : tf.slice(images, [0, 0, 0, 0], [batch, 3, rows * patch, columns * patch]);
  const weight = read('patch_embed.proj.weight');
  const bias = read('patch_embed.proj.bias');
  if (config.convStem) {
    let x = cut;
    for (let i = 0; i < Math.log2(patch); i++) {
      const at = `patch_embed.stem.${i}`;
      x = convolution(x, read(`${at}.conv.weight`), {
        stride: 2,
        padding: 1,
        inputGradient: inputGradient || i > 0,
      });
      x = gelu(groupNorm(x, read(`${at}.norm.weight`), read(`${at}.norm.bias`)));
    }
    const positions = tf.reshape(tf.transpose(x, [0, 2, 3, 1]), [
      batch,
      rows * columns,
      x.shape[1] as number,
    ]);
    return linear(positions, tf.reshape(weight, [embedDim, x.shape[1] as number]), bias);
  }
  // [B, 3, rows, p, columns, p] → [B, rows, columns, 3, p, p]: one row of pixels per patch, in conv2d's order
  const split = tf.reshape(cut, [batch, 3, rows, patch, columns, patch]);
  const pixels = tf.reshape(tf.transpose(split, [0, 2, 4, 1, 3, 5]), [
    batch,
    rows * columns,
    3 * patch * patch,
  ]);
  return linear(pixels, tf.reshape(weight, [embedDim, 3 * patch * patch]), bias, { inputGradient });
}

/** Tokens entering block 0: [B, 1 + rows·columns, D], CLS first, positions added. */
export function vitEmbed(
  read: Reader,
  config: VitConfig,
  images: tf.Tensor,
  inputGradient = false,
): tf.Tensor {
  const [batch, , height, width] = images.shape as [number, number, number, number];
  const patches = embedPatches(read, config, images, inputGradient);
  const cls = tf.tile(read('cls_token'), [batch, 1, 1]);
  const rows = Math.floor(height / config.patchSize);
  const columns = Math.floor(width / config.patchSize);
  return tf.add(tf.concat([cls, patches], 1), interpolatePositions(read('pos_embed'), rows, columns));
}

/** Packed qkv [B, N, 3·D] of one block. */
function projectQkv(read: Reader, config: VitConfig, block: number, tokens: tf.Tensor): tf.Tensor {
  const at = `blocks.${block}`;
  const normal = layerNorm(
    tokens,
    read(`${at}.norm1.weight`),
    read(`${at}.norm1.bias`),
    config.layerNormEpsilon,
  );
  const bias = config.qkvBias ? read(`${at}.attn.qkv.bias`) : null;
  return linear(normal, read(`${at}.attn.qkv.weight`), bias);
}

/** Stochastic depth: the branch of a sample is dropped with rate p, else divided by 1 − p. */
function dropPath(branch: tf.Tensor, uniform: tf.Tensor | undefined, call: number, rate: number): tf.Tensor {
  if (!uniform || rate === 0) return branch;
  const batch = branch.shape[0] as number;
  const draws = tf.reshape(tf.slice(uniform, [call, 0], [1, batch]), [batch, 1, 1]);
  return tf.mul(branch, tf.div(tf.floor(tf.add(draws, 1 - rate)), 1 - rate));
}

function vitBlock(
  read: Reader,
  config: VitConfig,
  block: number,
  tokens: tf.Tensor,
  uniform?: tf.Tensor,
): tf.Tensor {
  const at = `blocks.${block}`;
  const rate = config.depth > 1 ? (config.dropPathRate * block) / (config.depth - 1) : 0;
  const call = 2 * (block - 1);
  const mixed = attention(projectQkv(read, config, block, tokens), config.numHeads);
  const attended = linear(mixed, read(`${at}.attn.proj.weight`), read(`${at}.attn.proj.bias`));
  const middle = tf.add(tokens, dropPath(attended, uniform, call, rate));
  const normal = layerNorm(
    middle,
    read(`${at}.norm2.weight`),
    read(`${at}.norm2.bias`),
    config.layerNormEpsilon,
  );
  const hidden = gelu(linear(normal, read(`${at}.mlp.fc1.weight`), read(`${at}.mlp.fc1.bias`)));
  const mlp = linear(hidden, read(`${at}.mlp.fc2.weight`), read(`${at}.mlp.fc2.bias`));
  return tf.add(middle, dropPath(mlp, uniform, call + 1, rate));
}

const finalNorm = (read: Reader, config: VitConfig, tokens: tf.Tensor) =>
  layerNorm(tokens, read('norm.weight'), read('norm.bias'), config.layerNormEpsilon);

/** CLS feature [B, D] of images [B, 3, H, W]: the final LayerNorm's first token. */
export function vitForward(
  read: Reader,
  config: VitConfig,
  images: tf.Tensor,
  options: VitOptions = {},
): tf.Tensor {
  let tokens = vitEmbed(read, config, images, options.inputGradient ?? false);
  for (let i = 0; i < config.depth; i++) tokens = vitBlock(read, config, i, tokens, options.dropPath);
  const [batch, , width] = tokens.shape as [number, number, number];
  // Normalising the one token that is used gives the same numbers as normalising all and picking it.
  return finalNorm(read, config, tf.reshape(tf.slice(tokens, [0, 0, 0], [batch, 1, width]), [batch, width]));
}

/** All tokens [B, N, D] after each of the last `n` blocks, each through the final LayerNorm. */
export function vitIntermediateLayers(
  read: Reader,
  config: VitConfig,
  images: tf.Tensor,
  n: number,
): tf.Tensor[] {
  let tokens = vitEmbed(read, config, images);
  const layers: tf.Tensor[] = [];
  for (let i = 0; i < config.depth; i++) {
    tokens = vitBlock(read, config, i, tokens);
    if (i >= config.depth - n) layers.push(finalNorm(read, config, tokens));
  }
  return layers;
}

/** Softmax attention of the last block, [B, heads, N, N]; rows are queries, row 0 the CLS token's. */
export function vitLastAttention(read: Reader, config: VitConfig, images: tf.Tensor): tf.Tensor {
  let tokens = vitEmbed(read, config, images);
  for (let i = 0; i < config.depth - 1; i++) tokens = vitBlock(read, config, i, tokens);
  return attentionWeights(projectQkv(read, config, config.depth - 1, tokens), config.numHeads);
}

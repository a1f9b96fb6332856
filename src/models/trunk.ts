/**
 * The trunks a recipe can choose, behind one face: parameters, forward, attention where there is some.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Recipe } from '../recipe';
import type { ParameterSpec, Reader } from './parameters';
import { smallCnnFeatureDim, smallCnnForward, smallCnnParameters } from './smallCnn';
import { dropPathCalls, type VitConfig, vitForward, vitLastAttention, vitParameters } from './vit';

export interface TrunkOptions {
  mode: 'train' | 'eval';
  /** Share of this batch in batch norm's running statistics; torch's 0.1 unless told. */
  batchNormMomentum?: number;
  /** Uniform draws [dropPathCalls, B] of stochastic depth; only a student that trains has them. */
  dropPath?: tf.Tensor;
}

export interface Trunk {
  readonly parameters: ParameterSpec[];
  readonly featureDim: number;
  /** Rows of uniform draws a training forward needs; 0 for none. */
  readonly dropPathCalls: number;
  /** Whether batch norm's running statistics must be calibrated before an evaluation. */
  readonly hasBatchNorm: boolean;
  readonly patchSize: number | null;
  /** Images [B, 3, H, W] → features [B, featureDim]. */
  forward(read: Reader, images: tf.Tensor, options: TrunkOptions): tf.Tensor;
  /** Softmax attention of the last block [B, heads, N, N], or null for a trunk without attention. */
  lastAttention(read: Reader, images: tf.Tensor): tf.Tensor | null;
}

export function vitTrunk(config: VitConfig, scheme: Recipe['init']): Trunk {
  return {
    parameters: vitParameters(config, scheme),
    featureDim: config.embedDim,
    dropPathCalls: dropPathCalls(config),
    hasBatchNorm: false,
    patchSize: config.patchSize,
    forward: (read, images, { dropPath }) => vitForward(read, config, images, dropPath ? { dropPath } : {}),
    lastAttention: (read, images) => vitLastAttention(read, config, images),
  };
}

/** The trunk a recipe asks for. */
export function createTrunk(recipe: Recipe): Trunk {
  if (recipe.arch === 'cnn') {
    const config = { width: recipe.cnn_width, blocks: recipe.cnn_blocks, pool: recipe.cnn_pool };
    return {
      parameters: smallCnnParameters(config),
      featureDim: smallCnnFeatureDim(config),
      dropPathCalls: 0,
      hasBatchNorm: true,
      patchSize: null,
      forward: (read, images, options) => smallCnnForward(read, config, images, options),
      lastAttention: () => null,
    };
  }
  return vitTrunk(
    {
      imageSize: recipe.global_crops_size,
      patchSize: recipe.patch_size,
      embedDim: recipe.embed_dim,
      depth: recipe.depth,
      numHeads: recipe.num_heads,
      mlpRatio: recipe.mlp_ratio,
      qkvBias: true,
      layerNormEpsilon: 1e-6,
      dropPathRate: recipe.drop_path,
      convStem: recipe.conv_stem,
    },
    recipe.init,
  );
}

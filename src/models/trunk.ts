/**
 * The trunks a recipe can choose, behind one face: parameters, forward, attention where there is some.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Recipe } from '../recipe';
import type { ParameterSpec, Reader } from './parameters';
import { type SmallCnnConfig, smallCnnFeatureDim, smallCnnForward, smallCnnParameters } from './smallCnn';
import type { ViewBatch } from './viewBatch';
import { dropPathCalls, type VitConfig, vitFeatures, vitLastAttention, vitParameters } from './vit';

export interface TrunkOptions {
  mode: 'train' | 'eval';
  /** Share of this batch in batch norm's running statistics; torch's 0.1 unless told. */
  batchNormMomentum?: number;
}

export interface Trunk {
  readonly parameters: ParameterSpec[];
  readonly featureDim: number;
  /** Rows of uniform draws a training forward needs; 0 for none. */
  readonly dropPathCalls: number;
  /** Whether batch norm's running statistics must be calibrated before an evaluation. */
  readonly hasBatchNorm: boolean;
  readonly patchSize: number | null;
  /** Groups of images [B, 3, H, W] → features [sum of batches, featureDim], group by group. */
  forward(read: Reader, groups: readonly ViewBatch[], options: TrunkOptions): tf.Tensor;
  /** Softmax attention of the last block from the class token, [B, heads, 1, N]; null where there is none. */
  lastAttention(read: Reader, images: tf.Tensor): tf.Tensor | null;
}

export function vitTrunk(config: VitConfig, scheme: Recipe['init']): Trunk {
  return {
    parameters: vitParameters(config, scheme),
    featureDim: config.embedDim,
    dropPathCalls: dropPathCalls(config),
    hasBatchNorm: false,
    patchSize: config.patchSize,
    forward: (read, groups) => vitFeatures(read, config, groups),
    lastAttention: (read, images) => vitLastAttention(read, config, images, 'class'),
  };
}

export function cnnTrunk(config: SmallCnnConfig): Trunk {
  return {
    parameters: smallCnnParameters(config),
    featureDim: smallCnnFeatureDim(config),
    dropPathCalls: 0,
    hasBatchNorm: true,
    patchSize: null,
    // Batch norm's statistics belong to a group, as in the official wrapper.
    forward: (read, groups, options) => {
      const features = groups.map(({ crops }) => smallCnnForward(read, config, crops, options));
      return features.length === 1 ? (features[0] as tf.Tensor) : tf.concat(features);
    },
    lastAttention: () => null,
  };
}

/** The trunk a recipe asks for. */
export function createTrunk(recipe: Recipe): Trunk {
  if (recipe.arch === 'cnn') {
    return cnnTrunk({ width: recipe.cnn_width, blocks: recipe.cnn_blocks, pool: recipe.cnn_pool });
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

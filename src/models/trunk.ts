/**
 * The trunks a recipe can choose, behind one face: parameters, forward, attention where there is some. By `arch`:
 * `vit` (vit.ts), `cnn` (smallCnn.ts), `resnet` (resnet.ts), `wide_resnet` (wideResnet.ts).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Recipe } from '../recipe';
import type { ParameterSpec, Reader } from './parameters';
import { type ResnetConfig, resnetConfig, resnetFeatureDim, resnetForward, resnetParameters } from './resnet';
import { type SmallCnnConfig, smallCnnFeatureDim, smallCnnForward, smallCnnParameters } from './smallCnn';
import { joinGroups, type TrunkOptions, type ViewBatch } from './viewBatch';
import { dropPathCalls, type VitConfig, vitFeatures, vitLastAttention, vitParameters } from './vit';
import {
  type WideResnetConfig,
  wideResnetBiases,
  wideResnetFeatureDim,
  wideResnetForward,
  wideResnetParameters,
} from './wideResnet';
import { withZeroGradient } from './zeroGradient';

export type { TrunkOptions } from './viewBatch';

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
  /** The same, each group by itself: for heads whose batch norm sees one group at a time. */
  forwardEach(read: Reader, groups: readonly ViewBatch[], options: TrunkOptions): tf.Tensor[];
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
    forwardEach: (read, groups) => {
      const features = vitFeatures(read, config, groups);
      const rows = groups.map(({ crops }) => crops.shape[0] as number);
      return rows.length === 1 ? [features] : tf.split(features, rows);
    },
    lastAttention: (read, images) => vitLastAttention(read, config, images, 'class'),
  };
}

/** What a convolutional network brings. */
interface Convnet {
  parameters: ParameterSpec[];
  featureDim: number;
  forward(read: Reader, images: tf.Tensor, options: TrunkOptions): tf.Tensor;
  /** Names of the parameters that training-mode forwards give no gradient of, because it is zero. */
  withoutGradient?: readonly string[];
}

function convnetTrunk({ parameters, featureDim, forward, withoutGradient = [] }: Convnet): Trunk {
  // Batch norm's statistics belong to a group, as in the official wrappers.
  const forwardEach: Trunk['forwardEach'] = (read, groups, options) =>
    groups.map(({ crops }, i) => {
      const features = forward(read, crops, options);
      // Zero is said once, so that no zeros are added up.
      if (options.mode === 'eval' || i > 0) return features;
      return withZeroGradient(features, withoutGradient.map(read));
    });
  return {
    parameters,
    featureDim,
    dropPathCalls: 0,
    hasBatchNorm: true,
    patchSize: null,
    forward: (...given) => joinGroups(forwardEach(...given)),
    forwardEach,
    lastAttention: () => null,
  };
}

export function cnnTrunk(config: SmallCnnConfig): Trunk {
  return convnetTrunk({
    parameters: smallCnnParameters(config),
    featureDim: smallCnnFeatureDim(config),
    forward: (read, images, options) => smallCnnForward(read, config, images, options),
  });
}

export function resnetTrunk(config: ResnetConfig): Trunk {
  return convnetTrunk({
    parameters: resnetParameters(config),
    featureDim: resnetFeatureDim(config),
    forward: (read, images, options) => resnetForward(read, config, images, options),
  });
}

export function wideResnetTrunk(config: WideResnetConfig): Trunk {
  return convnetTrunk({
    parameters: wideResnetParameters(config),
    featureDim: wideResnetFeatureDim(config),
    forward: (read, images, options) => wideResnetForward(read, config, images, options),
    withoutGradient: wideResnetBiases(config),
  });
}

/** The trunk a recipe asks for. */
export function createTrunk(recipe: Recipe): Trunk {
  if (recipe.arch === 'cnn') {
    return cnnTrunk({ width: recipe.cnn_width, blocks: recipe.cnn_blocks, pool: recipe.cnn_pool });
  }
  if (recipe.arch === 'resnet') {
    return resnetTrunk(resnetConfig(recipe.resnet_depth, recipe.resnet_width, recipe.resnet_stem));
  }
  if (recipe.arch === 'wide_resnet') {
    return wideResnetTrunk({ depth: recipe.wrn_depth, widen: recipe.wrn_widen });
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

/**
 * From images to the tokens that enter block 0 of the Vision Transformer: patch projection or convolutional stem,
 * class token, positions. Images of all sizes lie in one matrix, group by group.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { TokenGroup } from '../engine/kernels/attention';
import { convolution } from '../engine/kernels/convolution';
import { groupNormGelu } from '../engine/kernels/groupNorm';
import { linear } from '../engine/kernels/linear';
import {
  assembleTokens,
  gatherPatches,
  gatherPatchesComposed,
  patchGrid,
} from '../engine/kernels/transformerTokens';
import { stemGroups } from '../recipe';
import type { Reader } from './parameters';
import { positionMap } from './positionEmbedding';
import type { VitConfig } from './vitParameters';

/** Images [B, 3, H, W] through the convolutional stem: [B·rows·columns, channels]. */
function stem(read: Reader, patchSize: number, images: tf.Tensor, inputGradient: boolean): tf.Tensor {
  const { rows, columns } = patchGrid(images, patchSize);
  const batch = images.shape[0] as number;
  let x = tf.slice(images, [0, 0, 0, 0], [batch, 3, rows * patchSize, columns * patchSize]);
  for (let i = 0; i < Math.log2(patchSize); i++) {
    const at = `patch_embed.stem.${i}`;
    x = convolution(x, read(`${at}.conv.weight`), {
      stride: 2,
      padding: 1,
      inputGradient: inputGradient || i > 0,
    });
    const groups = stemGroups(x.shape[1] as number);
    x = groupNormGelu(x, read(`${at}.norm.weight`), read(`${at}.norm.bias`), groups);
  }
  const channels = x.shape[1] as number;
  return tf.reshape(tf.transpose(x, [0, 2, 3, 1]), [batch * rows * columns, channels]);
}

/** Patch tokens [patches in all, D]; sides are cut to a multiple of the patch. */
function embedPatches(
  read: Reader,
  { patchSize, embedDim, convStem }: VitConfig,
  groups: readonly tf.Tensor[],
  inputGradient: boolean,
): tf.Tensor {
  const weight = read('patch_embed.proj.weight');
  const flat = tf.reshape(weight, [embedDim, weight.size / embedDim]);
  const bias = read('patch_embed.proj.bias');
  if (convStem) {
    const parts = groups.map((images) => stem(read, patchSize, images, inputGradient));
    return linear(parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts), flat, bias);
  }
  const gather = inputGradient ? gatherPatchesComposed : gatherPatches;
  return linear(gather(groups, patchSize), flat, bias, { inputGradient });
}

/** Images and tokens of every group of images [B, 3, H, W]. */
export function tokenGroups({ patchSize }: VitConfig, groups: readonly tf.Tensor[]): TokenGroup[] {
  return groups.map((images) => {
    const { rows, columns } = patchGrid(images, patchSize);
    return { images: images.shape[0] as number, tokens: 1 + rows * columns };
  });
}

/** Tokens entering block 0, [R, D]: of every image of every group the class token, then its patches. */
export function vitEmbed(
  read: Reader,
  config: VitConfig,
  groups: readonly tf.Tensor[],
  inputGradient = false,
): tf.Tensor {
  const positions = read('pos_embed');
  const side = Math.round(Math.sqrt((positions.shape[1] as number) - 1));
  const maps = groups.map((images) => {
    const { rows, columns } = patchGrid(images, config.patchSize);
    return positionMap(side, rows, columns);
  });
  const patches = embedPatches(read, config, groups, inputGradient);
  const classToken = read('cls_token');
  return assembleTokens({ patches, classToken, positions }, tokenGroups(config, groups), maps);
}

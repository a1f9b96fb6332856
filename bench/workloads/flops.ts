/** Products of matrices in a step, counted from the sizes: what a step would cost if nothing else did. */
import type { DinoHeadConfig } from '../../src/models/dinoHead';
import type { SmallCnnConfig } from '../../src/models/smallCnn';
import type { VitConfig } from '../../src/models/vit';
import { estimateCost, type Recipe } from '../../src/recipe';
import { cnnCost, wideResnetCost } from '../../src/recipe/convolutionCost';
import { headCost, vitCost } from '../../src/recipe/networkCost';
import type { TrunkConfig } from './problem';

/** Floating-point operations of a picture of `side` pixels through a Vision Transformer. */
export function vitFlops(config: VitConfig, side: number): number {
  const cost = vitCost({
    patch_size: config.patchSize as Recipe['patch_size'],
    embed_dim: config.embedDim,
    depth: config.depth,
    num_heads: config.numHeads,
    mlp_ratio: config.mlpRatio,
    conv_stem: config.convStem,
    global_crops_size: config.imageSize,
  });
  return cost.pass(side).flops;
}

/** The same where only the class token's feature is asked for: the last block's other queries count for nothing. */
export function vitFeatureFlops(config: VitConfig, side: number): number {
  const { patchSize, embedDim, mlpRatio } = config;
  const others = Math.floor(side / patchSize) ** 2;
  const rows = others * 2 * embedDim * embedDim * (2 + 2 * mlpRatio);
  const attention = others * 4 * (others + 1) * embedDim;
  return vitFlops(config, side) - rows - attention;
}

/** Floating-point operations of a picture of `side` pixels through the trunk, as far as its feature needs them. */
export function trunkFlops(trunk: TrunkConfig, side: number): number {
  if (trunk.kind === 'vit') return vitFeatureFlops(trunk.config, side);
  if (trunk.kind === 'cnn') return cnnFlops(trunk.config, side);
  const { depth, widen } = trunk.config;
  return wideResnetCost({ wrn_depth: depth as Recipe['wrn_depth'], wrn_widen: widen }).pass(side).flops;
}

/** Floating-point operations of a step of a recipe. */
export const recipeFlops = (recipe: Recipe, classes: number): number =>
  estimateCost(recipe, { trainImages: 0, imageSize: 0, classes }).flopsPerStep;

/** Floating-point operations of a picture of `side` pixels through the small convolutional network. */
function cnnFlops({ width, blocks, pool }: SmallCnnConfig, side: number): number {
  return cnnCost({ cnn_width: width, cnn_blocks: blocks, cnn_pool: pool as Recipe['cnn_pool'] }).pass(side)
    .flops;
}

/** Floating-point operations of one feature through the projection head. */
export function headFlops(config: DinoHeadConfig): number {
  const cost = headCost(
    {
      head_hidden_dim: config.hiddenDim,
      head_bottleneck_dim: config.bottleneckDim,
      head_nlayers: config.nLayers,
      out_dim: config.outDim,
      use_bn_in_head: config.useBatchNorm,
    },
    config.inDim,
  );
  return cost.pass(1).flops;
}

/** Forward and backward together: the gradients of a product are two products. */
export const TRAINED = 3;

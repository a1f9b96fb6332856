/** Products of matrices in a step, counted from the sizes: what a step would cost if nothing else did. */
import type { DinoHeadConfig } from '../../src/models/dinoHead';
import type { SmallCnnConfig } from '../../src/models/smallCnn';
import type { VitConfig } from '../../src/models/vit';
import type { Recipe } from '../../src/recipe';
import { cnnCost } from '../../src/recipe/convolutionCost';
import { headCost, vitCost } from '../../src/recipe/networkCost';

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

/** Floating-point operations of a picture of `side` pixels through the small convolutional network. */
export function cnnFlops({ width, blocks, pool }: SmallCnnConfig, side: number): number {
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

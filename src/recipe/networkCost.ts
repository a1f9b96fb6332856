/**
 * Parameters, multiplications and kept activations of the networks a recipe can ask for, in closed form.
 * Layouts: vision_transformer.py (VisionTransformer, DINOHead) of facebookresearch/dino; the convolutional trunk
 * and the stem are ours (docs/recipes.md).
 */
import {
  cnnCost,
  halved,
  type NetworkCost,
  type PassCost,
  resnetCost,
  wideResnetCost,
} from './convolutionCost';
import type { Recipe } from './fields';

type VitFields = Pick<
  Recipe,
  'patch_size' | 'embed_dim' | 'depth' | 'num_heads' | 'mlp_ratio' | 'conv_stem' | 'global_crops_size'
>;
type HeadFields = Pick<
  Recipe,
  'out_dim' | 'head_hidden_dim' | 'head_bottleneck_dim' | 'head_nlayers' | 'use_bn_in_head'
>;

/** Channels before and after each stride-2 convolution of the stem: [3, …, embed_dim]. */
export function stemChannels(embedDim: number, patchSize: number): number[] {
  const layers = Math.log2(patchSize);
  return [3, ...Array.from({ length: layers }, (_, i) => Math.max(16, embedDim >> (layers - 1 - i)))];
}

/** Groups of the group norm behind a stem convolution: 16 channels each, where they divide. */
export const stemGroups = (channels: number): number => Math.max(1, Math.floor(channels / 16));

function patchEmbedding(recipe: VitFields): { parameters: number; pass(side: number): PassCost } {
  const { patch_size: patch, embed_dim: dim } = recipe;
  if (!recipe.conv_stem) {
    const taps = 3 * patch * patch;
    return {
      parameters: taps * dim + dim,
      pass: (side) => {
        const patches = Math.floor(side / patch) ** 2;
        return { flops: 2 * patches * taps * dim, kept: patches * dim, largest: patches * dim };
      },
    };
  }
  const channels = stemChannels(dim, patch);
  const last = channels[channels.length - 1];
  let parameters = last * dim + dim;
  for (let i = 1; i < channels.length; i++) parameters += 9 * channels[i - 1] * channels[i] + 2 * channels[i];
  return {
    parameters,
    pass: (side) => {
      let [map, flops, kept, largest] = [side, 0, 0, 0];
      for (let i = 1; i < channels.length; i++) {
        map = halved(map);
        const cells = map * map * channels[i];
        flops += 2 * 9 * channels[i - 1] * cells;
        kept += 3 * cells;
        largest = Math.max(largest, cells);
      }
      return { flops: flops + 2 * map * map * last * dim, kept: kept + map * map * dim, largest };
    },
  };
}

/** The Vision Transformer, with position embeddings for `global_crops_size` and biases on qkv. */
export function vitCost(recipe: VitFields): NetworkCost {
  const { embed_dim: dim, depth, num_heads: heads } = recipe;
  const hidden = Math.floor(dim * recipe.mlp_ratio);
  const embedding = patchEmbedding(recipe);
  const tokens = (side: number) => Math.floor(side / recipe.patch_size) ** 2 + 1;
  const block = 4 * dim + (3 * dim * dim + 3 * dim) + (dim * dim + dim) + (2 * dim * hidden + hidden + dim);
  const trained = tokens(recipe.global_crops_size);
  return {
    parameters: dim + trained * dim + embedding.parameters + depth * block + 2 * dim,
    largestWeight: Math.max(3 * dim * dim, dim * hidden, trained * dim, 3 * recipe.patch_size ** 2 * dim),
    featureDim: dim,
    pass: (side) => {
      const n = tokens(side);
      const entry = embedding.pass(side);
      const linear = 2 * n * (4 * dim * dim + 2 * dim * hidden);
      const attention = 4 * n * n * dim;
      // Kept per token: both norms, qkv, attention out, its projection, two residual sums, MLP before and after GELU.
      const perBlock = n * (9 * dim + 2 * hidden) + heads * n * n;
      return {
        flops: entry.flops + depth * (linear + attention),
        kept: entry.kept + depth * perBlock + 2 * n * dim,
        largest: Math.max(entry.largest, n * Math.max(3 * dim, hidden), heads * n * n),
      };
    },
  };
}

/** The backbone a recipe asks for. */
export function backboneCost(recipe: Recipe): NetworkCost {
  switch (recipe.arch) {
    case 'vit':
      return vitCost(recipe);
    case 'cnn':
      return cnnCost(recipe);
    case 'resnet':
      return resnetCost(recipe);
    case 'wide_resnet':
      return wideResnetCost(recipe);
  }
}

/** The linear layers between `widths`, with biases, and batch norm behind all but the last. A pass is one row. */
function perceptronCost(widths: readonly number[]): NetworkCost {
  let [parameters, multiplies, largestWeight, kept] = [0, 0, 0, 0];
  for (let i = 1; i < widths.length; i++) {
    const [from, to] = [widths[i - 1], widths[i]];
    const normed = i < widths.length - 1;
    parameters += from * to + to + (normed ? 2 * to : 0);
    multiplies += from * to;
    largestWeight = Math.max(largestWeight, from * to);
    // Before batch norm, behind it, rectified.
    kept += (normed ? 3 : 1) * to;
  }
  return {
    parameters,
    largestWeight,
    featureDim: widths.at(-1) as number,
    pass: () => ({ flops: 2 * multiplies, kept, largest: Math.max(...widths) }),
  };
}

/** PAWS's prediction head: a batch norm, and a bottleneck of a quarter of the width. */
function predictionCost(out: number): NetworkCost {
  const bottleneck = perceptronCost([out, Math.floor(out / 4), out]);
  return { ...bottleneck, parameters: bottleneck.parameters + 2 * out };
}

/** All that stands between `inDim` features and the loss; a classifier of `classes` counts where there is one. */
export function headsCost(recipe: Recipe, inDim: number, classes: number): NetworkCost[] {
  const { method, head_hidden_dim: hidden, output_dim: out, use_pred_head, support_ce_weight } = recipe;
  if (method === 'dino') return [headCost(recipe, inDim)];
  const classifier = perceptronCost([inDim, Math.max(classes, 1)]);
  if (method === 'supervised') return [classifier];
  if (method === 'swav') {
    const [head, prototypes] = [
      perceptronCost([inDim, hidden, out]),
      perceptronCost([out, recipe.nmb_prototypes]),
    ];
    // Neither the layer in front of batch norm nor the prototypes have biases.
    return [
      { ...head, parameters: head.parameters - hidden },
      { ...prototypes, parameters: prototypes.parameters - recipe.nmb_prototypes },
    ];
  }
  return [
    perceptronCost([inDim, hidden, hidden, out]),
    ...(use_pred_head ? [predictionCost(out)] : []),
    ...(support_ce_weight > 0 ? [classifier] : []),
  ];
}

/** DINO's head behind `inDim` features; `weight_g` of the last layer counts. A pass is one row. */
export function headCost(recipe: HeadFields, inDim: number): NetworkCost {
  const { head_hidden_dim: hidden, head_bottleneck_dim: bottleneck, out_dim: out } = recipe;
  const inner = Math.max(recipe.head_nlayers, 1) - 1;
  const widths = [inDim, ...Array.from({ length: inner }, () => hidden), bottleneck];
  let [parameters, multiplies, largestWeight] = [out * bottleneck + out, out * bottleneck, out * bottleneck];
  for (let i = 1; i < widths.length; i++) {
    const weights = widths[i - 1] * widths[i];
    parameters += weights + widths[i];
    multiplies += weights;
    largestWeight = Math.max(largestWeight, weights);
  }
  if (recipe.use_bn_in_head) parameters += inner * 2 * hidden;
  // Kept per row: hidden layers before and after GELU (and batch norm), the bottleneck twice, logits and their softmax.
  const kept = inDim + inner * hidden * (recipe.use_bn_in_head ? 3 : 2) + 2 * bottleneck + 2 * out;
  return {
    parameters,
    largestWeight,
    featureDim: out,
    pass: () => ({ flops: 2 * multiplies, kept, largest: Math.max(hidden, out) }),
  };
}

/**
 * Parameters, multiplications and kept activations of the convolutional trunks, in closed form. Layouts:
 * torchvision's ResNet, wide_resnet.py of facebookresearch/suncet; the small one is ours (docs/recipes.md).
 */
import type { Recipe } from './fields';

/** One forward pass of one picture. */
export interface PassCost {
  /** Floating-point operations, a multiply-add counting two. */
  flops: number;
  /** Numbers that backpropagation needs again. */
  kept: number;
  /** Numbers in the largest single activation. */
  largest: number;
}

/** A backbone or head by what it costs. */
export interface NetworkCost {
  /** Weights, exactly. */
  parameters: number;
  /** Numbers in the largest weight tensor. */
  largestWeight: number;
  /** Feature numbers per picture. */
  featureDim: number;
  /** Cost of a picture of `side` pixels. */
  pass(side: number): PassCost;
}

type CnnFields = Pick<Recipe, 'cnn_width' | 'cnn_blocks' | 'cnn_pool'>;
type ResnetFields = Pick<Recipe, 'resnet_depth' | 'resnet_width' | 'resnet_stem'>;
type WideResnetFields = Pick<Recipe, 'wrn_depth' | 'wrn_widen'>;

/** Side of the feature map after a 3×3 convolution of stride 2 and padding 1. */
export const halved = (side: number): number => Math.ceil(side / 2);

/** Side of the map that the convolutional trunk pools, for a view of `side` pixels. */
export function cnnMapSide(recipe: Pick<Recipe, 'cnn_blocks'>, side: number): number {
  let map = halved(side);
  for (let block = 0; block < recipe.cnn_blocks; block++) map = halved(map);
  return map;
}

/** The small residual network: stem of stride 2, blocks that halve the map and double the channels, grid pooling. */
export function cnnCost(recipe: CnnFields): NetworkCost {
  const { cnn_width: width, cnn_blocks: blocks, cnn_pool: pool } = recipe;
  const last = width * 2 ** blocks;
  let parameters = 27 * width + 2 * width;
  for (let i = 0; i < blocks; i++) {
    const [from, to] = [width * 2 ** i, width * 2 ** (i + 1)];
    parameters += 9 * from * to + 9 * to * to + from * to + 6 * to;
  }
  return {
    parameters,
    largestWeight: 9 * last * last,
    featureDim: last * pool * pool,
    pass: (side) => {
      let map = halved(side);
      const stem = map * map * width;
      // Kept: convolution out, normalised, rectified.
      let [flops, kept] = [2 * 27 * stem, 3 * stem];
      for (let i = 0; i < blocks; i++) {
        const [from, to] = [width * 2 ** i, width * 2 ** (i + 1)];
        map = halved(map);
        const cells = map * map * to;
        flops += 2 * cells * (9 * from + 9 * to + from);
        kept += 8 * cells;
      }
      return { flops, kept: kept + last * pool * pool, largest: stem };
    },
  };
}

/** One convolution: its channels, the side of its kernel, and how far it shrinks the map. */
interface Convolution {
  from: number;
  to: number;
  kernel: number;
  stride: 1 | 2;
  /** Beside the main path: reads the block's input. */
  shortcut?: true;
}

/** Costs of convolutions one after the other, each with a batch norm; the last map is averaged to a vector. */
function stackCost(layers: readonly Convolution[], parameters: number, pooled: boolean): NetworkCost {
  const features = (layers.filter(({ shortcut }) => !shortcut).at(-1) as Convolution).to;
  return {
    parameters,
    largestWeight: Math.max(...layers.map(({ from, to, kernel }) => from * to * kernel * kernel)),
    featureDim: features,
    pass: (side) => {
      let [map, before, flops, kept, largest] = [side, side, 0, 0, 0];
      for (const [i, { from, to, kernel, stride, shortcut }] of layers.entries()) {
        const input = shortcut ? before : map;
        const out = stride === 2 ? halved(input) : input;
        const cells = out * out * to;
        flops += 2 * cells * from * kernel * kernel;
        // Convolution out, normalised, rectified.
        kept += 3 * cells;
        largest = Math.max(largest, cells);
        if (shortcut) continue;
        // A block's first convolution reads what its shortcut reads.
        before = map;
        map = i === 0 && pooled ? halved(out) : out;
      }
      return { flops, kept: kept + features, largest };
    },
  };
}

/** Blocks in each stage of a ResNet. */
const resnetBlocks = { 18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3] } as const;

/** torchvision's ResNet with any first width. Shortcuts that change the shape come first in their block. */
export function resnetCost(recipe: ResnetFields): NetworkCost {
  const { resnet_depth: depth, resnet_width: width, resnet_stem: stem } = recipe;
  const large = stem === 'imagenet';
  const layers: Convolution[] = [{ from: 3, to: width, kernel: large ? 7 : 3, stride: large ? 2 : 1 }];
  const expansion = depth === 50 ? 4 : 1;
  let from = width;
  resnetBlocks[depth].forEach((blocks, stage) => {
    const inner = width * 2 ** stage;
    const to = inner * expansion;
    for (let block = 0; block < blocks; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const main: Convolution[] =
        depth === 50
          ? [
              { from, to: inner, kernel: 1, stride: 1 },
              { from: inner, to: inner, kernel: 3, stride },
              { from: inner, to, kernel: 1, stride: 1 },
            ]
          : [
              { from, to, kernel: 3, stride },
              { from: to, to, kernel: 3, stride: 1 },
            ];
      const [first, ...rest] = main as [Convolution, ...Convolution[]];
      layers.push(first);
      if (stride === 2 || from !== to) layers.push({ from, to, kernel: 1, stride, shortcut: true });
      layers.push(...rest);
      from = to;
    }
  });
  const parameters = layers.reduce((sum, { from, to, kernel }) => sum + from * to * kernel ** 2 + 2 * to, 0);
  return stackCost(layers, parameters, large);
}

/** The official PAWS Wide-ResNet: convolutions have biases, batch norm comes before them. */
export function wideResnetCost({ wrn_depth: depth, wrn_widen: widen }: WideResnetFields): NetworkCost {
  const layers: Convolution[] = [{ from: 3, to: 16, kernel: 3, stride: 1 }];
  let from = 16;
  let norms = 0;
  for (const [stage, base] of [16, 32, 64].entries()) {
    const to = base * widen;
    for (let block = 0; block < (depth - 4) / 6; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      layers.push({ from, to, kernel: 3, stride: 1 });
      if (stride === 2 || from !== to) layers.push({ from, to, kernel: 1, stride, shortcut: true });
      layers.push({ from: to, to, kernel: 3, stride });
      norms += 2 * (from + to);
      from = to;
    }
  }
  norms += 2 * from;
  const weights = layers.reduce((sum, { from, to, kernel }) => sum + from * to * kernel ** 2 + to, 0);
  return stackCost(layers, weights + norms, false);
}

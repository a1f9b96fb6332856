/**
 * ResNet 18, 34 and 50 (He et al. 2016) as in torchvision (resnet.py) and the official PAWS (src/resnet.py of
 * facebookresearch/suncet): no bias on convolutions, the stride of a bottleneck on its 3 × 3 convolution, features
 * averaged over the last map. Official names and initialisation (normal, σ = √(2 / fan-out)).
 *
 * The `small` stem, one 3 × 3 convolution of stride 1 without max-pool, keeps small pictures from vanishing.
 */
import * as tf from '@tensorflow/tfjs-core';
import { maxPool } from '../engine/kernels/maxPool';
import { poolToGrid } from '../engine/kernels/pool';
import { batchNormSpecs } from './batchNorm';
import { layersOf } from './convnet';
import type { ParameterSpec, Reader } from './parameters';
import type { TrunkOptions } from './viewBatch';

export interface ResnetConfig {
  block: 'basic' | 'bottleneck';
  /** Blocks of each stage. */
  layers: readonly number[];
  /** Channels of the first stage, officially 64; every later stage doubles them. */
  width: number;
  stem: 'imagenet' | 'small';
}

/** The official networks by their depth. */
const DEPTHS = {
  18: { block: 'basic', layers: [2, 2, 2, 2] },
  34: { block: 'basic', layers: [3, 4, 6, 3] },
  50: { block: 'bottleneck', layers: [3, 4, 6, 3] },
} as const;

export type ResnetDepth = keyof typeof DEPTHS;

export function resnetConfig(depth: ResnetDepth, width: number, stem: ResnetConfig['stem']): ResnetConfig {
  return { ...DEPTHS[depth], width, stem };
}

/** Outputs of a block as a multiple of its inner channels. */
const EXPANSION = { basic: 1, bottleneck: 4 } as const;

interface Block {
  /** Its name in the state dict. */
  at: string;
  inputs: number;
  inner: number;
  outputs: number;
  stride: number;
  /** Whether the shortcut needs a convolution, because the block's output has another shape than its input. */
  reshapes: boolean;
}

function blocksOf({ block, layers, width }: ResnetConfig): Block[] {
  let inputs = width;
  return layers.flatMap((count, stage) =>
    Array.from({ length: count }, (_, i): Block => {
      const inner = width * 2 ** stage;
      const outputs = inner * EXPANSION[block];
      const stride = stage > 0 && i === 0 ? 2 : 1;
      const reshapes = stride > 1 || inputs !== outputs;
      const described = { at: `layer${stage + 1}.${i}`, inputs, inner, outputs, stride, reshapes };
      inputs = outputs;
      return described;
    }),
  );
}

export function resnetFeatureDim(config: ResnetConfig): number {
  return config.width * 2 ** (config.layers.length - 1) * EXPANSION[config.block];
}

/** The parameters in official order, without the classifier. */
export function resnetParameters(config: ResnetConfig): ParameterSpec[] {
  const conv = (name: string, outputs: number, inputs: number, side: number): ParameterSpec => ({
    name: `${name}.weight`,
    shape: [outputs, inputs, side, side],
    init: { kind: 'normal', std: Math.sqrt(2 / (outputs * side * side)) },
  });
  const both = (at: string, i: number, outputs: number, inputs: number, side: number) => [
    conv(`${at}conv${i}`, outputs, inputs, side),
    ...batchNormSpecs(`${at}bn${i}`, outputs),
  ];
  const { block, width, stem } = config;
  const blocks = blocksOf(config).flatMap(({ at, inputs, inner, outputs, reshapes }) => [
    ...(block === 'basic'
      ? [...both(`${at}.`, 1, inner, inputs, 3), ...both(`${at}.`, 2, inner, inner, 3)]
      : [
          ...both(`${at}.`, 1, inner, inputs, 1),
          ...both(`${at}.`, 2, inner, inner, 3),
          ...both(`${at}.`, 3, outputs, inner, 1),
        ]),
    ...(reshapes
      ? [conv(`${at}.downsample.0`, outputs, inputs, 1), ...batchNormSpecs(`${at}.downsample.1`, outputs)]
      : []),
  ]);
  return [...both('', 1, width, 3, stem === 'imagenet' ? 7 : 3), ...blocks];
}

/** Images [B, 3, H, W] → features [B, resnetFeatureDim]. */
export function resnetForward(
  read: Reader,
  config: ResnetConfig,
  images: tf.Tensor,
  options: TrunkOptions,
): tf.Tensor {
  const { conv, norm } = layersOf(read, options);
  const { inputGradient = false } = options;
  const imagenet = config.stem === 'imagenet';
  const stem = imagenet ? { stride: 2, padding: 3, inputGradient } : { padding: 1, inputGradient };
  let x = norm(conv(images, 'conv1', stem), 'bn1', { relu: true });
  if (imagenet) x = maxPool(x, { side: 3, stride: 2, padding: 1 });
  for (const { at, stride, reshapes } of blocksOf(config)) {
    const shortcut = reshapes ? norm(conv(x, `${at}.downsample.0`, { stride }), `${at}.downsample.1`) : x;
    const ends = { relu: true, residual: shortcut };
    if (config.block === 'basic') {
      const first = norm(conv(x, `${at}.conv1`, { stride, padding: 1 }), `${at}.bn1`, { relu: true });
      x = norm(conv(first, `${at}.conv2`, { padding: 1 }), `${at}.bn2`, ends);
    } else {
      const first = norm(conv(x, `${at}.conv1`), `${at}.bn1`, { relu: true });
      const second = norm(conv(first, `${at}.conv2`, { stride, padding: 1 }), `${at}.bn2`, { relu: true });
      x = norm(conv(second, `${at}.conv3`), `${at}.bn3`, ends);
    }
  }
  return tf.reshape(poolToGrid(x, 1), [x.shape[0] as number, resnetFeatureDim(config)]);
}

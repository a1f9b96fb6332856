/**
 * Wide ResNet (Zagoruyko & Komodakis 2016) as in the official PAWS (src/wide_resnet.py of facebookresearch/suncet):
 * batch norm and ReLU come before each convolution, every convolution has a bias, a block's stride is on its second
 * convolution, its shortcut starts from the raw input, and the last batch norm takes 0.99 of each new batch into its
 * running statistics. Official names; torch's default initialisation. Without dropout: the class's default is 0.3, but
 * the official training (`init_model` of src/paws_train.py) builds it with 0.
 *
 * All convolution biases, and they alone, cannot change what comes out in training mode: a batch norm follows on every
 * path, and shortcuts carry a constant on as one. Their gradient is zero.
 */
import * as tf from '@tensorflow/tfjs-core';
import { poolToGrid } from '../engine/kernels/pool';
import { batchNormSpecs } from './batchNorm';
import { layersOf } from './convnet';
import { convolutionInit, type ParameterSpec, type Reader } from './parameters';
import type { TrunkOptions } from './viewBatch';

export interface WideResnetConfig {
  /** Convolutions in all, 6 n + 4: three stages of n blocks. */
  depth: number;
  /** The stages have 16, 32 and 64 channels times this. */
  widen: number;
}

/** Channels after the first convolution. */
const STEM = 16;
/** Share of a new batch in the running statistics of the last batch norm. */
export const LAST_MOMENTUM = 0.99;

interface Block {
  /** Its name in the state dict. */
  at: string;
  inputs: number;
  outputs: number;
  stride: number;
  /** Whether the shortcut is a convolution. */
  reshapes: boolean;
}

function blocksOf({ depth, widen }: WideResnetConfig): Block[] {
  let inputs = STEM;
  return [1, 2, 3].flatMap((stage) =>
    Array.from({ length: (depth - 4) / 6 }, (_, i): Block => {
      const outputs = STEM * widen * 2 ** (stage - 1);
      const stride = stage > 1 && i === 0 ? 2 : 1;
      const described = {
        at: `layer${stage}.${i}`,
        inputs,
        outputs,
        stride,
        reshapes: stride > 1 || inputs !== outputs,
      };
      inputs = outputs;
      return described;
    }),
  );
}

export function wideResnetFeatureDim({ widen }: WideResnetConfig): number {
  return 4 * STEM * widen;
}

/** The parameters in official order. */
export function wideResnetParameters(config: WideResnetConfig): ParameterSpec[] {
  const conv = (name: string, outputs: number, inputs: number, side: number): ParameterSpec[] => {
    const init = convolutionInit(inputs * side * side);
    return [
      { name: `${name}.weight`, shape: [outputs, inputs, side, side], init },
      { name: `${name}.bias`, shape: [outputs], init },
    ];
  };
  const blocks = blocksOf(config).flatMap(({ at, inputs, outputs, reshapes }) => [
    ...batchNormSpecs(`${at}.bn1`, inputs),
    ...conv(`${at}.conv1`, outputs, inputs, 3),
    ...batchNormSpecs(`${at}.bn2`, outputs),
    ...conv(`${at}.conv2`, outputs, outputs, 3),
    ...(reshapes ? conv(`${at}.shortcut.0`, outputs, inputs, 1) : []),
  ]);
  return [...conv('conv1', STEM, 3, 3), ...blocks, ...batchNormSpecs('bn1', wideResnetFeatureDim(config))];
}

/** Names of the convolution biases, whose gradient is zero in training mode. */
export function wideResnetBiases(config: WideResnetConfig): string[] {
  return wideResnetParameters(config).flatMap(({ name }) =>
    /(conv\d|shortcut\.0)\.bias$/.test(name) ? name : [],
  );
}

/**
 * Images [B, 3, H, W] → features [B, wideResnetFeatureDim]. In training mode it gives no gradient of the convolutions'
 * biases: `withZeroGradient` is for them.
 */
export function wideResnetForward(
  read: Reader,
  config: WideResnetConfig,
  images: tf.Tensor,
  options: TrunkOptions,
): tf.Tensor {
  const { biasedConv: conv, norm } = layersOf(read, options);
  let x = conv(images, 'conv1', { padding: 1, inputGradient: options.inputGradient ?? false });
  for (const { at, stride, reshapes } of blocksOf(config)) {
    const active = norm(x, `${at}.bn1`, { relu: true });
    const inner = norm(conv(active, `${at}.conv1`, { padding: 1 }), `${at}.bn2`, { relu: true });
    const residual = reshapes ? conv(x, `${at}.shortcut.0`, { stride }) : x;
    x = conv(inner, `${at}.conv2`, { stride, padding: 1, residual });
  }
  const last = norm(x, 'bn1', { relu: true, own: LAST_MOMENTUM });
  return tf.reshape(poolToGrid(last, 1), [x.shape[0] as number, wideResnetFeatureDim(config)]);
}

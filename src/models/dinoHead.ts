/**
 * DINO projection head (DINOHead of the official vision_transformer.py): an MLP with exact GELU, L2
 * normalisation of the bottleneck, and a last layer whose weights are normalised per output row,
 * W = g · v / ‖v‖, without bias.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { batchNorm } from '../engine/kernels/batchNorm';
import { gelu } from '../engine/kernels/gelu';
import { l2Normalise } from '../engine/kernels/l2Norm';
import { linear } from '../engine/kernels/linear';
import { perceptron } from '../engine/kernels/perceptron';
import { batchNormSpecs, batchNormState } from './batchNorm';
import { type InitScheme, linearInit, ones, type ParameterSpec, type Reader, zeros } from './parameters';

export interface DinoHeadConfig {
  inDim: number;
  outDim: number;
  hiddenDim: number;
  bottleneckDim: number;
  nLayers: number;
  useBatchNorm: boolean;
  /** True keeps the gains g of the last layer at 1. */
  normLastLayer: boolean;
}

/** Names of the MLP's layers as torch.nn.Sequential numbers them; a single layer has no number. */
function layerNames({
  nLayers,
  useBatchNorm,
}: DinoHeadConfig): Array<{ linear: string; norm: string | null }> {
  if (nLayers === 1) return [{ linear: 'mlp', norm: null }];
  const stride = useBatchNorm ? 3 : 2;
  return Array.from({ length: nLayers }, (_, i) => ({
    linear: `mlp.${stride * i}`,
    norm: useBatchNorm && i < nLayers - 1 ? `mlp.${stride * i + 1}` : null,
  }));
}

/** The head's parameters in official order. */
export function dinoHeadParameters(config: DinoHeadConfig, scheme: InitScheme): ParameterSpec[] {
  const layers = layerNames(config);
  const mlp = layers.flatMap(({ linear: name, norm }, i): ParameterSpec[] => {
    const inputs = i === 0 ? config.inDim : config.hiddenDim;
    const outputs = i === layers.length - 1 ? config.bottleneckDim : config.hiddenDim;
    return [
      { name: `${name}.weight`, shape: [outputs, inputs], init: linearInit(scheme, inputs) },
      { name: `${name}.bias`, shape: [outputs], init: zeros },
      ...(norm ? batchNormSpecs(norm, outputs) : []),
    ];
  });
  const { outDim, bottleneckDim } = config;
  return [
    ...mlp,
    {
      name: 'last_layer.weight_g',
      shape: [outDim, 1],
      init: ones,
      kind: config.normLastLayer ? 'frozen' : 'trained',
    },
    {
      name: 'last_layer.weight_v',
      shape: [outDim, bottleneckDim],
      init: { kind: 'uniform', bound: bottleneckDim ** -0.5 },
    },
  ];
}

/** The effective last layer g · v / ‖v‖: [outDim, bottleneckDim]. */
export function lastLayerWeight(read: Reader): tf.Tensor {
  return l2Normalise(read('last_layer.weight_v'), 1e-30, read('last_layer.weight_g'));
}

/** The MLP's output before L2 normalisation: [B, bottleneckDim]. */
export function dinoHeadBottleneck(read: Reader, config: DinoHeadConfig, features: tf.Tensor): tf.Tensor {
  const layers = layerNames(config);
  if (!config.useBatchNorm) {
    return perceptron(features, {
      weights: layers.map(({ linear: name }) => read(`${name}.weight`)),
      biases: layers.map(({ linear: name }) => read(`${name}.bias`)),
    });
  }
  let x = features;
  layers.forEach(({ linear: name, norm }, i) => {
    x = linear(x, read(`${name}.weight`), read(`${name}.bias`));
    if (i === layers.length - 1) return;
    if (norm) x = batchNorm(x, batchNormState(read, norm), { mode: 'train' });
    x = gelu(x);
  });
  return x;
}

/** Features [B, inDim] → logits [B, outDim]. Batch norm, when used, is in training mode as in the official loop. */
export function dinoHeadForward(read: Reader, config: DinoHeadConfig, features: tf.Tensor): tf.Tensor {
  return linear(l2Normalise(dinoHeadBottleneck(read, config, features)), lastLayerWeight(read), null);
}

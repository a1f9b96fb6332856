/** SwAV's projection head (Caron et al. 2020, appendix A): linear, batch norm, ReLU, linear. */
import type * as tf from '@tensorflow/tfjs-core';
import { batchNorm } from '../../engine/kernels/batchNorm';
import { linear } from '../../engine/kernels/linear';
import { batchNormSpecs, batchNormState } from '../../models/batchNorm';
import { convolutionInit, type ParameterSpec, type Reader } from '../../models/parameters';
import type { TrunkOptions } from '../../models/trunk';

export interface SwavHeadConfig {
  inDim: number;
  hiddenDim: number;
  outDim: number;
}

/** The head's parameters, initialised as PyTorch does a linear layer. */
export function swavHeadParameters({ inDim, hiddenDim, outDim }: SwavHeadConfig): ParameterSpec[] {
  const layer = (name: string, inputs: number, outputs: number): ParameterSpec[] => [
    { name: `${name}.weight`, shape: [outputs, inputs], init: convolutionInit(inputs) },
    { name: `${name}.bias`, shape: [outputs], init: convolutionInit(inputs) },
  ];
  return [
    ...layer('fc1', inDim, hiddenDim),
    ...batchNormSpecs('bn1', hiddenDim),
    ...layer('fc2', hiddenDim, outDim),
  ];
}

/** Features [B, inDim] → embeddings [B, outDim], of any length. */
export function swavHeadForward(
  read: Reader,
  features: tf.Tensor,
  { mode, batchNormMomentum: momentum = 0.1 }: TrunkOptions,
): tf.Tensor {
  const hidden = linear(features, read('fc1.weight'), read('fc1.bias'));
  const active = batchNorm(hidden, batchNormState(read, 'bn1'), { mode, momentum, relu: true });
  return linear(active, read('fc2.weight'), read('fc2.bias'));
}

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

/** The head's parameters, initialised as PyTorch does a linear layer; what batch norm subtracts again is left out. */
export function swavHeadParameters({ inDim, hiddenDim, outDim }: SwavHeadConfig): ParameterSpec[] {
  return [
    { name: 'fc1.weight', shape: [hiddenDim, inDim], init: convolutionInit(inDim) },
    ...batchNormSpecs('bn1', hiddenDim),
    { name: 'fc2.weight', shape: [outDim, hiddenDim], init: convolutionInit(hiddenDim) },
    { name: 'fc2.bias', shape: [outDim], init: convolutionInit(hiddenDim) },
  ];
}

/** Features [B, inDim] → embeddings [B, outDim], of any length. */
export function swavHeadForward(
  read: Reader,
  features: tf.Tensor,
  { mode, batchNormMomentum: momentum = 0.1 }: TrunkOptions,
): tf.Tensor {
  const hidden = linear(features, read('fc1.weight'), null);
  const active = batchNorm(hidden, batchNormState(read, 'bn1'), { mode, momentum, relu: true });
  return linear(active, read('fc2.weight'), read('fc2.bias'));
}

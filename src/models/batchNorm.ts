/** Parameters and running statistics of one batch norm, under torch's names. */
import type { BatchNormState } from '../engine/kernels/batchNorm';
import { ones, type ParameterSpec, type Reader, zeros } from './parameters';

export function batchNormSpecs(name: string, channels: number): ParameterSpec[] {
  const shape = [channels];
  return [
    { name: `${name}.weight`, shape, init: ones },
    { name: `${name}.bias`, shape, init: zeros },
    { name: `${name}.running_mean`, shape, init: zeros, kind: 'buffer' },
    { name: `${name}.running_var`, shape, init: ones, kind: 'buffer' },
  ];
}

export function batchNormState(read: Reader, name: string): BatchNormState {
  return {
    weight: read(`${name}.weight`),
    bias: read(`${name}.bias`),
    runningMean: read(`${name}.running_mean`),
    runningVar: read(`${name}.running_var`),
  };
}

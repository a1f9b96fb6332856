/** The trunks of the workloads in plain tfjs. */
import type * as tf from '@tensorflow/tfjs-core';
import type { TrunkConfig } from '../../workloads/problem';
import { cnnFeatures } from './cnn';
import type { Weights } from './layers';
import { vitFeatures } from './vit';

/** Whether this peer has that trunk. */
export const hasTrunk = ({ kind }: TrunkConfig): boolean => kind !== 'wide_resnet';

/** Features of pictures [B, S, S, 3]. */
export function trunkFeatures(weights: Weights, trunk: TrunkConfig, crops: tf.Tensor4D): tf.Tensor2D {
  if (trunk.kind === 'vit') return vitFeatures(weights, trunk.config, crops);
  if (trunk.kind === 'cnn') return cnnFeatures(weights, trunk.config, crops);
  throw new Error(`The peer has no ${trunk.kind}.`);
}

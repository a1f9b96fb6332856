/** The trunks of the workloads in jax-js. */
import type { numpy as np } from '@jax-js/jax';
import type { TrunkConfig } from '../../workloads/problem';
import { cnnFeatures } from './cnn';
import type { Tree, Weights } from './layers';
import { vitFeatures } from './vit';

/** Whether this peer has that trunk. */
export const hasTrunk = ({ kind }: TrunkConfig): boolean => kind !== 'wide_resnet';

/** Features of pictures [B, 3, S, S]; what batch norm saw goes into `statistics`. */
export function trunkFeatures(
  weights: Weights,
  trunk: TrunkConfig,
  crops: np.Array,
  statistics: Tree,
): np.Array {
  if (trunk.kind === 'vit') return vitFeatures(weights, trunk.config, crops);
  if (trunk.kind === 'cnn') return cnnFeatures(weights, trunk.config, crops, statistics);
  throw new Error(`The peer has no ${trunk.kind}.`);
}

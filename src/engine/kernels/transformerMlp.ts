/**
 * The MLP branch of a pre-norm transformer block, as one operation with its own gradient:
 *
 *   y = x + s · fc2(gelu(fc1(LayerNorm(x))))
 *
 * over the rows of all images at once. Three dispatches forward: what follows a product is done where it is made.
 */
import * as tf from '@tensorflow/tfjs-core';
import { webgpu } from '../backend';
import { fused } from './fused';
import { geluComposed } from './gelu';
import { layerNormComposed, layerNormForward, layerNormGradient, layerNormWeightGradient } from './layerNorm';
import { linearComposed, linearWeightGradient } from './linear';
import { backThroughWeight, timesWeight } from './product';
import { scaleRows } from './rowScale';

export interface MlpParameters {
  normWeight: tf.Tensor;
  normBias: tf.Tensor;
  /** [hidden, width] and [hidden] */
  fc1Weight: tf.Tensor;
  fc1Bias: tf.Tensor;
  /** [width, hidden] and [width] */
  fc2Weight: tf.Tensor;
  fc2Bias: tf.Tensor;
}

export interface BranchOptions {
  /** Of the layer norm. */
  epsilon: number;
  /** A factor for each row of the branch (stochastic depth); no gradient. */
  rowScale?: tf.Tensor | undefined;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function mlpBranchComposed(
  x: tf.Tensor,
  p: MlpParameters,
  { epsilon, rowScale }: BranchOptions,
): tf.Tensor {
  const normal = layerNormComposed(x, p.normWeight, p.normBias, epsilon);
  const hidden = geluComposed(linearComposed(normal, p.fc1Weight, p.fc1Bias));
  const branch = linearComposed(hidden, p.fc2Weight, p.fc2Bias);
  return tf.add(x, rowScale ? tf.mul(branch, tf.reshape(rowScale, [-1, 1])) : branch);
}

/** x [rows, width] → same shape. */
export function mlpBranch(x: tf.Tensor, parameters: MlpParameters, options: BranchOptions): tf.Tensor {
  const backend = webgpu();
  if (!backend) return mlpBranchComposed(x, parameters, options);
  const { epsilon, rowScale } = options;
  const [hidden, width] = parameters.fc1Weight.shape as [number, number];
  const rows = x.size / width;
  return fused(
    { x, ...parameters },
    (p) => {
      const { normal, statistics } = layerNormForward(p.x, p.normWeight, p.normBias, epsilon);
      const before = backend.allocate([rows, hidden]);
      const active = timesWeight(normal, p.fc1Weight, { bias: p.fc1Bias, keep: before, activation: 'gelu' });
      const value = timesWeight(active, p.fc2Weight, {
        bias: p.fc2Bias,
        residual: p.x,
        ...(rowScale ? { rowScale } : {}),
      });
      return { value, saved: { ...p, statistics, normal, before, active, rowScale } };
    },
    (dy, s) => {
      const dBranch = s.rowScale ? scaleRows(dy, s.rowScale) : dy;
      const dBefore = backThroughWeight(dBranch, s.fc2Weight, { geluGradientOf: s.before });
      const dNormal = backThroughWeight(dBefore, s.fc1Weight);
      const [normWeight, normBias] = layerNormWeightGradient(s.x, s.statistics, dNormal);
      const [fc1Weight, fc1Bias] = linearWeightGradient(dBefore, s.normal, rows, hidden, width, true);
      const [fc2Weight, fc2Bias] = linearWeightGradient(dBranch, s.active, rows, width, hidden, true);
      const dx = layerNormGradient(backend, s, dNormal, dy);
      return { x: dx, normWeight, normBias, fc1Weight, fc1Bias, fc2Weight, fc2Bias };
    },
  );
}

/**
 * Batch normalisation with running statistics (Ioffe & Szegedy 2015; torch.nn.BatchNorm1d/2d), and what follows it
 * in a residual network: the sum with a shortcut, ReLU (He et al. 2016).
 *
 * In training it normalises with the batch's biased variance and stores the unbiased one; running statistics
 * are state and are updated in place. x is [B, C] or [B, C, H, W].
 */
import * as tf from '@tensorflow/tfjs-core';
import { webgpu } from '../backend';
import { batchStatistics, normalise, normaliseGradients, statisticsFrom } from './batchNormKernels';
import { fitsOneWalk, normaliseWhole, wholeGradients } from './batchNormWhole';
import { fused } from './fused';

export interface BatchNormState {
  /** Scale and shift, [C]. */
  weight: tf.Tensor;
  bias: tf.Tensor;
  /** State, [C]. */
  runningMean: tf.Variable;
  runningVar: tf.Variable;
}

export interface BatchNormOptions {
  /** `train`: batch statistics, running statistics updated. `eval`: running statistics. */
  mode: 'train' | 'eval';
  epsilon?: number;
  /** Share of the new batch in the running statistics. */
  momentum?: number;
  /** Added to the normalised x; as large. */
  residual?: tf.Tensor;
  /** Ends with ReLU. */
  relu?: boolean;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function batchNormComposed(x: tf.Tensor, state: BatchNormState, options: BatchNormOptions): tf.Tensor {
  const { mode, epsilon = 1e-5, momentum = 0.1, residual, relu = false } = options;
  const channels = x.shape[1] as number;
  const wide = x.rank === 4 ? [1, channels, 1, 1] : [1, channels];
  const axes = x.rank === 4 ? [0, 2, 3] : [0];
  let mean: tf.Tensor = state.runningMean;
  let variance: tf.Tensor = state.runningVar;
  if (mode === 'train') {
    ({ mean, variance } = tf.moments(x, axes));
    const n = x.size / channels;
    const keep = (old: tf.Variable, fresh: tf.Tensor) =>
      old.assign(tf.add(tf.mul(old, 1 - momentum), tf.mul(fresh, momentum)));
    keep(state.runningMean, mean);
    keep(state.runningVar, tf.mul(variance, n / Math.max(n - 1, 1)));
  }
  const normal = tf.mul(
    tf.sub(x, tf.reshape(mean, wide)),
    tf.rsqrt(tf.add(tf.reshape(variance, wide), epsilon)),
  );
  const scaled = tf.add(tf.mul(normal, tf.reshape(state.weight, wide)), tf.reshape(state.bias, wide));
  const sum = residual ? tf.add(scaled, residual) : scaled;
  return relu ? tf.relu(sum) : sum;
}

/** x [B, C] or [B, C, H, W] → same shape. */
export function batchNorm(x: tf.Tensor, state: BatchNormState, options: BatchNormOptions): tf.Tensor {
  const backend = webgpu();
  if (!backend) return batchNormComposed(x, state, options);
  const { mode, epsilon = 1e-5, momentum = 0.1, residual, relu = false } = options;
  const [batch, channels] = x.shape as [number, number];
  const planes = { batch, channels, pixels: x.size / batch / channels };
  const running = [state.runningMean, state.runningVar] as const;
  const training = mode === 'train';
  const whole = fitsOneWalk(planes);
  const inputs = { x, weight: state.weight, bias: state.bias, ...(residual ? { residual } : {}) };
  return fused(
    inputs as typeof inputs & { residual?: tf.Tensor },
    (given) => {
      if (training && whole) {
        const made = normaliseWhole(
          backend,
          given.x,
          given.weight,
          given.bias,
          given.residual,
          relu,
          planes,
          running,
          epsilon,
          momentum,
        );
        return {
          value: made.value,
          saved: { x: given.x, statistics: made.statistics, y: relu ? made.value : undefined },
        };
      }
      const statistics = training
        ? batchStatistics(backend, given.x, given.weight, planes, running, epsilon, momentum)
        : statisticsFrom(running, given.weight, channels, epsilon);
      const value = normalise(given.x, statistics, given.bias, given.residual, relu, planes);
      const saved = { x: given.x, statistics, y: relu ? value : undefined };
      return { value, saved };
    },
    (dy, { x: input, statistics, y }) => {
      const added = residual !== undefined;
      const gradients = whole ? wholeGradients : normaliseGradients;
      const { dx, dWeight, dBias, dResidual } = gradients(
        input,
        statistics,
        y,
        dy,
        added && relu,
        training,
        planes,
      );
      // Without ReLU, the gradient of the sum is that of both its parts.
      return {
        x: dx,
        weight: dWeight,
        bias: dBias,
        residual: dResidual ?? (added ? tf.clone(dy) : undefined),
      };
    },
  );
}

/**
 * Batch normalisation with running statistics (Ioffe & Szegedy 2015; torch.nn.BatchNorm1d/2d).
 *
 * In training it normalises with the batch's biased variance and stores the unbiased one; running statistics
 * are state and are updated in place. x is [B, C] or [B, C, H, W].
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, webgpu } from '../backend';
import { withGradient } from '../gradient';
import { defineKernel } from '../kernel';
import { sumLeading } from './gemm';

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
}

/** Mean and sum of squared deviations of one channel of one image. */
const partialStatistics = defineKernel({
  name: 'batch_norm_partial',
  reads: ['x'],
  writes: ['partial'],
  uniforms: ['pixels'],
  body: `
  let start = index * u.pixels;
  var mean = 0.0;
  for (var i = 0u; i < u.pixels; i++) { mean += x[start + i]; }
  mean /= f32(u.pixels);
  var squares = 0.0;
  for (var i = 0u; i < u.pixels; i++) { let d = x[start + i] - mean; squares += d * d; }
  partial[2u * index] = mean;
  partial[2u * index + 1u] = squares;`,
});

/** Merges the partial statistics of a channel over the batch (Chan et al. 1983): mean, 1/σ, unbiased variance. */
const mergeStatistics = defineKernel({
  name: 'batch_norm_merge',
  reads: ['partial'],
  writes: ['statistics'],
  uniforms: ['batch', 'pixels', 'epsilon:f32'],
  body: `
  var mean = 0.0;
  for (var b = 0u; b < u.batch; b++) { mean += partial[2u * (b * u.count + index)]; }
  mean /= f32(u.batch);
  var squares = 0.0;
  for (var b = 0u; b < u.batch; b++) {
    let at = 2u * (b * u.count + index);
    let d = partial[at] - mean;
    squares += partial[at + 1u] + f32(u.pixels) * d * d;
  }
  let n = f32(u.batch * u.pixels);
  statistics[3u * index] = mean;
  statistics[3u * index + 1u] = 1.0 / sqrt(squares / n + u.epsilon);
  statistics[3u * index + 2u] = squares / max(n - 1.0, 1.0);`,
});

const updateRunning = defineKernel({
  name: 'batch_norm_running',
  reads: ['statistics'],
  writes: ['mean', 'variance'],
  uniforms: ['momentum:f32'],
  body: `
  mean[index] = mix(mean[index], statistics[3u * index], u.momentum);
  variance[index] = mix(variance[index], statistics[3u * index + 2u], u.momentum);`,
});

const runningStatistics = defineKernel({
  name: 'batch_norm_from_running',
  reads: ['mean', 'variance'],
  writes: ['statistics'],
  uniforms: ['epsilon:f32'],
  body: `
  statistics[3u * index] = mean[index];
  statistics[3u * index + 1u] = 1.0 / sqrt(variance[index] + u.epsilon);
  statistics[3u * index + 2u] = variance[index];`,
});

const applyKernel = defineKernel({
  name: 'batch_norm_apply',
  reads: ['x', 'statistics', 'weight', 'bias'],
  writes: ['y'],
  uniforms: ['channels', 'pixels'],
  body: `
  let c = (index / u.pixels) % u.channels;
  y[index] = (x[index] - statistics[3u * c]) * statistics[3u * c + 1u] * weight[c] + bias[c];`,
});

/** Σ dy and Σ dy · x̂ of one channel of one image. */
const partialGradient = defineKernel({
  name: 'batch_norm_partial_gradient',
  reads: ['x', 'statistics', 'dy'],
  writes: ['partial'],
  uniforms: ['channels', 'pixels'],
  body: `
  let c = index % u.channels;
  let start = index * u.pixels;
  var sum = 0.0;
  var sumNormal = 0.0;
  for (var i = 0u; i < u.pixels; i++) {
    sum += dy[start + i];
    sumNormal += dy[start + i] * (x[start + i] - statistics[3u * c]) * statistics[3u * c + 1u];
  }
  let image = index / u.channels;
  partial[image * 2u * u.channels + c] = sum;
  partial[image * 2u * u.channels + u.channels + c] = sumNormal;`,
});

const gradientKernel = defineKernel({
  name: 'batch_norm_gradient',
  reads: ['x', 'statistics', 'weight', 'dy', 'sums'],
  writes: ['dx'],
  uniforms: ['channels', 'pixels', 'batch', 'training'],
  body: `
  let c = (index / u.pixels) % u.channels;
  let scale = statistics[3u * c + 1u];
  var centred = dy[index];
  if (u.training == 1u) {
    let n = f32(u.batch * u.pixels);
    let normal = (x[index] - statistics[3u * c]) * scale;
    centred -= (sums[c] + normal * sums[u.channels + c]) / n;
  }
  dx[index] = weight[c] * scale * centred;`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function batchNormComposed(x: tf.Tensor, state: BatchNormState, options: BatchNormOptions): tf.Tensor {
  const { mode, epsilon = 1e-5, momentum = 0.1 } = options;
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
  return tf.add(tf.mul(normal, tf.reshape(state.weight, wide)), tf.reshape(state.bias, wide));
}

/** x [B, C] or [B, C, H, W] → same shape. */
export function batchNorm(x: tf.Tensor, state: BatchNormState, options: BatchNormOptions): tf.Tensor {
  const backend = webgpu();
  if (!backend) return batchNormComposed(x, state, options);
  const { mode, epsilon = 1e-5, momentum = 0.1 } = options;
  const [batch, channels] = x.shape as [number, number];
  const pixels = x.size / batch / channels;
  const sizes = { channels, pixels };
  const statistics = tf.tidy(() => {
    if (mode === 'eval') {
      return computeOne(
        runningStatistics,
        [state.runningMean, state.runningVar],
        [channels, 3],
        { epsilon },
        channels,
      );
    }
    const partial = computeOne(partialStatistics, [x], [batch, channels, 2], { pixels }, batch * channels);
    const merged = computeOne(
      mergeStatistics,
      [partial],
      [channels, 3],
      { batch, pixels, epsilon },
      channels,
    );
    backend.dispatch(updateRunning, [merged], [state.runningMean, state.runningVar], { momentum }, channels);
    return merged;
  });
  return withGradient([x, state.weight, state.bias], (inputs, save) => {
    const [input, weight, bias] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
    const value = computeOne(applyKernel, [input, statistics, weight, bias], x.shape, sizes, x.size);
    save([input, statistics, weight]);
    const gradient = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [xs, stats, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const partial = computeOne(
        partialGradient,
        [xs, stats, dy],
        [batch, 2, channels],
        sizes,
        batch * channels,
      );
      const sums = sumLeading(partial, batch, [2, channels]);
      const training = mode === 'train' ? 1 : 0;
      const dx = computeOne(
        gradientKernel,
        [xs, stats, scale, dy, sums],
        x.shape,
        { ...sizes, batch, training },
        x.size,
      );
      const [dBias, dWeight] = tf.unstack(sums);
      return [dx, dWeight as tf.Tensor, dBias as tf.Tensor];
    };
    return { value, gradient };
  });
}

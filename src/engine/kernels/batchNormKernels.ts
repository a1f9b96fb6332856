/**
 * The kernels of batch normalisation: batch statistics, the normalised value with what follows it (a residual sum,
 * ReLU), and the gradients. All walk the planes of a channel (`planes`); every sum has a fixed order.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, type PawsaurBackend } from '../backend';
import { defineKernel, type Kernel } from '../kernel';
import { addLanes, eachPixel, PLANE_UNIFORMS, type Planes, planeGroup, planeWalk } from './planes';

/** What follows the normalisation. */
export interface Following {
  relu: boolean;
  residual: boolean;
}

/** Builds a kernel when it is first asked for, once for what follows the normalisation. */
export function lazily<T extends Following | boolean>(
  build: (following: T) => Kernel,
): (following: T) => Kernel {
  const built = new Map<string, Kernel>();
  return (following) => {
    const key = JSON.stringify(following);
    const kernel = built.get(key) ?? build(following);
    built.set(key, kernel);
    return kernel;
  };
}

/** Count, mean and sum of squared deviations of two sets together (Chan et al. 1983). */
const merge = `
fn merge(a: vec3f, b: vec3f) -> vec3f {
  let n = a.x + b.x;
  let d = b.y - a.y;
  let share = b.x / max(n, 1.0);
  return vec3f(n, a.y + d * share, a.z + b.z + d * d * a.x * share);
}`;

export const statisticsDeclarations = `var<workgroup> lanes: array<vec3f, 64>;${merge}`;

/**
 * WGSL that leaves count, mean and squared deviations of the workgroup's elements in `lanes[0]`. Each lane counts
 * from its first element: where the mean is large beside the deviations, sums of plain squares would cancel.
 */
export const statisticsOfGroup = `
  var n = 0.0;
  var origin = 0.0;
  var sum = 0.0;
  var squares = 0.0;
  ${eachPixel(`
          let v = x[at];
          if (n == 0.0) { origin = v; }
          let d = v - origin;
          n += 1.0;
          sum += d;
          squares += d * d;`)}
  let share = sum / max(n, 1.0);
  lanes[lane] = vec3f(n, origin + share, max(squares - sum * share, 0.0));
  ${addLanes('lanes', 'merge')}`;

/** Count, mean and squared deviations of one channel over a slice of the images. */
const partialStatistics = defineKernel({
  name: 'batch_norm_partial',
  mode: 'groups',
  reads: ['x'],
  writes: ['partial'],
  uniforms: PLANE_UNIFORMS,
  declarations: statisticsDeclarations,
  body: `${planeGroup}
  ${statisticsOfGroup}
  if (lane == 0u) {
    let at = 3u * (slice * u.channels + channel);
    partial[at] = lanes[0].x;
    partial[at + 1u] = lanes[0].y;
    partial[at + 2u] = lanes[0].z;
  }`,
});

/** Merges the slices to [C, 3], mean, 1/σ and the weight, and moves the running statistics, with the unbiased variance. */
const mergeStatistics = defineKernel({
  name: 'batch_norm_merge',
  reads: ['partial', 'weight'],
  writes: ['statistics', 'runningMean', 'runningVar'],
  uniforms: ['slices', 'epsilon:f32', 'momentum:f32'],
  declarations: merge,
  body: `
  var all = vec3f(0.0);
  for (var s = 0u; s < u.slices; s++) {
    let at = 3u * (s * u.count + index);
    all = merge(all, vec3f(partial[at], partial[at + 1u], partial[at + 2u]));
  }
  statistics[3u * index] = all.y;
  statistics[3u * index + 1u] = 1.0 / sqrt(all.z / all.x + u.epsilon);
  statistics[3u * index + 2u] = weight[index];
  runningMean[index] = mix(runningMean[index], all.y, u.momentum);
  runningVar[index] = mix(runningVar[index], all.z / max(all.x - 1.0, 1.0), u.momentum);`,
});

const runningStatistics = defineKernel({
  name: 'batch_norm_from_running',
  reads: ['mean', 'variance', 'weight'],
  writes: ['statistics'],
  uniforms: ['epsilon:f32'],
  body: `
  statistics[3u * index] = mean[index];
  statistics[3u * index + 1u] = 1.0 / sqrt(variance[index] + u.epsilon);
  statistics[3u * index + 2u] = weight[index];`,
});

const applyKernel = lazily(({ relu, residual }: Following) => {
  const value = `(x[at] - mean) * scale + shift${residual ? ' + residual[at]' : ''}`;
  return defineKernel({
    name: `batch_norm_apply${residual ? '_residual' : ''}${relu ? '_relu' : ''}`,
    mode: 'groups',
    reads: ['x', 'statistics', 'bias', ...(residual ? ['residual'] : [])],
    writes: ['y'],
    uniforms: PLANE_UNIFORMS,
    body: `${planeGroup}
  let mean = statistics[3u * channel];
  let scale = statistics[3u * channel + 1u] * statistics[3u * channel + 2u];
  let shift = bias[channel];
  ${eachPixel(`y[at] = ${relu ? `max(${value}, 0.0)` : value};`)}`,
  });
});

/** dL/d the sum that ReLU cut off: zero where it gave zero. */
export const throughRelu = (relu: boolean) => (relu ? 'select(0.0, dy[at], y[at] > 0.0)' : 'dy[at]');

export const gradientDeclarations = `var<workgroup> lanes: array<vec2f, 64>;
fn sum(a: vec2f, b: vec2f) -> vec2f { return a + b; }`;

/** WGSL that leaves Σ g and Σ g · x̂ of the workgroup's elements in `lanes[0]`. */
export const gradientsOfGroup = (relu: boolean) => `
  var sums = vec2f(0.0);
  ${eachPixel(`
          let g = ${throughRelu(relu)};
          sums += vec2f(g, g * ((x[at] - mean) * inverse));`)}
  lanes[lane] = sums;
  ${addLanes('lanes', 'sum')}`;

/** Σ g and Σ g · x̂ of one channel over a slice of the images. */
const partialGradientKernel = lazily((relu: boolean) =>
  defineKernel({
    name: `batch_norm_partial_gradient${relu ? '_relu' : ''}`,
    mode: 'groups',
    reads: ['x', 'statistics', 'dy', ...(relu ? ['y'] : [])],
    writes: ['partial'],
    uniforms: PLANE_UNIFORMS,
    declarations: gradientDeclarations,
    body: `${planeGroup}
  let mean = statistics[3u * channel];
  let inverse = statistics[3u * channel + 1u];
  ${gradientsOfGroup(relu)}
  if (lane == 0u) {
    let at = 2u * (slice * u.channels + channel);
    partial[at] = lanes[0].x;
    partial[at + 1u] = lanes[0].y;
  }`,
  }),
);

const addGradients = defineKernel({
  name: 'batch_norm_add_gradients',
  reads: ['partial'],
  writes: ['dWeight', 'dBias'],
  uniforms: ['slices'],
  body: `
  var sums = vec2f(0.0);
  for (var s = 0u; s < u.slices; s++) {
    let at = 2u * (s * u.count + index);
    sums += vec2f(partial[at], partial[at + 1u]);
  }
  dBias[index] = sums.x;
  dWeight[index] = sums.y;`,
});

const gradientKernel = lazily(({ relu, residual }: Following) =>
  defineKernel({
    name: `batch_norm_gradient${residual ? '_residual' : ''}${relu ? '_relu' : ''}`,
    mode: 'groups',
    reads: ['x', 'statistics', 'dy', 'dWeight', 'dBias', ...(relu ? ['y'] : [])],
    writes: ['dx', ...(residual ? ['dResidual'] : [])],
    uniforms: [...PLANE_UNIFORMS, 'training'],
    body: `${planeGroup}
  let mean = statistics[3u * channel];
  let inverse = statistics[3u * channel + 1u];
  let scale = statistics[3u * channel + 2u] * inverse;
  // Constants in the gradient of the batch's own mean and variance; running statistics have none.
  let share = f32(u.training) / f32(u.batch * u.pixels);
  let meanGradient = dBias[channel] * share;
  let varianceGradient = dWeight[channel] * share * inverse;
  ${eachPixel(`
          let g = ${throughRelu(relu)};
          ${residual ? 'dResidual[at] = g;' : ''}
          dx[at] = scale * (g - meanGradient - (x[at] - mean) * varianceGradient);`)}`,
  }),
);

/** [C, 3]: the batch's mean and 1/σ, and the weight; the running statistics are moved. */
export function batchStatistics(
  backend: PawsaurBackend,
  x: tf.Tensor,
  weight: tf.TensorInfo,
  planes: Planes,
  running: readonly [tf.TensorInfo, tf.TensorInfo],
  epsilon: number,
  momentum: number,
): tf.Tensor {
  const { uniforms, slices, groups } = planeWalk(planes);
  const partial = computeOne(partialStatistics, [x], [slices, planes.channels, 3], uniforms, groups);
  const statistics = backend.allocate([planes.channels, 3]);
  const sizes = { slices, epsilon, momentum };
  backend.dispatch(mergeStatistics, [partial, weight], [statistics, ...running], sizes, planes.channels);
  partial.dispose();
  return statistics;
}

/** The running statistics in the same form. */
export function statisticsFrom(
  running: readonly [tf.TensorInfo, tf.TensorInfo],
  weight: tf.TensorInfo,
  channels: number,
  epsilon: number,
): tf.Tensor {
  return computeOne(runningStatistics, [...running, weight], [channels, 3], { epsilon }, channels);
}

/** relu?(weight · x̂ + bias + residual?) */
export function normalise(
  x: tf.Tensor,
  statistics: tf.Tensor,
  bias: tf.Tensor,
  residual: tf.Tensor | undefined,
  relu: boolean,
  planes: Planes,
): tf.Tensor {
  const { uniforms, groups } = planeWalk(planes);
  const kernel = applyKernel({ relu, residual: residual !== undefined });
  const reads = [x, statistics, bias, ...(residual ? [residual] : [])];
  return computeOne(kernel, reads, x.shape, uniforms, groups);
}

export interface Gradients {
  dx: tf.Tensor;
  dWeight: tf.Tensor;
  dBias: tf.Tensor;
  /** Where a residual was added. */
  dResidual: tf.Tensor | undefined;
}

/** @param y the value, when ReLU made it; else undefined */
export function normaliseGradients(
  x: tf.Tensor,
  statistics: tf.Tensor,
  y: tf.Tensor | undefined,
  dy: tf.Tensor,
  residual: boolean,
  training: boolean,
  planes: Planes,
): Gradients {
  const { uniforms, slices, groups } = planeWalk(planes);
  const { channels } = planes;
  const relu = y !== undefined;
  const value = y ? [y] : [];
  const partial = computeOne(
    partialGradientKernel(relu),
    [x, statistics, dy, ...value],
    [slices, channels, 2],
    uniforms,
    groups,
  );
  const [dWeight, dBias] = compute(
    addGradients,
    [partial],
    [[channels], [channels]],
    { slices },
    channels,
  ) as [tf.Tensor, tf.Tensor];
  const [dx, dResidual] = compute(
    gradientKernel({ relu, residual }),
    [x, statistics, dy, dWeight, dBias, ...value],
    residual ? [x.shape, x.shape] : [x.shape],
    { ...uniforms, training: training ? 1 : 0 },
    groups,
  );
  return { dx: dx as tf.Tensor, dWeight, dBias, dResidual };
}

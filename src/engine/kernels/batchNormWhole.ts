/**
 * Batch normalisation where one workgroup holds all of a channel, as behind the linear layers of a head: statistics and
 * value in one dispatch, and all gradients in another. Sums run in the order of `batchNormKernels.ts`.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { compute, type PawsaurBackend } from '../backend';
import { defineKernel } from '../kernel';
import {
  type Following,
  type Gradients,
  gradientDeclarations,
  gradientsOfGroup,
  lazily,
  statisticsDeclarations,
  statisticsOfGroup,
  throughRelu,
} from './batchNormKernels';
import { eachPixel, PLANE_UNIFORMS, type Planes, planeGroup, planeWalk } from './planes';

/** Whether each channel fits one workgroup. */
export const fitsOneWalk = (planes: Planes): boolean => planeWalk(planes).slices === 1;

const valueKernel = lazily(({ relu, residual }: Following) => {
  const value = `(x[at] - mean) * scale + shift${residual ? ' + residual[at]' : ''}`;
  return defineKernel({
    name: `batch_norm_whole${residual ? '_residual' : ''}${relu ? '_relu' : ''}`,
    mode: 'groups',
    reads: ['x', 'weight', 'bias', ...(residual ? ['residual'] : [])],
    writes: ['y', 'statistics', 'runningMean', 'runningVar'],
    uniforms: [...PLANE_UNIFORMS, 'epsilon:f32', 'momentum:f32'],
    declarations: statisticsDeclarations,
    body: `${planeGroup}
  ${statisticsOfGroup}
  workgroupBarrier();
  let all = lanes[0];
  let mean = all.y;
  let inverse = 1.0 / sqrt(all.z / all.x + u.epsilon);
  let scale = inverse * weight[channel];
  let shift = bias[channel];
  ${eachPixel(`y[at] = ${relu ? `max(${value}, 0.0)` : value};`)}
  if (lane == 0u) {
    statistics[3u * channel] = mean;
    statistics[3u * channel + 1u] = inverse;
    statistics[3u * channel + 2u] = weight[channel];
    runningMean[channel] = mix(runningMean[channel], mean, u.momentum);
    runningVar[channel] = mix(runningVar[channel], all.z / max(all.x - 1.0, 1.0), u.momentum);
  }`,
  });
});

const gradientKernel = lazily(({ relu, residual }: Following) =>
  defineKernel({
    name: `batch_norm_whole_gradient${residual ? '_residual' : ''}${relu ? '_relu' : ''}`,
    mode: 'groups',
    reads: ['x', 'statistics', 'dy', ...(relu ? ['y'] : [])],
    writes: ['dx', 'dWeight', 'dBias', ...(residual ? ['dResidual'] : [])],
    uniforms: [...PLANE_UNIFORMS, 'training'],
    declarations: gradientDeclarations,
    body: `${planeGroup}
  let mean = statistics[3u * channel];
  let inverse = statistics[3u * channel + 1u];
  let scale = statistics[3u * channel + 2u] * inverse;
  ${gradientsOfGroup(relu)}
  workgroupBarrier();
  let totals = lanes[0];
  // Constants in the gradient of the batch's own mean and variance; running statistics have none.
  let share = f32(u.training) / f32(u.batch * u.pixels);
  let meanGradient = totals.x * share;
  let varianceGradient = totals.y * share * inverse;
  ${eachPixel(`
          let g = ${throughRelu(relu)};
          ${residual ? 'dResidual[at] = g;' : ''}
          dx[at] = scale * (g - meanGradient - (x[at] - mean) * varianceGradient);`)}
  if (lane == 0u) {
    dBias[channel] = totals.x;
    dWeight[channel] = totals.y;
  }`,
  }),
);

/** The value in training mode, and [C, 3]: mean, 1/σ and the weight; the running statistics are moved. */
export function normaliseWhole(
  backend: PawsaurBackend,
  x: tf.Tensor,
  weight: tf.TensorInfo,
  bias: tf.TensorInfo,
  residual: tf.Tensor | undefined,
  relu: boolean,
  planes: Planes,
  running: readonly [tf.TensorInfo, tf.TensorInfo],
  epsilon: number,
  momentum: number,
): { value: tf.Tensor; statistics: tf.Tensor } {
  const { uniforms, groups } = planeWalk(planes);
  const value = backend.allocate(x.shape);
  const statistics = backend.allocate([planes.channels, 3]);
  backend.dispatch(
    valueKernel({ relu, residual: residual !== undefined }),
    [x, weight, bias, ...(residual ? [residual] : [])],
    [value, statistics, ...running],
    { ...uniforms, epsilon, momentum },
    groups,
  );
  return { value, statistics };
}

/** @param y the value, when ReLU made it; else undefined */
export function wholeGradients(
  x: tf.Tensor,
  statistics: tf.Tensor,
  y: tf.Tensor | undefined,
  dy: tf.Tensor,
  residual: boolean,
  training: boolean,
  planes: Planes,
): Gradients {
  const { uniforms, groups } = planeWalk(planes);
  const { channels } = planes;
  const [dx, dWeight, dBias, dResidual] = compute(
    gradientKernel({ relu: y !== undefined, residual }),
    [x, statistics, dy, ...(y ? [y] : [])],
    [x.shape, [channels], [channels], ...(residual ? [x.shape] : [])],
    { ...uniforms, training: training ? 1 : 0 },
    groups,
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor | undefined];
  return { dx, dWeight, dBias, dResidual };
}

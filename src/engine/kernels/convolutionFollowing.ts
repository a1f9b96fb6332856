/**
 * What follows a convolution y [B, O, H, W]: a bias for each output channel, the sum with a shortcut (He et al. 2016),
 * and the gradient of the bias.
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, type PawsaurBackend } from '../backend';
import { defineKernel } from '../kernel';
import { sumLeading } from './gemm';
import { addLanes, eachPixel, PLANE_UNIFORMS, planeGroup, planeWalk } from './planes';

export interface ConvolutionFollowing {
  /** [O], added to every pixel of its channel. */
  bias?: tf.TensorInfo | undefined;
  /** [B, O, H, W], added at the end. */
  residual?: tf.TensorInfo | undefined;
}

/** Bits of the uniform that tells a kernel what follows. */
export const FOLLOWING = { bias: 1, residual: 2 } as const;

export const followingFlags = ({ bias, residual }: ConvolutionFollowing) =>
  (bias ? FOLLOWING.bias : 0) | (residual ? FOLLOWING.residual : 0);

const addKernel = defineKernel({
  name: 'convolution_follow',
  mode: 'groups',
  reads: ['bias', 'residual'],
  writes: ['y'],
  uniforms: [...PLANE_UNIFORMS, 'following'],
  body: `${planeGroup}
  var shift = 0.0;
  if ((u.following & ${FOLLOWING.bias}u) != 0u) { shift = bias[channel]; }
  ${eachPixel(`
          var value = y[at] + shift;
          if ((u.following & ${FOLLOWING.residual}u) != 0u) { value += residual[at]; }
          y[at] = value;`)}`,
});

const planesOf = ([batch, channels, height, width]: readonly number[]) =>
  planeWalk({
    batch: batch as number,
    channels: channels as number,
    pixels: (height as number) * (width as number),
  });

/** Adds to y in place, for the kernels that do not do so themselves. */
export function addFollowing(backend: PawsaurBackend, y: tf.TensorInfo, following: ConvolutionFollowing) {
  const { bias, residual } = following;
  const given = bias ?? residual;
  if (!given) return;
  const { uniforms, groups } = planesOf(y.shape);
  // Every binding needs a buffer, also one that is not looked at.
  const reads = [bias ?? given, residual ?? given];
  backend.dispatch(addKernel, reads, [y], { ...uniforms, following: followingFlags(following) }, groups);
}

const sumKernel = defineKernel({
  name: 'convolution_bias_gradient',
  mode: 'groups',
  reads: ['dy'],
  writes: ['partial'],
  uniforms: PLANE_UNIFORMS,
  declarations: `var<workgroup> lanes: array<f32, 64>;
fn sum(a: f32, b: f32) -> f32 { return a + b; }`,
  body: `${planeGroup}
  var total = 0.0;
  ${eachPixel('total += dy[at];')}
  lanes[lane] = total;
  ${addLanes('lanes', 'sum')}
  if (lane == 0u) { partial[slice * u.channels + channel] = lanes[0]; }`,
});

/** dL/d bias: dy [B, O, H, W] summed over images and pixels, in a fixed order. */
export function biasGradient(dy: tf.Tensor): tf.Tensor {
  const channels = dy.shape[1] as number;
  const { uniforms, slices, groups } = planesOf(dy.shape);
  const partial = computeOne(sumKernel, [dy], [slices, channels], uniforms, groups);
  if (slices === 1) return tf.reshape(partial, [channels]);
  const total = sumLeading(partial, slices, [channels]);
  partial.dispose();
  return total;
}

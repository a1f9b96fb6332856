/** For tests of kernels: seeded inputs, and a kernel against its composed twin, value and every gradient. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { randomStream } from '../../platform/random';
import { readBack } from '../readback';

/** Draws normal tensors, the same ones in every run. */
export function normals(name: string): (shape: number[], scale?: number) => tf.Tensor {
  const rng = randomStream(7, name);
  return (shape, scale = 1) =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => scale * rng.normal()),
      shape,
    );
}

/** ‖a − b‖ / ‖b‖ */
export async function distance(a: tf.Tensor, b: tf.Tensor): Promise<number> {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [await readBack(a), await readBack(b)];
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < x.length; i++) {
    difference += ((x[i] as number) - (y[i] as number)) ** 2;
    norm += (y[i] as number) ** 2;
  }
  return Math.sqrt(difference / Math.max(norm, 1e-30));
}

type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Expects the value, and the gradient of every input through a random probe, to lie within `tolerance`. */
export async function expectTwins(
  kernel: Operation,
  twin: Operation,
  inputs: tf.Tensor[],
  tolerance = 1e-5,
): Promise<void> {
  const probe = normals('probe')(twin(...inputs).shape);
  const run = (operation: Operation) =>
    tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(operation(...xs), probe)))(inputs);
  expect(await distance(kernel(...inputs), twin(...inputs))).toBeLessThan(tolerance);
  const [ours, theirs] = [run(kernel), run(twin)];
  for (const [i, gradient] of ours.entries()) {
    expect(await distance(gradient, theirs[i] as tf.Tensor), `gradient of input ${i}`).toBeLessThan(
      tolerance,
    );
  }
}

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomStream } from '../../platform/random';
import { readBack, startEngine } from '../index';
import { gelu, geluComposed } from './gelu';
import { linear, linearComposed } from './linear';

/** Each kernel against its composed twin: value and every gradient, 1e-5 of the norm. */
type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

const rng = randomStream(7, 'kernel tests');
const normal = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal()),
    shape,
  );

async function distance(a: tf.Tensor, b: tf.Tensor): Promise<number> {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [await readBack(a), await readBack(b)];
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < x.length; i++) {
    difference += (x[i]! - y[i]!) ** 2;
    norm += y[i]! ** 2;
  }
  return Math.sqrt(difference / Math.max(norm, 1e-30));
}

async function expectTwins(kernel: Operation, twin: Operation, inputs: tf.Tensor[], tolerance = 1e-5) {
  const probe = normal(twin(...inputs).shape);
  const run = (operation: Operation) =>
    tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(operation(...xs), probe)))(inputs);
  expect(await distance(kernel(...inputs), twin(...inputs))).toBeLessThan(tolerance);
  const [ours, theirs] = [run(kernel), run(twin)];
  for (let i = 0; i < inputs.length; i++) {
    expect(await distance(ours[i]!, theirs[i]!), `gradient of input ${i}`).toBeLessThan(tolerance);
  }
}

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

describe('kernels against their composed twins', () => {
  for (const [rows, inputs, outputs] of [
    [1, 1, 1],
    [3, 5, 7],
    [64, 64, 192],
    [130, 33, 17],
    [1500, 24, 9],
  ] as const) {
    it(`linear ${rows} × ${inputs} → ${outputs}`, async () => {
      const operands = [normal([rows, inputs]), normal([outputs, inputs]), normal([outputs])];
      const call = (f: typeof linear) => (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => f(x, w, b);
      await expectTwins(call(linear) as Operation, call(linearComposed) as Operation, operands);
    });
  }

  it('linear without bias, on three axes', async () => {
    const operands = [normal([2, 3, 5]), normal([4, 5])];
    await expectTwins(
      (x, w) => linear(x!, w!, null),
      (x, w) => linearComposed(x!, w!, null),
      operands,
    );
  });

  it('gelu, far into both tails', async () => {
    const x = tf.linspace(-9, 9, 501);
    await expectTwins(
      (v) => gelu(v!),
      (v) => geluComposed(v!),
      [x],
      2e-5,
    );
  });
});

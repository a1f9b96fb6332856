import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomStream } from '../../platform/random';
import { readBack, startEngine } from '../index';
import { batchNorm, batchNormComposed } from './batchNorm';
import { convolution, convolutionComposed } from './convolution';
import { gelu, geluComposed } from './gelu';
import { linear, linearComposed } from './linear';
import { poolToGrid, poolToGridComposed } from './pool';

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

  for (const shape of [
    [6, 5],
    [3, 4, 7, 5],
    [16, 16, 16, 16],
  ]) {
    it(`batch norm of ${shape.join('×')}`, async () => {
      const channels = shape[1] as number;
      // A variable shares the buffer of the tensor it is made from: each needs its own.
      const state = () => ({
        runningMean: tf.variable(tf.linspace(-1, 1, channels)),
        runningVar: tf.variable(tf.linspace(0.5, 2, channels)),
      });
      for (const mode of ['train', 'eval'] as const) {
        const [ours, theirs] = [state(), state()];
        await expectTwins(
          (x, weight, bias) => batchNorm(x!, { weight: weight!, bias: bias!, ...ours }, { mode }),
          (x, weight, bias) => batchNormComposed(x!, { weight: weight!, bias: bias!, ...theirs }, { mode }),
          [tf.add(normal(shape), 0.5), normal([channels]), normal([channels])],
          2e-5,
        );
      }
    });
  }

  it('batch norm updates its running statistics in place, with the unbiased variance', async () => {
    const x = tf.tensor2d([[1], [2], [6]]);
    const state = { runningMean: tf.variable(tf.zeros([1])), runningVar: tf.variable(tf.ones([1])) };
    batchNorm(x, { weight: tf.ones([1]), bias: tf.zeros([1]), ...state }, { mode: 'train' });
    expect((await readBack(state.runningMean))[0]).toBeCloseTo(0.3, 6);
    expect((await readBack(state.runningVar))[0]).toBeCloseTo(0.9 + 0.1 * 7, 6);
  });

  for (const [batch, channels, outputs, size, side, stride, padding] of [
    [1, 1, 1, 1, 1, 1, 0],
    [2, 3, 5, 9, 3, 2, 1],
    [3, 8, 16, 12, 3, 1, 1],
    [2, 6, 4, 8, 1, 2, 0],
    [2, 3, 8, 16, 7, 2, 3],
  ] as const) {
    it(`convolution ${channels}→${outputs}, ${side}×${side}, stride ${stride}, at ${size} px`, async () => {
      const options = { stride, padding };
      await expectTwins(
        (x, w) => convolution(x!, w!, options),
        (x, w) => convolutionComposed(x!, w!, options),
        [normal([batch, channels, size, size]), normal([outputs, channels, side, side])],
      );
    });
  }

  for (const [height, width, side] of [
    [1, 1, 1],
    [8, 8, 4],
    [5, 7, 3],
    [2, 3, 4],
  ] as const) {
    it(`pooling ${height} × ${width} to ${side} × ${side}`, async () => {
      await expectTwins(
        (x) => poolToGrid(x!, side),
        (x) => poolToGridComposed(x!, side),
        [normal([3, 5, height, width])],
      );
    });
  }
});

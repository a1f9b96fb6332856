import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBack, startEngine } from '../index';
import { distance, expectTwins, normals } from '../testing/twins';
import { batchNorm, batchNormComposed } from './batchNorm';

const normal = normals('batch norm');

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

// A variable shares the buffer of the tensor it is made from: each needs its own.
const stateOf = (channels: number) => ({
  runningMean: tf.variable(tf.linspace(-1, 1, channels)),
  runningVar: tf.variable(tf.linspace(0.5, 2, channels)),
});

const inputsOf = (shape: number[], mean = 0.5) => {
  const channels = shape[1] as number;
  return [tf.add(normal(shape), mean), normal([channels]), normal([channels])] as const;
};

describe('batch norm', () => {
  for (const shape of [
    [6, 5],
    [130, 70],
    [3, 4, 7, 5],
    [16, 16, 16, 16],
    [37, 3, 4, 4],
    [2, 5, 13, 11],
    [70, 2, 1, 2],
  ]) {
    for (const mode of ['train', 'eval'] as const) {
      for (const [title, options] of [
        ['alone', {}],
        ['with ReLU', { relu: true }],
        ['with a residual', { residual: true }],
        ['with a residual and ReLU', { residual: true, relu: true }],
      ] as const) {
        it(`equals its twin, ${title}: ${shape.join(' × ')}, ${mode}`, async () => {
          const channels = shape[1] as number;
          const residual = 'residual' in options ? [normal(shape)] : [];
          const inputs = [...inputsOf(shape), ...residual];
          const [ours, theirs] = [stateOf(channels), stateOf(channels)];
          const call =
            (f: typeof batchNorm, running: ReturnType<typeof stateOf>) =>
            (...[x, weight, bias, added]: tf.Tensor[]) =>
              f(
                x as tf.Tensor,
                { weight: weight as tf.Tensor, bias: bias as tf.Tensor, ...running },
                { mode, momentum: 0.3, relu: 'relu' in options, ...(added ? { residual: added } : {}) },
              );
          call(batchNorm, ours)(...inputs);
          call(batchNormComposed, theirs)(...inputs);
          expect(await distance(ours.runningMean, theirs.runningMean)).toBeLessThan(1e-5);
          expect(await distance(ours.runningVar, theirs.runningVar)).toBeLessThan(1e-5);
          await expectTwins(call(batchNorm, ours), call(batchNormComposed, theirs), inputs);
        });
      }
    }
  }

  it('updates its running statistics in place, with the unbiased variance', async () => {
    const x = tf.tensor2d([[1], [2], [6]]);
    const state = { runningMean: tf.variable(tf.zeros([1])), runningVar: tf.variable(tf.ones([1])) };
    batchNorm(x, { weight: tf.ones([1]), bias: tf.zeros([1]), ...state }, { mode: 'train' });
    expect((await readBack(state.runningMean))[0]).toBeCloseTo(0.3, 6);
    expect((await readBack(state.runningVar))[0]).toBeCloseTo(0.9 + 0.1 * 7, 6);
  });

  it('leaves its running statistics alone in evaluation', async () => {
    const [x, weight, bias] = inputsOf([4, 3, 2, 2]);
    const state = stateOf(3);
    batchNorm(x, { weight, bias, ...state }, { mode: 'eval' });
    expect([...(await readBack(state.runningMean))]).toEqual([-1, 0, 1]);
  });

  it('keeps the variance where the mean is a thousand times the deviation', async () => {
    const values = Float32Array.from({ length: 512 }, (_, i) => 1000 + Math.sin(i));
    const deviation = Math.sqrt(
      values.reduce((sum, v) => sum + (v - 1000) ** 2, 0) / 512 -
        (values.reduce((sum, v) => sum + v - 1000, 0) / 512) ** 2,
    );
    const state = { runningMean: tf.variable(tf.zeros([1])), runningVar: tf.variable(tf.zeros([1])) };
    const x = tf.tensor4d(values, [2, 1, 16, 16]);
    batchNorm(x, { weight: tf.ones([1]), bias: tf.zeros([1]), ...state }, { mode: 'train', momentum: 1 });
    expect((await readBack(state.runningVar))[0]).toBeCloseTo((deviation ** 2 * 512) / 511, 5);
  });

  it('gives the same bits twice', async () => {
    const [x, weight, bias] = inputsOf([9, 4, 12, 12]);
    const gradient = () =>
      tf.grad((v: tf.Tensor) =>
        tf.sum(tf.square(batchNorm(v, { weight, bias, ...stateOf(4) }, { mode: 'train', relu: true }))),
      )(x);
    expect(await readBack(gradient())).toEqual(await readBack(gradient()));
  });
});

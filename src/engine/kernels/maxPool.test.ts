import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBack, startEngine } from '../index';
import { expectTwins, normals } from '../testing/twins';
import { maxPool, maxPoolComposed } from './maxPool';

const normal = normals('max-pool');

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const resnet = { side: 3, stride: 2, padding: 1 };

describe('max-pooling', () => {
  for (const [batch, height, width, options] of [
    [3, 1, 1, resnet],
    [2, 2, 3, resnet],
    [3, 16, 16, resnet],
    [2, 13, 7, resnet],
    [70, 4, 5, resnet],
    [1, 33, 35, resnet],
    [2, 9, 8, { side: 2, stride: 2, padding: 0 }],
    [2, 7, 6, { side: 3, stride: 1, padding: 1 }],
    [2, 11, 12, { side: 3, stride: 5, padding: 0 }],
  ] as const) {
    it(`equals its twin: side ${options.side}, stride ${options.stride}, padding ${options.padding}, ${batch} × ${height} × ${width}`, async () => {
      await expectTwins(
        (x) => maxPool(x as tf.Tensor, options),
        (x) => maxPoolComposed(x as tf.Tensor, options),
        [normal([batch, 3, height, width])],
      );
    });
  }

  it('ignores what lies beyond the border, also where all is negative', async () => {
    const y = maxPool(tf.fill([1, 1, 2, 2], -5), resnet);
    expect([...(await readBack(y))]).toEqual([-5]);
  });

  it('gives the gradient to the first of equal maxima', async () => {
    const x = tf.tensor4d([0, 2, 2, 2], [1, 1, 2, 2]);
    const gradient = tf.grad((v: tf.Tensor) => tf.sum(maxPool(v, { side: 2, stride: 2, padding: 0 })))(x);
    expect([...(await readBack(gradient))]).toEqual([0, 1, 0, 0]);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from '../index';
import { expectTwins, normals } from '../testing/twins';
import { poolToGrid, poolToGridComposed } from './pool';

const normal = normals('pool');

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

describe('pooling to a grid equals its twin', () => {
  for (const [batch, height, width, side] of [
    [3, 1, 1, 1],
    [3, 8, 8, 4],
    [3, 5, 7, 3],
    [3, 2, 3, 4],
    [40, 8, 8, 4],
    [9, 8, 8, 1],
    [2, 17, 13, 5],
    [1, 20, 9, 9],
  ] as const) {
    it(`of ${height} × ${width} to ${side} × ${side}, ${batch} images`, async () => {
      await expectTwins(
        (x) => poolToGrid(x as tf.Tensor, side),
        (x) => poolToGridComposed(x as tf.Tensor, side),
        [normal([batch, 5, height, width])],
      );
    });
  }
});

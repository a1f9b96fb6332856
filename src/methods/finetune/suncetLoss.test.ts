import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBack, startEngine } from '../../engine';
import { l2Normalise } from '../../engine/kernels/l2Norm';
import { forceRowKernels, type RowKernel } from '../../engine/kernels/rowKernel';
import { distance, normals } from '../../engine/testing/twins';
import { suncetLoss, suncetLossComposed } from './suncetLoss';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => {
  forceRowKernels(null);
  tf.engine().endScope();
});

const draw = normals('suncet');
const forms: Array<keyof RowKernel> = ['serial', 'parallel'];

describe.each(forms)('SuNCEt against its composed twin, rows %s', (form) => {
  beforeEach(() => forceRowKernels(form));

  it.each([
    { rows: 4, width: 2, classCount: 2 },
    { rows: 6, width: 5, classCount: 3 },
    { rows: 41, width: 33, classCount: 4 },
    { rows: 100, width: 128, classCount: 10 },
  ])('$rows rows of $width, $classCount classes', async ({ rows, width, classCount }) => {
    const embeddings = draw([rows, width]);
    const classes = tf.tensor1d(Float32Array.from({ length: rows }, (_, i) => i % classCount));
    const z = l2Normalise(embeddings);
    const [ours, theirs] = [suncetLoss(z, classes, classCount), suncetLossComposed(z, classes, classCount)];
    expect(await distance(ours.loss, theirs.loss)).toBeLessThan(1e-5);
    expect(await distance(ours.statistics, theirs.statistics)).toBeLessThan(1e-5);
    const gradient = (loss: typeof suncetLoss) =>
      tf.grad((x: tf.Tensor) => tf.mul(3, loss(l2Normalise(x), classes, classCount).loss))(embeddings);
    expect(await distance(gradient(suncetLoss), gradient(suncetLossComposed))).toBeLessThan(1e-4);
  });
});

describe('SuNCEt', () => {
  it('says by hand what two pairs on orthogonal axes cost', async () => {
    const z = tf.tensor2d([
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
    const paired = suncetLoss(z, tf.tensor1d([0, 1, 0, 1]), 2);
    // Of the three others one has the same class, with cosine 1; two have cosine 0.
    expect((await readBack(paired.loss))[0]).toBeCloseTo(Math.log(1 + 2 * Math.exp(-10)), 6);
    expect([...(await readBack(paired.statistics)).slice(4)]).toEqual([1, 1, 1, 1]);
    const crossed = suncetLoss(z, tf.tensor1d([0, 0, 1, 1]), 2);
    expect((await readBack(crossed.loss))[0]).toBeCloseTo(Math.log(Math.exp(10) + 2), 4);
    expect([...(await readBack(crossed.statistics)).slice(4)]).toEqual([0, 0, 0, 0]);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBack, startEngine } from '../engine';
import { randomStream } from '../platform/random';
import { dinoLoss, entropies, sinkhorn, teacherDistributions } from './dinoLoss';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const ROWS = 24;
const OUTPUTS = 8;

function scores(scale: number): tf.Tensor {
  const rng = randomStream(5, 'scores');
  return tf.tensor2d(
    Float32Array.from({ length: ROWS * OUTPUTS }, () => scale * rng.normal()),
    [ROWS, OUTPUTS],
  );
}

describe('Sinkhorn-Knopp', () => {
  it('gives distributions that use every output about equally often, even from sharp scores', async () => {
    // One output is far ahead everywhere: a plain softmax would answer with it alone.
    const lopsided = tf.add(scores(3), tf.mul(tf.oneHot(tf.fill([ROWS], 2, 'int32'), OUTPUTS), 20));
    const q = sinkhorn(lopsided);
    for (const sum of await readBack(tf.sum(q, 1))) expect(sum).toBeCloseTo(1, 5);
    const plain = await readBack(tf.mean(tf.softmax(lopsided), 0));
    expect(plain[2]).toBeGreaterThan(0.99);
    for (const use of await readBack(tf.mean(q, 0))) {
      expect(use).toBeGreaterThan(0.5 / OUTPUTS);
      expect(use).toBeLessThan(2 / OUTPUTS);
    }
  });

  it('stays finite where scores lie hundreds apart', async () => {
    const q = await readBack(sinkhorn(tf.mul(scores(1), 300)));
    expect(q.every(Number.isFinite)).toBe(true);
  });
});

describe('centring', () => {
  it.each(['ema', 'sinkhorn'] as const)(
    'of kind %s can be switched off to the plain softmax',
    async (kind) => {
      const raw = scores(1);
      const center = tf.mul(tf.ones([1, OUTPUTS]), tf.tensor1d([3, 0, 0, 0, 0, 0, 0, 0]));
      const plain = await readBack(tf.softmax(tf.div(raw, 0.5)));
      const off = await readBack(teacherDistributions(raw, center, tf.scalar(0.5), kind, tf.scalar(0)));
      const on = await readBack(teacherDistributions(raw, center, tf.scalar(0.5), kind, tf.scalar(1)));
      for (const [i, value] of off.entries()) expect(value).toBeCloseTo(plain[i]!, 6);
      expect(Math.max(...on.map((value, i) => Math.abs(value - plain[i]!)))).toBeGreaterThan(0.05);
    },
  );
});

describe('the loss', () => {
  it('is ln K for a student that says nothing, whatever the teacher says', async () => {
    const q = tf.softmax(scores(4));
    const { loss } = dinoLoss(tf.zeros([4 * (ROWS / 2), OUTPUTS]), q, tf.scalar(0.1), 4);
    expect((await readBack(loss))[0]).toBeCloseTo(Math.log(OUTPUTS), 5);
  });

  it('has entropies between 0 and ln K', async () => {
    const even = entropies(tf.fill([ROWS, OUTPUTS], 1 / OUTPUTS));
    expect((await readBack(even.each))[0]).toBeCloseTo(Math.log(OUTPUTS), 5);
    const turns = Int32Array.from({ length: ROWS }, (_, i) => i % OUTPUTS);
    const sharp = entropies(tf.cast(tf.oneHot(tf.tensor1d(turns, 'int32'), OUTPUTS), 'float32'));
    expect((await readBack(sharp.each))[0]).toBeCloseTo(0, 5);
    expect((await readBack(sharp.ofMean))[0]).toBeCloseTo(Math.log(OUTPUTS), 5);
  });
});

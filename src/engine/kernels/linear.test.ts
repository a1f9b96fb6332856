import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomStream } from '../../platform/random';
import { type PawsaurBackend, readBack, startEngine, webgpu } from '../index';
import {
  type LinearOptions,
  linear,
  linearComposed,
  linearWeightGradient,
  linearWeightGradientComposed,
} from './linear';

const rng = randomStream(12, 'linear tests');
const normal = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal()),
    shape,
  );

async function distance(ours: tf.Tensor, theirs: tf.Tensor): Promise<number> {
  expect(ours.shape).toEqual(theirs.shape);
  const [x, y] = [await readBack(ours), await readBack(theirs)];
  const norm = Math.hypot(...y);
  return Math.hypot(...x.map((v, i) => v - y[i]!)) / Math.max(norm, 1e-30);
}

const counters = () => (webgpu() as PawsaurBackend).counters;

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

describe('linear', () => {
  const options: Record<string, (shape: number[]) => LinearOptions> = {
    'by itself': () => ({}),
    'with GELU': () => ({ activation: 'gelu' }),
    'with a residual': (shape) => ({ residual: normal(shape) }),
    'with GELU and a residual': (shape) => ({ activation: 'gelu', residual: normal(shape) }),
  };
  for (const [title, make] of Object.entries(options)) {
    for (const [rows, inputs, outputs] of [
      [[2], 3, 2],
      [[3, 5], 7, 9],
      [[2, 17], 24, 40],
      [[130], 33, 68],
    ] as const) {
      for (const withBias of [true, false]) {
        it(`${title}, ${rows.join(' × ')} × ${inputs} → ${outputs}${withBias ? '' : ', no bias'}`, async () => {
          const x = normal([...rows, inputs]);
          const w = normal([outputs, inputs]);
          const { residual, ...rest } = make([...rows, outputs]);
          const operands = [x, w, ...(withBias ? [normal([outputs])] : []), ...(residual ? [residual] : [])];
          const call =
            (f: typeof linear) =>
            (...given: tf.Tensor[]) => {
              const added = residual ? { residual: given[given.length - 1] as tf.Tensor } : {};
              return f(given[0]!, given[1]!, withBias ? given[2]! : null, { ...rest, ...added });
            };
          const probe = normal([...rows, outputs]);
          const gradients = (f: typeof linear) =>
            tf.grads((...given: tf.Tensor[]) => tf.sum(tf.mul(call(f)(...given), probe)))(operands);
          expect(await distance(call(linear)(...operands), call(linearComposed)(...operands))).toBeLessThan(
            1e-5,
          );
          const [ours, theirs] = [gradients(linear), gradients(linearComposed)];
          for (let i = 0; i < operands.length; i++) {
            expect(await distance(ours[i]!, theirs[i]!), `gradient of input ${i}`).toBeLessThan(1e-5);
          }
        });
      }
    }
  }

  it('costs one dispatch forward, whatever follows it', () => {
    const [x, w, b] = [normal([20, 8]), normal([12, 8]), normal([12])];
    const residual = normal([20, 12]);
    linear(x, w, b, { activation: 'gelu', residual });
    const before = { ...counters() };
    linear(x, w, b, { activation: 'gelu', residual });
    expect(counters().ours - before.ours).toBe(1);
    expect(counters().tfjs - before.tfjs).toBe(0);
  });

  it('computes no gradient of an input that is data', async () => {
    const [x, w] = [normal([4, 6]), normal([8, 6])];
    const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
      tf.sum(linear(a, b, null, { inputGradient: false })),
    )([x, w]);
    expect(await readBack(dx!)).toEqual(new Float32Array(24));
    expect(await distance(dw!, tf.matMul(tf.ones([8, 4]), x as tf.Tensor2D))).toBeLessThan(1e-5);
  });
});

describe('the gradients of weight and bias', () => {
  for (const [rows, outputs, inputs] of [
    [1, 1, 1],
    [5, 3, 2],
    [65, 40, 36],
    [1300, 33, 17],
    [2080, 96, 24],
  ] as const) {
    it(`${outputs} × ${inputs} over ${rows} rows, in at most two dispatches`, async () => {
      const [dy, x] = [normal([rows, outputs]), normal([rows, inputs])];
      for (const withBias of [true, false]) {
        const before = counters().ours;
        const ours = linearWeightGradient(dy, x, rows, outputs, inputs, withBias);
        expect(counters().ours - before).toBeLessThanOrEqual(2);
        const theirs = linearWeightGradientComposed(dy, x, rows, outputs, inputs, withBias);
        expect(ours.length).toBe(withBias ? 2 : 1);
        for (const [i, value] of ours.entries()) {
          expect(await distance(value, theirs[i]!)).toBeLessThan(1e-5);
        }
      }
    });
  }
});

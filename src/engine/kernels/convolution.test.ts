import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PawsaurBackend, webgpu } from '../backend';
import { readBack, startEngine } from '../index';
import { distance, expectTwins, normals } from '../testing/twins';
import { type ConvolutionOptions, convolution, convolutionComposed } from './convolution';
import { columnsBackward, columnsForward, columnsWeightGradient } from './convolutionColumns';
import { biasGradient } from './convolutionFollowing';
import { hasPointwiseWeightGradient, isPointwise } from './convolutionPointwise';
import { convolveBackward, convolveForward } from './convolutionStencil';
import { weightGradient } from './convolutionWeight';

const normal = normals('convolution');
type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

interface Case {
  batch: number;
  channels: number;
  outputs: number;
  height: number;
  width: number;
  side: number;
  stride: number;
  padding: number;
  /** Also without subgroups. */
  plain?: 0 | 1;
}

const [columns, ...rows] = [
  ['batch', 'channels', 'outputs', 'height', 'width', 'side', 'stride', 'padding', 'plain'],
  [1, 1, 1, 1, 1, 1, 1, 0, 0],
  [2, 3, 5, 9, 9, 3, 2, 1, 0],
  [3, 8, 16, 12, 12, 3, 1, 1, 0],
  [5, 9, 11, 5, 7, 3, 1, 1, 1],
  [2, 5, 3, 7, 4, 3, 2, 0, 0],
  [1, 2, 9, 6, 3, 3, 1, 0, 0],
  [2, 3, 17, 10, 9, 3, 1, 2, 0],
  [70, 2, 3, 2, 3, 3, 2, 1, 0],
  [2, 6, 4, 8, 8, 1, 2, 0, 0],
  [3, 18, 35, 5, 7, 1, 1, 0, 0],
  [3, 18, 35, 9, 11, 1, 1, 0, 0],
  [2, 5, 4, 8, 8, 1, 1, 0, 1],
  [2, 64, 20, 16, 8, 1, 1, 0, 0],
  [2, 3, 4, 9, 9, 1, 1, 1, 0],
  [3, 7, 20, 5, 7, 1, 2, 0, 1],
  [2, 20, 9, 33, 35, 3, 2, 1, 1],
  [2, 3, 8, 16, 16, 7, 2, 3, 0],
] as const;
const cases = rows.map(
  (row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])) as unknown as Case,
);
const titleOf = (c: Case) =>
  `${c.channels} → ${c.outputs}, ${c.side} × ${c.side}, stride ${c.stride}, padding ${c.padding}, at ${c.batch} × ${c.height} × ${c.width}`;
const operandsOf = (c: Case) => ({
  x: normal([c.batch, c.channels, c.height, c.width]),
  weight: normal([c.outputs, c.channels, c.side, c.side]),
});

describe('convolution', () => {
  for (const c of cases) {
    for (const [title, following] of [
      ['alone', []],
      ['with a bias', ['bias']],
      ['with a residual', ['residual']],
      ['with both', ['bias', 'residual']],
    ] as const) {
      it(`equals its twin ${title}: ${titleOf(c)}`, async () => {
        const { x, weight } = operandsOf(c);
        const shapes = { bias: [c.outputs], residual: convolutionComposed(x, weight, c).shape };
        const call =
          (f: typeof convolutionComposed) =>
          (a: tf.Tensor, b: tf.Tensor, ...added: tf.Tensor[]) =>
            f(a, b, { ...c, ...Object.fromEntries(following.map((name, i) => [name, added[i]])) });
        await expectTwins(call(convolution) as Operation, call(convolutionComposed) as Operation, [
          x,
          weight,
          ...following.map((name) => normal(shapes[name])),
        ]);
      });
    }
  }

  // What adapters without subgroups of one width run; `convolution` itself has chosen for this one.
  for (const c of cases.filter(({ plain }) => plain)) {
    it(`equals its twin without subgroups: ${titleOf(c)}`, async () => {
      const { x, weight } = operandsOf(c);
      const bias = normal([c.outputs]);
      const twin = (a: tf.Tensor, b: tf.Tensor) => convolutionComposed(a, b, { ...c, bias });
      const y = twin(x, weight);
      const dy = normal(y.shape);
      const [dx, dw] = tf.grads(twin)([x, weight], dy) as [tf.Tensor, tf.Tensor];
      const sizes = { ...c, outHeight: y.shape[2] as number, outWidth: y.shape[3] as number };
      expect(await distance(convolveForward(x, weight, sizes, null, { bias }), y)).toBeLessThan(1e-5);
      expect(await distance(convolveBackward(dy, weight, sizes, null), dx)).toBeLessThan(1e-5);
      expect(await distance(weightGradient(x, dy, sizes, null), dw)).toBeLessThan(1e-5);
    });
  }

  it('gives the gradient of the weights alone where the input is data', async () => {
    const c = { batch: 2, channels: 3, outputs: 4, height: 6, width: 6, side: 3, stride: 2, padding: 1 };
    const { x, weight } = operandsOf(c);
    const loss =
      (f: (x: tf.Tensor, w: tf.Tensor, options: ConvolutionOptions) => tf.Tensor, options: object) =>
      (w: tf.Tensor) =>
        tf.sum(tf.square(f(x, w, { ...c, ...options })));
    const ours = tf.grad(loss(convolution, { inputGradient: false }))(weight);
    const theirs = tf.grad(loss(convolutionComposed, {}))(weight);
    expect(await distance(ours, theirs)).toBeLessThan(1e-5);
  });

  it('makes products of single taps on large maps, and weight gradients so only where they fit', () => {
    const sizes = { batch: 64, channels: 64, outputs: 256, height: 8, width: 8, outHeight: 8, outWidth: 8 };
    const one = { ...sizes, side: 1, stride: 1, padding: 0 };
    expect(isPointwise(one)).toBe(true);
    expect(isPointwise({ ...one, height: 7, outHeight: 7 })).toBe(false);
    expect(isPointwise({ ...one, side: 3, padding: 1 })).toBe(false);
    expect(isPointwise({ ...one, height: 16, width: 16, stride: 2 })).toBe(false);
    expect(hasPointwiseWeightGradient(one)).toBe(true);
    expect(hasPointwiseWeightGradient({ ...one, channels: 1024 })).toBe(false);
  });

  it('makes the columns of large filters for a few images at a time', async () => {
    const c = { batch: 7, channels: 2, outputs: 5, height: 10, width: 9, side: 7, stride: 2, padding: 3 };
    const { x, weight } = operandsOf(c);
    const twin = (a: tf.Tensor, b: tf.Tensor) => convolutionComposed(a, b, c);
    const y = twin(x, weight);
    const dy = normal(y.shape);
    const [dx, dw] = tf.grads(twin)([x, weight], dy) as [tf.Tensor, tf.Tensor];
    const sizes = { ...c, outHeight: y.shape[2] as number, outWidth: y.shape[3] as number };
    const backend = webgpu() as PawsaurBackend;
    // Three images, three, one; then one by one.
    for (const bytes of [3 * 4 * 98 * 25, 1]) {
      expect(await distance(columnsForward(backend, x, weight, sizes, bytes), y)).toBeLessThan(1e-5);
      expect(await distance(columnsBackward(backend, dy, weight, sizes, bytes), dx)).toBeLessThan(1e-5);
      expect(await distance(columnsWeightGradient(backend, x, dy, sizes, bytes), dw)).toBeLessThan(1e-5);
    }
  });

  it('adds a bias that it gives no gradient of, where that is zero in the end', async () => {
    const c = { batch: 2, channels: 3, outputs: 4, height: 6, width: 6, side: 3, stride: 1, padding: 1 };
    const { x, weight } = operandsOf(c);
    const bias = normal([c.outputs]);
    const y = convolution(x, weight, { ...c, bias, biasGradient: false });
    expect(await distance(y, convolutionComposed(x, weight, { ...c, bias }))).toBeLessThan(1e-5);
    const through = (b: tf.Tensor) => tf.sum(convolution(x, weight, { ...c, bias: b, biasGradient: false }));
    expect(() => tf.grad(through)(bias)).toThrow('Cannot compute gradient');
  });

  it('adds up the gradient of a bias over several slices of the images', async () => {
    const dy = normal([70, 3, 9, 11]);
    expect(await distance(biasGradient(dy), tf.sum(dy, [0, 2, 3]))).toBeLessThan(1e-5);
  });

  it('gives the same bits twice', async () => {
    const c = { batch: 9, channels: 5, outputs: 6, height: 16, width: 16, side: 3, stride: 1, padding: 1 };
    const { x, weight } = operandsOf(c);
    const gradients = () =>
      tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(convolution(a, b, c))))([x, weight]);
    const [first, second] = [gradients(), gradients()];
    for (const i of [0, 1]) {
      expect(await readBack(first[i] as tf.Tensor)).toEqual(await readBack(second[i] as tf.Tensor));
    }
  });
});

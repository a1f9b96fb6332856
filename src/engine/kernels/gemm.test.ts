import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomStream } from '../../platform/random';
import { type PawsaurBackend, readBack, startEngine, webgpu } from '../index';
import { kernelPlan, setKernelPlan } from '../tuning/plan';
import {
  type GemmEpilogue,
  type GemmShape,
  gemm,
  gemmInto,
  gemmWithRowSums,
  type Strides,
  sumLeading,
} from './gemm';
import { traitsOf, variantNames } from './gemmVariants';

const rng = randomStream(11, 'gemm tests');
const normals = (n: number) => Float32Array.from({ length: n }, () => rng.normal());
const normal = (shape: number[]) => tf.tensor(normals(tf.util.sizeFromShape(shape)), shape);

function distance(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  expect(ours.length).toBe(theirs.length);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < ours.length; i++) {
    difference += (ours[i]! - theirs[i]!) ** 2;
    norm += theirs[i]! ** 2;
  }
  return Math.sqrt(difference / Math.max(norm, 1e-30));
}

/** Where an element lies; `offset` and batches 0 unless given. */
const at = (s: Strides, outer: number, inner: number, row: number, column: number) =>
  (s.offset ?? 0) + outer * (s.outer ?? 0) + inner * (s.inner ?? 0) + row * s.row + column * s.column;

/** Error function by its series and, far out, its continued fraction: the oracle needs more digits than the kernel. */
function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x > 3) {
    let fraction = 0;
    for (let n = 60; n > 0; n--) fraction = n / 2 / (x + fraction);
    return 1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
  }
  let term = x;
  let sum = x;
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
const phi = (x: number) => 0.5 * (1 + erf(x * Math.SQRT1_2));
const geluOf = (x: number) => x * phi(x);
const geluSlopeOf = (x: number) => phi(x) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);

interface Values {
  bias?: Float32Array;
  activation?: 'gelu';
  geluGradientOf?: Float32Array;
  rowScale?: Float32Array;
  residual?: Float32Array;
}

/** The composed twin, in double precision: the product into an array of `length`, and what `keep` holds. */
function product(
  shape: GemmShape,
  a: Float32Array,
  aAt: Strides,
  b: Float32Array,
  bAt: Strides,
  cAt: Strides,
  length: number,
  values: Values = {},
): { c: Float64Array; kept: Float64Array } {
  const c = new Float64Array(length);
  const kept = new Float64Array(length);
  for (let outer = 0; outer < (shape.outer ?? 1); outer++) {
    for (let inner = 0; inner < (shape.inner ?? 1); inner++) {
      for (let row = 0; row < shape.rows; row++) {
        for (let column = 0; column < shape.columns; column++) {
          let v = 0;
          for (let k = 0; k < shape.depth; k++) {
            v += a[at(aAt, outer, inner, row, k)]! * b[at(bAt, outer, inner, k, column)]!;
          }
          v = v * (shape.alpha ?? 1) + (values.bias?.[column] ?? 0);
          const place = at(cAt, outer, inner, row, column);
          kept[place] = v;
          if (values.activation) v = geluOf(v);
          if (values.geluGradientOf) v *= geluSlopeOf(values.geluGradientOf[place]!);
          if (values.rowScale) v *= values.rowScale[outer * shape.rows + row]!;
          c[place] = v + (values.residual?.[place] ?? 0);
        }
      }
    }
  }
  return { c, kept };
}

const packed = ({ rows, columns, inner = 1 }: GemmShape): Strides => ({
  outer: rows * columns * inner,
  inner: rows * columns,
  row: columns,
  column: 1,
});
const transposed = (s: Strides): Strides => ({ ...s, row: s.column, column: s.row });
const backend = () => webgpu() as PawsaurBackend;
const vector = (x: Float32Array) => tf.tensor1d(x);

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const shapes: GemmShape[] = [
  { rows: 1, columns: 1, depth: 1 },
  { rows: 3, columns: 5, depth: 7 },
  { rows: 8, columns: 8, depth: 8 },
  { rows: 65, columns: 65, depth: 24, outer: 2, inner: 3 },
  { rows: 65, columns: 24, depth: 65, outer: 2, inner: 3 },
  { rows: 130, columns: 70, depth: 33 },
  { rows: 17, columns: 9, depth: 1500 },
  { rows: 16, columns: 200, depth: 144, outer: 3 },
  { rows: 257, columns: 1, depth: 31 },
  { rows: 1, columns: 300, depth: 40, alpha: -0.25 },
];
const name = (s: GemmShape) =>
  `${s.outer ?? 1} × ${s.inner ?? 1} products of ${s.rows} × ${s.depth} × ${s.columns}`;

/** Every variant that WebGPU has a device for; those this adapter lacks are skipped. */
const variants = [
  'registers',
  'lanes8x16',
  'lanes8x32',
  'tiles64x4',
  'tiles64x8',
  'tiles32x4',
  'tiles64x8-f16',
  'tiles32x4-f16',
];

describe.each(variants)('gemm by %s', (variant) => {
  // A product of halves keeps 11 bits.
  const tolerance = variant.endsWith('f16') ? 1e-3 : 1e-5;
  const device = () => backend().device;

  beforeEach((context) => {
    const traits = traitsOf(device());
    const offered = [false, true].flatMap((software) => variantNames({ ...traits, software }, true));
    if (!offered.includes(variant)) context.skip();
    const gemm = { large: variant, deep: variant, batched: variant, small: variant };
    setKernelPlan(device(), { ...kernelPlan(device()), gemm });
  });

  for (const shape of shapes) {
    const { rows, columns, depth, outer = 1, inner = 1 } = shape;
    it(`${name(shape)}, operands as they are and transposed`, async () => {
      const batch = outer * inner;
      const a = normals(batch * rows * depth);
      const b = normals(batch * depth * columns);
      for (const [aTurned, bTurned] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ]) {
        const aAt = aTurned
          ? transposed(packed({ ...shape, rows: depth, columns: rows }))
          : packed({ ...shape, columns: depth });
        const bAt = bTurned
          ? transposed(packed({ ...shape, rows: columns, columns: depth }))
          : packed({ ...shape, rows: depth });
        const size = [outer, inner, rows, columns];
        const ours = gemm(size, shape, vector(a), aAt, vector(b), bAt);
        const { c } = product(shape, a, aAt, b, bAt, packed(shape), batch * rows * columns);
        expect(ours.shape).toEqual(size);
        expect(distance(await readBack(ours), c)).toBeLessThan(tolerance);
      }
    });
  }

  it('reads and writes parts of packed tensors and leaves the rest of the result alone', async () => {
    const [batch, tokens, heads, d] = [2, 19, 3, 6] as const;
    const width = heads * d;
    const shape = { rows: tokens, columns: d, depth: tokens, outer: batch, inner: heads, alpha: 0.5 };
    const square = { outer: heads * tokens * tokens, inner: tokens * tokens, row: tokens, column: 1 };
    const part = { outer: tokens * 3 * width, inner: d, row: 3 * width, column: 1 };
    const [weights, qkv] = [normals(batch * heads * tokens * tokens), normals(batch * tokens * 3 * width)];
    const target = tf.ones([batch, tokens, 3, width]);
    const [from, to] = [
      { ...part, offset: 2 * width },
      { ...part, offset: width },
    ];
    gemmInto(backend(), shape, vector(weights), transposed(square), vector(qkv), from, target, to);
    const { c } = product(shape, weights, transposed(square), qkv, from, to, target.size);
    const expected = c.map((v) => (v === 0 ? 1 : v));
    expect(distance(await readBack(target), expected)).toBeLessThan(tolerance);
  });

  const epilogues: Record<string, Array<keyof GemmEpilogue>> = {
    'a bias': ['bias'],
    'a bias and a residual': ['bias', 'residual'],
    'a bias, the pre-activation kept, and GELU': ['bias', 'keep', 'activation'],
    'the slope of GELU': ['geluGradientOf'],
    'a row scale and a residual': ['rowScale', 'residual'],
    everything: ['bias', 'keep', 'activation', 'geluGradientOf', 'rowScale', 'residual'],
  };
  for (const [title, parts] of Object.entries(epilogues)) {
    for (const shape of [
      { rows: 3, columns: 5, depth: 3 },
      { rows: 13, columns: 21, depth: 40, outer: 2, inner: 2, alpha: 0.3 },
      { rows: 136, columns: 96, depth: 384 },
      { rows: 9, columns: 6, depth: 700 },
    ] as GemmShape[]) {
      it(`${title} at the end of ${name(shape)}`, async () => {
        const { rows, columns, depth, outer = 1, inner = 1 } = shape;
        const length = outer * inner * rows * columns;
        const [a, b] = [normals(outer * inner * rows * depth), normals(outer * inner * depth * columns)];
        const all = {
          bias: normals(columns),
          activation: 'gelu',
          geluGradientOf: normals(length),
          rowScale: normals(outer * rows),
          residual: normals(length),
        } as const;
        const values: Values = Object.fromEntries(
          Object.entries(all).filter(([k]) => parts.includes(k as never)),
        );
        const keep = tf.fill([length], 7);
        const epilogue = Object.fromEntries(
          Object.entries(values).map(([k, v]) => [k, typeof v === 'string' ? v : vector(v)]),
        );
        const aAt = packed({ ...shape, columns: depth });
        const bAt = transposed(packed({ ...shape, rows: columns, columns: depth }));
        const ours = gemm([length], shape, vector(a), aAt, vector(b), bAt, {
          ...epilogue,
          ...(parts.includes('keep') ? { keep } : {}),
        });
        const { c, kept } = product(shape, a, aAt, b, bAt, packed(shape), length, values);
        expect(distance(await readBack(ours), c)).toBeLessThan(tolerance);
        if (parts.includes('keep')) expect(distance(await readBack(keep), kept)).toBeLessThan(tolerance);
      });
    }
  }

  it('writes an epilogue at the strides of the result', async () => {
    const shape = { rows: 12, columns: 10, depth: 17, outer: 2 };
    const to: Strides = { offset: 3, outer: 300, row: 1, column: 14 };
    const [a, b] = [normals(2 * 12 * 17), normals(2 * 17 * 10)];
    const [residual, slope] = [normals(600), normals(600)];
    const [c, keep] = [tf.zeros([600]), tf.zeros([600])];
    const [aAt, bAt] = [packed({ ...shape, columns: 17 }), packed({ ...shape, rows: 17 })];
    const epilogue = { keep, residual: vector(residual), geluGradientOf: vector(slope) };
    gemmInto(backend(), shape, vector(a), aAt, vector(b), bAt, c, to, epilogue);
    const expected = product(shape, a, aAt, b, bAt, to, 600, { residual, geluGradientOf: slope });
    expect(distance(await readBack(c), expected.c)).toBeLessThan(tolerance);
    expect(distance(await readBack(keep), expected.kept)).toBeLessThan(tolerance);
  });

  for (const [rows, columns, depth] of [
    [1, 1, 1],
    [7, 5, 3],
    [33, 20, 100],
    [96, 40, 1100],
    [70, 9, 1030],
  ] as const) {
    it(`sums the rows of A beside a product of ${rows} × ${depth} × ${columns}`, async () => {
      const [a, b] = [normals(depth * rows), normals(depth * columns)];
      const aAt = { row: 1, column: rows };
      const bAt = { row: columns, column: 1 };
      const shape = { rows, columns, depth };
      const before = backend().counters.ours;
      const [c, sums] = gemmWithRowSums(shape, vector(a), aAt, vector(b), bAt);
      expect(backend().counters.ours - before).toBeLessThanOrEqual(2);
      const expected = new Float64Array(rows);
      for (let i = 0; i < a.length; i++) expected[i % rows]! += a[i]!;
      const twin = product(shape, a, aAt, b, bAt, packed(shape), rows * columns);
      expect(distance(await readBack(c), twin.c)).toBeLessThan(tolerance);
      expect(distance(await readBack(sums), expected)).toBeLessThan(tolerance);
    });
  }

  it('gives the same bits twice where the summed dimension is split', async () => {
    const [a, b] = [normal([96, 4000]), normal([4000, 40])];
    const run = () =>
      gemm([96, 40], { rows: 96, columns: 40, depth: 4000 }, a, { row: 4000, column: 1 }, b, {
        row: 40,
        column: 1,
      });
    expect(await readBack(run())).toEqual(await readBack(run()));
  });
});

it('adds the leading axis of a tensor in order', async () => {
  const x = normal([5, 3, 7]);
  expect(distance(await readBack(sumLeading(x, 5, [3, 7])), await readBack(tf.sum(x, 0)))).toBeLessThan(1e-6);
});

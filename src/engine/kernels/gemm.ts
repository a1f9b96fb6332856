/**
 * The one matrix product: C = alpha · A · B, in batches of two levels, over any strides.
 *
 * Linear layers and their gradients, attention (which reads q, k and v straight out of the packed projection)
 * and convolutions all use it. Each thread holds a tile of the product in registers: without workgroup memory
 * this is what software adapters run fastest (measured in the design's trials), and it needs no barriers.
 * A long inner dimension with few outputs is split into slices whose partial sums are added in a fixed order.
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, type PawsaurBackend } from '../backend';
import { defineKernel } from '../kernel';

/** Where element (outer, inner, row, column) of an operand lies: offset plus strides, in elements. */
export interface Strides {
  offset?: number;
  outer?: number;
  inner?: number;
  row: number;
  column: number;
}

export interface GemmShape {
  /** Product size: rows, columns, and the summed dimension. */
  rows: number;
  columns: number;
  depth: number;
  /** Batch of two levels, 1 unless told. */
  outer?: number;
  inner?: number;
  alpha?: number;
}

const TILE_ROWS = 8;
const TILE_COLUMNS = 8;
/** Slices of the summed dimension are at least this long. */
const SLICE = 256;
/** Below this many tiles the adapter idles, so the summed dimension is split. */
const ENOUGH_TILES = 1024;

function gemmKernel(withBias: boolean) {
  const each = (n: number, line: (i: number) => string) =>
    Array.from({ length: n }, (_, i) => line(i)).join('\n');
  return defineKernel({
    name: withBias ? 'gemm_bias' : 'gemm',
    reads: withBias ? ['a', 'b', 'bias'] : ['a', 'b'],
    writes: ['c'],
    uniforms: [
      'rows',
      'columns',
      'depth',
      'inner',
      'slices',
      'slice',
      'tileRows',
      'tileColumns',
      'aOffset',
      'aOuter',
      'aInner',
      'aRow',
      'aColumn',
      'bOffset',
      'bOuter',
      'bInner',
      'bRow',
      'bColumn',
      'cOffset',
      'cOuter',
      'cInner',
      'cRow',
      'cColumn',
      'cSlice',
      'alpha:f32',
    ],
    body: `
  var rest = index;
  let tileColumn = rest % u.tileColumns; rest /= u.tileColumns;
  let tileRow = rest % u.tileRows; rest /= u.tileRows;
  let slice = rest % u.slices; rest /= u.slices;
  let inner = rest % u.inner;
  let outer = rest / u.inner;
  let row0 = tileRow * ${TILE_ROWS}u;
  let column0 = tileColumn * ${TILE_COLUMNS}u;
  // Reads beyond the edge are clamped to the last row or column; their results are never written.
  let aBase = u.aOffset + outer * u.aOuter + inner * u.aInner;
  let bBase = u.bOffset + outer * u.bOuter + inner * u.bInner;
  ${each(TILE_ROWS, (i) => `let a${i} = aBase + min(row0 + ${i}u, u.rows - 1u) * u.aRow;`)}
  ${each(TILE_COLUMNS, (j) => `let b${j} = bBase + min(column0 + ${j}u, u.columns - 1u) * u.bColumn;`)}
  ${each(TILE_ROWS, (i) => `var lo${i} = vec4f(0.0); var hi${i} = vec4f(0.0);`)}
  let first = slice * u.slice;
  let last = min(first + u.slice, u.depth);
  for (var k = first; k < last; k++) {
    let ak = k * u.aColumn;
    let bk = k * u.bRow;
    let blo = vec4f(b[b0 + bk], b[b1 + bk], b[b2 + bk], b[b3 + bk]);
    let bhi = vec4f(b[b4 + bk], b[b5 + bk], b[b6 + bk], b[b7 + bk]);
    ${each(TILE_ROWS, (i) => `{ let v = a[a${i} + ak]; lo${i} += v * blo; hi${i} += v * bhi; }`)}
  }
  let cBase = u.cOffset + outer * u.cOuter + inner * u.cInner + slice * u.cSlice;
  ${each(TILE_ROWS, (i) => `if (row0 + ${i}u < u.rows) { store(cBase + (row0 + ${i}u) * u.cRow, column0, lo${i}, hi${i}); }`)}`,
    declarations: `
fn put(address: u32, column: u32, value: f32) {
  if (column < u.columns) {
    c[address + column * u.cColumn] = u.alpha * value${withBias ? ' + bias[column]' : ''};
  }
}
fn store(address: u32, column: u32, lo: vec4f, hi: vec4f) {
  ${each(TILE_COLUMNS, (j) => `put(address, column + ${j}u, ${j < 4 ? 'lo' : 'hi'}[${j % 4}]);`)}
}`,
  });
}

const gemmPlain = gemmKernel(false);
const gemmBias = gemmKernel(true);

const addSlices = defineKernel({
  name: 'add_slices',
  reads: ['partial'],
  writes: ['total'],
  uniforms: ['slices'],
  body: `
  var sum = 0.0;
  for (var s = 0u; s < u.slices; s++) { sum += partial[s * u.count + index]; }
  total[index] = sum;`,
});

function uniformsOf(shape: GemmShape, a: Strides, b: Strides, c: Strides, slices: number, slice: number) {
  return {
    rows: shape.rows,
    columns: shape.columns,
    depth: shape.depth,
    inner: shape.inner ?? 1,
    slices,
    slice,
    tileRows: Math.ceil(shape.rows / TILE_ROWS),
    tileColumns: Math.ceil(shape.columns / TILE_COLUMNS),
    aOffset: a.offset ?? 0,
    aOuter: a.outer ?? 0,
    aInner: a.inner ?? 0,
    aRow: a.row,
    aColumn: a.column,
    bOffset: b.offset ?? 0,
    bOuter: b.outer ?? 0,
    bInner: b.inner ?? 0,
    bRow: b.row,
    bColumn: b.column,
    cOffset: c.offset ?? 0,
    cOuter: c.outer ?? 0,
    cInner: c.inner ?? 0,
    cRow: c.row,
    cColumn: c.column,
    cSlice: shape.rows * shape.columns,
    alpha: shape.alpha ?? 1,
  };
}

const tilesOf = (shape: GemmShape) =>
  Math.ceil(shape.rows / TILE_ROWS) *
  Math.ceil(shape.columns / TILE_COLUMNS) *
  (shape.outer ?? 1) *
  (shape.inner ?? 1);

/** Writes the product into `c`, a tensor that exists, at the given strides. Never splits the summed dimension. */
export function gemmInto(
  backend: PawsaurBackend,
  shape: GemmShape,
  a: tf.TensorInfo,
  aStrides: Strides,
  b: tf.TensorInfo,
  bStrides: Strides,
  c: tf.TensorInfo,
  cStrides: Strides,
): void {
  const uniforms = uniformsOf(shape, aStrides, bStrides, cStrides, 1, shape.depth);
  backend.dispatch(gemmPlain, [a, b], [c], uniforms, tilesOf(shape));
}

/** The product as a fresh tensor of `resultShape` (row-major [outer, inner, rows, columns]); `bias` [columns] is added. */
export function gemm(
  resultShape: number[],
  shape: GemmShape,
  a: tf.TensorInfo,
  aStrides: Strides,
  b: tf.TensorInfo,
  bStrides: Strides,
  bias?: tf.TensorInfo,
): tf.Tensor {
  const size = shape.rows * shape.columns;
  const c: Strides = { outer: size * (shape.inner ?? 1), inner: size, row: shape.columns, column: 1 };
  const tiles = tilesOf(shape);
  const batch = (shape.outer ?? 1) * (shape.inner ?? 1);
  const canSplit = batch === 1 && !bias && tiles < ENOUGH_TILES && shape.depth >= 2 * SLICE;
  if (!canSplit) {
    const uniforms = uniformsOf(shape, aStrides, bStrides, c, 1, shape.depth);
    return bias
      ? computeOne(gemmBias, [a, b, bias], resultShape, uniforms, tiles)
      : computeOne(gemmPlain, [a, b], resultShape, uniforms, tiles);
  }
  const slices = Math.min(Math.floor(shape.depth / SLICE), Math.ceil(ENOUGH_TILES / tiles));
  const slice = Math.ceil(shape.depth / slices);
  const uniforms = uniformsOf(shape, aStrides, bStrides, c, slices, slice);
  const partial = computeOne(gemmPlain, [a, b], [slices, size], uniforms, tiles * slices);
  const total = computeOne(addSlices, [partial], resultShape, { slices }, size);
  partial.dispose();
  return total;
}

/** Sums the leading axis of [n, ...shape] in a fixed order, as a fresh tensor. */
export function sumLeading(x: tf.TensorInfo, n: number, shape: number[]): tf.Tensor {
  return computeOne(addSlices, [x], shape, { slices: n }, tf.util.sizeFromShape(shape));
}

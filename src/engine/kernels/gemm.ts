/**
 * The one matrix product: C = alpha · A · B, in batches of two levels, over any strides.
 *
 * Linear layers and their gradients, attention (which reads q, k and v straight out of the packed projection)
 * and convolutions all use it. Each thread holds a tile of the product in registers: without workgroup memory
 * this is what software adapters run fastest (measured in the design's trials), and it needs no barriers.
 * A long inner dimension with few outputs is split into slices whose partial sums are added in a fixed order.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, type PawsaurBackend, webgpu } from '../backend';
import { defineKernel } from '../kernel';
import { EPILOGUE, gemmOneOutput, gemmTwoOutputs, TILE_COLUMNS, TILE_ROWS } from './gemmKernel';

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

/** What happens to v = alpha · A · B before it is written to C: all that is given, in this order. */
export interface GemmEpilogue {
  /** [columns], added to v. */
  bias?: tf.TensorInfo;
  /** A tensor that exists, at C's strides: v as it is now is stored there too (the pre-activation). */
  keep?: tf.TensorInfo;
  /** v = gelu(v) */
  activation?: 'gelu';
  /** At C's strides: v = v · gelu'(it). */
  geluGradientOf?: tf.TensorInfo;
  /** A factor for each row, at outer · rows + row. */
  rowScale?: tf.TensorInfo;
  /** At C's strides, added to v. */
  residual?: tf.TensorInfo;
}

/** Slices of the summed dimension are at least this long. */
const SLICE = 256;
/** Below this many tiles the adapter idles, so the summed dimension is split. */
const ENOUGH_TILES = 1024;

/** Adds [slices, count] to [count], which two tensors share: the first `size` elements go to the first. */
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

/** The same for two tensors at once: [slices, size] and [slices, count − size]. */
const addTwoSlices = defineKernel({
  name: 'add_two_slices',
  reads: ['partial', 'partialSecond'],
  writes: ['total', 'totalSecond'],
  uniforms: ['slices', 'size'],
  body: `
  var sum = 0.0;
  if (index < u.size) {
    for (var s = 0u; s < u.slices; s++) { sum += partial[s * u.size + index]; }
    total[index] = sum;
  } else {
    let at = index - u.size;
    for (var s = 0u; s < u.slices; s++) { sum += partialSecond[s * (u.count - u.size) + at]; }
    totalSecond[at] = sum;
  }`,
});

function uniformsOf(
  shape: GemmShape,
  a: Strides,
  b: Strides,
  c: Strides,
  { slices, slice }: Slicing,
  epilogue: number,
) {
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
    epilogue,
    alpha: shape.alpha ?? 1,
  };
}

interface Slicing {
  slices: number;
  /** Length of a slice of the summed dimension. */
  slice: number;
}

const tilesOf = (shape: GemmShape) =>
  Math.ceil(shape.rows / TILE_ROWS) *
  Math.ceil(shape.columns / TILE_COLUMNS) *
  (shape.outer ?? 1) *
  (shape.inner ?? 1);

/** Into how many slices the summed dimension is split; only a product without batch is. */
function slicingOf(shape: GemmShape): Slicing {
  const tiles = tilesOf(shape);
  const batch = (shape.outer ?? 1) * (shape.inner ?? 1);
  if (batch !== 1 || tiles >= ENOUGH_TILES || shape.depth < 2 * SLICE) {
    return { slices: 1, slice: shape.depth };
  }
  const slices = Math.min(Math.floor(shape.depth / SLICE), Math.ceil(ENOUGH_TILES / tiles));
  const slice = Math.ceil(shape.depth / slices);
  return { slices: Math.ceil(shape.depth / slice), slice };
}

interface Operand {
  tensor: tf.TensorInfo;
  strides: Strides;
}

/** The dispatch itself; `second` is what `keep` or the sums of A's rows are written to. */
function dispatch(
  backend: PawsaurBackend,
  shape: GemmShape,
  a: Operand,
  b: Operand,
  c: Operand,
  slicing: Slicing,
  epilogue: GemmEpilogue = {},
  rowSums?: tf.TensorInfo,
): void {
  const { bias, keep, activation, geluGradientOf, rowScale, residual } = epilogue;
  const flags =
    (bias ? EPILOGUE.bias : 0) |
    (keep ? EPILOGUE.keep : 0) |
    (activation ? EPILOGUE.gelu : 0) |
    (geluGradientOf ? EPILOGUE.slope : 0) |
    (rowScale ? EPILOGUE.rowScale : 0) |
    (residual ? EPILOGUE.residual : 0) |
    (rowSums ? EPILOGUE.rowSums : 0);
  const reads = [a.tensor, b.tensor, ...[bias, geluGradientOf, rowScale, residual].map((t) => t ?? a.tensor)];
  const second = keep ?? rowSums;
  const kernel = second ? gemmTwoOutputs : gemmOneOutput;
  const uniforms = uniformsOf(shape, a.strides, b.strides, c.strides, slicing, flags);
  const writes = second ? [c.tensor, second] : [c.tensor];
  backend.dispatch(kernel, reads, writes, uniforms, tilesOf(shape) * slicing.slices);
}

const engine = () => webgpu() as PawsaurBackend;

/** Strides of a row-major [outer, inner, rows, columns]. */
function packed(shape: GemmShape): Strides {
  const size = shape.rows * shape.columns;
  return { outer: size * (shape.inner ?? 1), inner: size, row: shape.columns, column: 1 };
}

/**
 * Writes the product into `c`, a tensor that exists, at the given strides. Never splits the summed dimension.
 * No tensor of the epilogue but `keep` may lie in the buffer of `c` or `keep`.
 */
export function gemmInto(
  backend: PawsaurBackend,
  shape: GemmShape,
  a: tf.TensorInfo,
  aStrides: Strides,
  b: tf.TensorInfo,
  bStrides: Strides,
  c: tf.TensorInfo,
  cStrides: Strides,
  epilogue?: GemmEpilogue,
): void {
  dispatch(
    backend,
    shape,
    { tensor: a, strides: aStrides },
    { tensor: b, strides: bStrides },
    { tensor: c, strides: cStrides },
    { slices: 1, slice: shape.depth },
    epilogue,
  );
}

/** The product as a fresh tensor of `resultShape`, row-major [outer, inner, rows, columns]. */
export function gemm(
  resultShape: number[],
  shape: GemmShape,
  a: tf.TensorInfo,
  aStrides: Strides,
  b: tf.TensorInfo,
  bStrides: Strides,
  epilogue?: GemmEpilogue,
): tf.Tensor {
  const backend = engine();
  const slicing = slicingOf(shape);
  if (Object.values(epilogue ?? {}).some(Boolean) || slicing.slices === 1) {
    const c = backend.allocate(resultShape);
    gemmInto(backend, shape, a, aStrides, b, bStrides, c, packed(shape), epilogue);
    return c;
  }
  const size = shape.rows * shape.columns;
  const partial = backend.allocate([slicing.slices, size]);
  dispatch(
    backend,
    shape,
    { tensor: a, strides: aStrides },
    { tensor: b, strides: bStrides },
    { tensor: partial, strides: packed(shape) },
    slicing,
  );
  const total = computeOne(addSlices, [partial], resultShape, { slices: slicing.slices }, size);
  partial.dispose();
  return total;
}

/**
 * The product as a fresh [rows, columns] and the sums of A's rows, [rows], in at most two dispatches: with
 * A = dyᵀ, the gradients of a linear layer's weight and bias. No batch.
 */
export function gemmWithRowSums(
  shape: GemmShape,
  a: tf.TensorInfo,
  aStrides: Strides,
  b: tf.TensorInfo,
  bStrides: Strides,
): [tf.Tensor, tf.Tensor] {
  const backend = engine();
  const { rows, columns } = shape;
  const slicing = slicingOf(shape);
  const { slices } = slicing;
  const lead = slices === 1 ? [] : [slices];
  const c = backend.allocate([...lead, rows, columns]);
  const sums = backend.allocate([...lead, rows]);
  dispatch(
    backend,
    shape,
    { tensor: a, strides: aStrides },
    { tensor: b, strides: bStrides },
    { tensor: c, strides: packed(shape) },
    slicing,
    {},
    sums,
  );
  if (slices === 1) return [c, sums];
  const size = rows * columns;
  const totals = compute(addTwoSlices, [c, sums], [[rows, columns], [rows]], { slices, size }, size + rows);
  c.dispose();
  sums.dispose();
  return totals as [tf.Tensor, tf.Tensor];
}

/** Sums the leading axis of [n, ...shape] in a fixed order, as a fresh tensor. */
export function sumLeading(x: tf.TensorInfo, n: number, shape: number[]): tf.Tensor {
  return computeOne(addSlices, [x], shape, { slices: n }, tf.util.sizeFromShape(shape));
}

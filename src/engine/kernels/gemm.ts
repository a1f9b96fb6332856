/**
 * The one matrix product: C = alpha · A · B, in batches of two levels, over any strides.
 *
 * Linear layers and their gradients, attention (which reads q, k and v straight out of the packed projection)
 * and convolutions all use it. How a product is computed is up to a variant (`gemmVariants`), which the kernel
 * plan chooses by the class of its shape. A long inner dimension with few outputs is split into slices whose
 * partial sums are added in a fixed order.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, type PawsaurBackend, webgpu } from '../backend';
import { defineKernel } from '../kernel';
import { plannedVariant } from '../tuning/plan';
import { EPILOGUE } from './gemmEpilogue';
import type { GemmEpilogue, GemmKernel, GemmShape, Strides } from './gemmTypes';

export type { GemmEpilogue, GemmShape, Strides } from './gemmTypes';

/** Slices of the summed dimension are at least this long. */
const SLICE = 256;

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

interface Slicing {
  slices: number;
  /** Length of a slice of the summed dimension; a multiple of 4 where there are several. */
  slice: number;
}

interface Operand {
  tensor: tf.TensorInfo;
  strides: Strides;
}

const tilesOf = (shape: GemmShape, { tileRows, tileColumns }: GemmKernel) =>
  Math.ceil(shape.rows / tileRows) *
  Math.ceil(shape.columns / tileColumns) *
  (shape.outer ?? 1) *
  (shape.inner ?? 1);

/** Into how many slices the summed dimension is split; only a product without batch is. */
function slicingOf(shape: GemmShape, tiles: number, enoughTiles: number): Slicing {
  const batch = (shape.outer ?? 1) * (shape.inner ?? 1);
  if (batch !== 1 || tiles >= enoughTiles || shape.depth < 2 * SLICE) {
    return { slices: 1, slice: shape.depth };
  }
  const wanted = Math.min(Math.floor(shape.depth / SLICE), Math.ceil(enoughTiles / tiles));
  const slice = 4 * Math.ceil(shape.depth / wanted / 4);
  return { slices: Math.ceil(shape.depth / slice), slice };
}

function uniformsOf(
  shape: GemmShape,
  picked: GemmKernel,
  operands: { a: Strides; b: Strides; c: Strides },
  { slices, slice }: Slicing,
  epilogue: number,
) {
  const unit = picked.vector ? 4 : 1;
  const [a, b, c] = [operands.a, operands.b, operands.c].map((s) => ({
    offset: (s.offset ?? 0) / unit,
    outer: (s.outer ?? 0) / unit,
    inner: (s.inner ?? 0) / unit,
    // A stride of 1 is the dimension that is read in fours: the kernel knows it.
    row: s.row === 1 ? 1 : s.row / unit,
    column: s.column === 1 ? 1 : s.column / unit,
  })) as [Required<Strides>, Required<Strides>, Required<Strides>];
  return {
    rows: shape.rows,
    columns: shape.columns,
    depth: shape.depth,
    inner: shape.inner ?? 1,
    slices,
    slice,
    tileRows: Math.ceil(shape.rows / picked.tileRows),
    tileColumns: Math.ceil(shape.columns / picked.tileColumns),
    tileHeight: picked.tileRows,
    aOffset: a.offset,
    aOuter: a.outer,
    aInner: a.inner,
    aRow: a.row,
    aColumn: a.column,
    bOffset: b.offset,
    bOuter: b.outer,
    bInner: b.inner,
    bRow: b.row,
    bColumn: b.column,
    cOffset: c.offset,
    cOuter: c.outer,
    cInner: c.inner,
    cRow: c.row,
    cColumn: c.column,
    cSlice: (shape.rows * shape.columns) / unit,
    epilogue,
    alpha: shape.alpha ?? 1,
  };
}

/** The dispatch itself, with a kernel that was picked for it; `rowSums` takes the sums of A's rows. */
function dispatch(
  backend: PawsaurBackend,
  picked: GemmKernel,
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
  const others = [bias, geluGradientOf, rowScale, residual].map((t) => t ?? a.tensor);
  const reads = [a.tensor, b.tensor, ...(picked.plain ? [] : others)];
  const uniforms = uniformsOf(shape, picked, { a: a.strides, b: b.strides, c: c.strides }, slicing, flags);
  const second = keep ?? rowSums;
  // A binding that is written may be no other binding's buffer, so a call without a second output gets one of its own.
  const unused = second ? null : backend.allocate([4]);
  backend.dispatch(
    picked.kernel,
    reads,
    [c.tensor, second ?? (unused as tf.Tensor)],
    uniforms,
    tilesOf(shape, picked) * slicing.slices,
  );
  unused?.dispose();
}

const hasEpilogue = (epilogue: GemmEpilogue = {}) => Object.values(epilogue).some(Boolean);

const engine = () => webgpu() as PawsaurBackend;

/** Strides of a row-major [outer, inner, rows, columns]. */
function packed(shape: GemmShape): Strides {
  const size = shape.rows * shape.columns;
  return { outer: size * (shape.inner ?? 1), inner: size, row: shape.columns, column: 1 };
}

/**
 * Writes the product into `c`, a tensor that exists, at the given strides. Never splits the summed dimension.
 * No tensor of the epilogue may lie in the buffer of `c`, and none but `keep` itself in that of `keep`.
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
  const plain = !hasEpilogue(epilogue);
  const layout = { shape, a: aStrides, b: bStrides, c: cStrides, rowSums: false, plain };
  dispatch(
    backend,
    plannedVariant(backend.device, layout).pick(layout),
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
  const cStrides = packed(shape);
  const plain = !hasEpilogue(epilogue);
  const layout = { shape, a: aStrides, b: bStrides, c: cStrides, rowSums: false, plain };
  const variant = plannedVariant(backend.device, layout);
  const picked = variant.pick(layout);
  const slicing = slicingOf(shape, tilesOf(shape, picked), variant.enoughTiles);
  if (!plain || slicing.slices === 1) {
    const c = backend.allocate(resultShape);
    gemmInto(backend, shape, a, aStrides, b, bStrides, c, cStrides, epilogue);
    return c;
  }
  const size = shape.rows * shape.columns;
  const partial = backend.allocate([slicing.slices, size]);
  dispatch(
    backend,
    picked,
    shape,
    { tensor: a, strides: aStrides },
    { tensor: b, strides: bStrides },
    { tensor: partial, strides: cStrides },
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
  const cStrides = packed(shape);
  const layout = { shape, a: aStrides, b: bStrides, c: cStrides, rowSums: true, plain: true };
  const variant = plannedVariant(backend.device, layout);
  const picked = variant.pick(layout);
  const slicing = slicingOf(shape, tilesOf(shape, picked), variant.enoughTiles);
  const { slices } = slicing;
  const lead = slices === 1 ? [] : [slices];
  const c = backend.allocate([...lead, rows, columns]);
  const sums = backend.allocate([...lead, rows]);
  dispatch(
    backend,
    picked,
    shape,
    { tensor: a, strides: aStrides },
    { tensor: b, strides: bStrides },
    { tensor: c, strides: cStrides },
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

/** Small helpers on row-major feature matrices, shared by the files of this folder. */

/** Smallest norm a row is divided by, as in PyTorch's `F.normalize`: a zero row stays zero. */
const EPSILON = 1e-12;

/**
 * The rows of `features` [n, dim] divided by their L2 norms, in float64: the products that follow then need no
 * conversion in their inner loop.
 */
export function normalisedRows(features: ArrayLike<number>, n: number, dim: number): Float64Array {
  const unit = new Float64Array(n * dim);
  for (let row = 0; row < n; row++) {
    const start = row * dim;
    let squares = 0;
    for (let j = start; j < start + dim; j++) squares += features[j]! * features[j]!;
    const scale = 1 / Math.max(Math.sqrt(squares), EPSILON);
    for (let j = start; j < start + dim; j++) unit[j] = features[j]! * scale;
  }
  return unit;
}

/** The given rows of `features` [n, dim], in the order of `rows`. */
export function takeRows(features: Float32Array, dim: number, rows: ArrayLike<number>): Float32Array {
  const taken = new Float32Array(rows.length * dim);
  for (let i = 0; i < rows.length; i++) {
    taken.set(features.subarray(rows[i]! * dim, (rows[i]! + 1) * dim), i * dim);
  }
  return taken;
}

/**
 * Products of rows `aFirst` to `aLast` (exclusive) of `a` [., dim] with rows `bFirst` to `bLast` of `b` [., dim]:
 * out[(i - aFirst) · stride + j - bFirst]. Two rows by four at a time, so that each value loaded is used
 * several times; the order of summation within a product is always the same, whatever the block.
 */
export function rowProducts(
  a: Float64Array,
  aFirst: number,
  aLast: number,
  b: Float64Array,
  bFirst: number,
  bLast: number,
  dim: number,
  out: Float64Array,
  stride: number,
): void {
  for (let i = aFirst; i < aLast; i += 2) {
    const a0 = i * dim;
    const i1 = Math.min(i + 1, aLast - 1);
    const a1 = i1 * dim;
    const out0 = (i - aFirst) * stride;
    const out1 = (i1 - aFirst) * stride;
    for (let j = bFirst; j < bLast; j += 4) {
      const last = bLast - 1;
      const j1 = Math.min(j + 1, last);
      const j2 = Math.min(j + 2, last);
      const j3 = Math.min(j + 3, last);
      const b0 = j * dim;
      const b1 = j1 * dim;
      const b2 = j2 * dim;
      const b3 = j3 * dim;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      for (let d = 0; d < dim; d++) {
        const x0 = a[a0 + d]!;
        const x1 = a[a1 + d]!;
        const y0 = b[b0 + d]!;
        const y1 = b[b1 + d]!;
        const y2 = b[b2 + d]!;
        const y3 = b[b3 + d]!;
        s00 += x0 * y0;
        s01 += x0 * y1;
        s02 += x0 * y2;
        s03 += x0 * y3;
        s10 += x1 * y0;
        s11 += x1 * y1;
        s12 += x1 * y2;
        s13 += x1 * y3;
      }
      out[out0 + j - bFirst] = s00;
      out[out0 + j1 - bFirst] = s01;
      out[out0 + j2 - bFirst] = s02;
      out[out0 + j3 - bFirst] = s03;
      out[out1 + j - bFirst] = s10;
      out[out1 + j1 - bFirst] = s11;
      out[out1 + j2 - bFirst] = s12;
      out[out1 + j3 - bFirst] = s13;
    }
  }
}

/** `x` [rows, dim] as [dim, rows]. */
export function transposed(x: Float64Array, rows: number, dim: number): Float64Array {
  const columns = new Float64Array(rows * dim);
  for (let i = 0; i < rows; i++) for (let d = 0; d < dim; d++) columns[d * rows + i] = x[i * dim + d]!;
  return columns;
}

/**
 * An orthonormal basis of the span of the rows of `x` [n, dim], as [rank, dim]: Gram-Schmidt, each row twice
 * because once leaves rounding in it. Rows that add nothing to the ones before are passed over.
 */
export function orthonormalRows(x: Float64Array, n: number, dim: number): Float64Array {
  const basis = new Float64Array(n * dim);
  const along = new Float64Array(n);
  let rank = 0;
  for (let i = 0; i < n; i++) {
    const row = basis.subarray(rank * dim, (rank + 1) * dim);
    row.set(x.subarray(i * dim, (i + 1) * dim));
    const length = lengthOf(row);
    for (let pass = 0; pass < 2; pass++) {
      if (rank > 0) rowProducts(row, 0, 1, basis, 0, rank, dim, along, rank);
      for (let b = 0; b < rank; b++) {
        const share = along[b]!;
        for (let d = 0; d < dim; d++) row[d]! -= share * basis[b * dim + d]!;
      }
    }
    const left = lengthOf(row);
    if (!(left > 1e-10 * length)) continue;
    for (let d = 0; d < dim; d++) row[d]! /= left;
    rank++;
  }
  return basis.slice(0, rank * dim);
}

function lengthOf(row: Float64Array): number {
  return Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
}

/** Rows of a Gram matrix computed at once. */
const GRAM_BLOCK = 32;

/**
 * x·xᵀ of `x` [n, dim], as [n, n]: the lower triangle only, what is above it may be anything.
 * @param rest awaited now and then, with the multiplications since
 */
export async function gramMatrix(
  x: Float64Array,
  n: number,
  dim: number,
  rest: (multiplications: number) => Promise<void>,
): Promise<Float64Array> {
  const gram = new Float64Array(n * n);
  for (let i0 = 0; i0 < n; i0 += GRAM_BLOCK) {
    const i1 = Math.min(i0 + GRAM_BLOCK, n);
    for (let j0 = 0; j0 < i1; j0 += GRAM_BLOCK) {
      const j1 = Math.min(j0 + GRAM_BLOCK, i1);
      rowProducts(x, i0, i1, x, j0, j1, dim, gram.subarray(i0 * n + j0), n);
    }
    await rest((i1 - i0) * i1 * dim);
  }
  return gram;
}

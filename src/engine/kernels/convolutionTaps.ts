/**
 * Which input pixels go into which output pixels of a convolution, and by which taps of the filter: the stencils of the
 * direct kernels, as data, and the WGSL that finds the pixels.
 */

/** One product of the sum that makes an output pixel. */
export interface Term {
  /** Output pixel within a lane's block. */
  output: number;
  /** Input pixel, relative to where the block's input begins. */
  y: number;
  x: number;
  /** Index into the filter's side². */
  tap: number;
}

export interface Stencil {
  name: string;
  taps: number;
  /** Output pixels of a lane, high and wide. */
  block: number;
  /** Input pixels from one block to the next. */
  step: number;
  /** Output channels of a lane. */
  tile: number;
  terms: readonly Term[];
}

export const range = (n: number) => Array.from({ length: n }, (_, i) => i);
export const lines = <T>(items: readonly T[], line: (item: T, i: number) => string) =>
  items.map(line).join('\n');

/** y[o] = Σ x[o · stride + k] · w[k], before padding */
export function forwardStencil(side: number, stride: number): Stencil {
  const block = 2;
  const along = (i: number) => range(side).map((k) => ({ k, at: i * stride + k }));
  const terms = range(block).flatMap((i) =>
    range(block).flatMap((j) =>
      along(i).flatMap((v) =>
        along(j).map((h) => ({ output: i * block + j, y: v.at, x: h.at, tap: v.k * side + h.k })),
      ),
    ),
  );
  const tile = side === 1 ? 16 : 8;
  return {
    name: `convolution_${side}_${stride}`,
    taps: side * side,
    block,
    step: block * stride,
    tile,
    terms,
  };
}

/** x[i] = Σ y[(i + phase − k) / stride] · w[k], over the k for which that is whole; `phase` is the padding's rest */
export function backwardStencil(side: number, stride: number, phase: number): Stencil {
  const block = 2 * stride;
  const along = (i: number) =>
    range(side)
      .filter((k) => (i + phase - k) % stride === 0)
      .map((k) => ({ k, at: (i + phase - k) / stride }));
  const terms = range(block).flatMap((i) =>
    range(block).flatMap((j) =>
      along(i).flatMap((v) =>
        along(j).map((h) => ({ output: i * block + j, y: v.at, x: h.at, tap: v.k * side + h.k })),
      ),
    ),
  );
  return {
    name: `convolution_back_${side}_${stride}_${phase}`,
    taps: side * side,
    block,
    step: block / stride,
    tile: side === 1 ? 16 : 4,
    terms,
  };
}

/** Offsets of a stencil along one axis, ascending. */
export const offsets = (terms: readonly Term[], axis: 'y' | 'x') =>
  [...new Set(terms.map((term) => term[axis]))].sort((a, b) => a - b);

/**
 * Lets `r0`, `r1`, … be the offsets of the input rows and `c0`, … those of the columns, in elements from the
 * beginning of a plane, and `rowInside0`, …, `columnInside0`, … whether they lie in it.
 */
export function declareNeighbourhood(rows: readonly number[], columns: readonly number[]): string {
  return `
  ${lines(rows, (y, i) => `let r${i} = (top + (${y})) * i32(u.inWidth); let rowInside${i} = top + (${y}) >= 0 && top + (${y}) < i32(u.inHeight);`)}
  ${lines(columns, (x, i) => `let c${i} = left + (${x}); let columnInside${i} = c${i} >= 0 && c${i} < i32(u.inWidth);`)}`;
}

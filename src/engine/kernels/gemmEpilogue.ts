/**
 * What every variant of the matrix product shares: its buffers and uniforms, and what is done to the product
 * before it is written (`GemmEpilogue`).
 *
 * One pipeline serves every epilogue: which parts of it take place is a word of flags, tested after the inner
 * loop, and a buffer that a call does not have is bound to an operand it reads anyway.
 */
import type { KernelSpec } from '../kernel';
import { geluFunctions } from './gelu';

/** Bits of the uniform `epilogue`. */
export const EPILOGUE = {
  bias: 1,
  keep: 2,
  gelu: 4,
  slope: 8,
  rowScale: 16,
  residual: 32,
  rowSums: 64,
} as const;

/** Lines of WGSL, one for each index below `n`. */
export const each = (n: number, line: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => line(i)).join('\n');

const UNIFORMS = [
  'rows',
  'columns',
  'depth',
  'inner',
  'slices',
  'slice',
  'tileRows',
  'tileColumns',
  'tileHeight',
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
  'epilogue',
  'alpha:f32',
] as const;

/** Buffers and uniforms of a product whose operands are read as `type`; `plain` has none of an epilogue's. */
export function gemmInterface(
  type: 'f32' | 'vec4f',
  plain = false,
): Pick<KernelSpec, 'reads' | 'writes' | 'uniforms'> {
  const of = (name: string) => `${name}:${type}`;
  return {
    reads: [of('a'), of('b'), ...(plain ? [] : [of('bias'), of('slopeOf'), 'rowScale', of('residual')])],
    writes: [of('c'), of('second')],
    uniforms: UNIFORMS,
  };
}

/** WGSL that finds the tile, the slice and the batch of `at`, the number of a thread or workgroup. */
export function tileOf(at: string, rows: number, columns: number): string {
  return `
  var rest = ${at};
  let tileColumn = rest % u.tileColumns; rest /= u.tileColumns;
  let tileRow = rest % u.tileRows; rest /= u.tileRows;
  let slice = rest % u.slices; rest /= u.slices;
  let inner = rest % u.inner;
  let outer = rest / u.inner;
  let row0 = tileRow * ${rows}u;
  let column0 = tileColumn * ${columns}u;
  let aBase = u.aOffset + outer * u.aOuter + inner * u.aInner;
  let bBase = u.bOffset + outer * u.bOuter + inner * u.bInner;
  let cBase = u.cOffset + outer * u.cOuter + inner * u.cInner + slice * u.cSlice;
  let first = slice * u.slice;
  let last = min(first + u.slice, u.depth);`;
}

/**
 * WGSL of `put(base, scaleAt, column, value)`, which finishes `width` neighbouring elements of a row and writes
 * those that lie inside the product. With vec4 buffers `base` and `column` count vec4s. `plain` leaves out all
 * but alpha: a third of the kernel's compile time.
 */
export function epilogueFunctions(type: 'f32' | 'vec4f', width: 3 | 4 = 4, plain = false): string {
  const names = ['x', 'y', 'z', 'w'].slice(0, width);
  const vector = type === 'vec4f';
  const value = `vec${width}f` as const;
  const load = (buffer: string, at: string) =>
    vector ? `${buffer}[${at}]` : `${value}(${names.map((p) => `${buffer}[${at}.${p}]`).join(', ')})`;
  const store = (buffer: string) =>
    vector
      ? `${buffer}[at] = v;`
      : names
          .map((p, j) => `if (column + ${j}u < u.columns) { ${buffer}[at.${p}] = v.${p}; }`)
          .join('\n    ');
  const places = vector
    ? 'let n = column;\n  let at = base + column;'
    : `let n = min(vec${width}u(${names.map((_, j) => `column + ${j}u`).join(', ')}), vec${width}u(u.columns - 1u));
  let at = base + n * u.cColumn;`;
  const flag = (name: keyof typeof EPILOGUE, then: string) =>
    `if ((u.epilogue & ${EPILOGUE[name]}u) != 0u) { ${then} }`;
  const parts = `
  ${flag('bias', `v += ${load('bias', 'n')};`)}
  ${flag('keep', store('second'))}
  ${flag('gelu', 'v = gelu(v);')}
  ${flag('slope', `v *= geluSlope(${load('slopeOf', 'at')});`)}
  ${flag('rowScale', 'v *= rowScale[scaleAt];')}
  ${flag('residual', `v += ${load('residual', 'at')};`)}`;
  return `
${plain ? '' : geluFunctions(value)}
fn put(base: u32, scaleAt: u32, column: u32, value: ${value}) {
  ${places}
  var v = u.alpha * value;
  ${plain ? '' : parts}
  ${store('c')}
}`;
}

/** WGSL that sums row `row` of A over this slice, one thread a row, where the first tile of columns is made. */
export function sumRow(row: string): string {
  return `
      var sum = 0.0;
      for (var k = first; k < last; k++) { sum += a[aBase + ${row} * u.aRow + k * u.aColumn]; }
      second[slice * u.rows + ${row}] = sum;`;
}

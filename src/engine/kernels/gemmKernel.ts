/**
 * The WGSL of the matrix product: a tile of the product in the registers of each thread, and what is done to a
 * tile before it is written (`GemmEpilogue`).
 *
 * Two pipelines serve every call: which parts of the epilogue take place is a word of flags, tested once a tile
 * after the inner loop, and a buffer that a call does not have is bound to an operand it reads anyway. The second
 * pipeline has a second output.
 */
import { defineKernel, type Kernel } from '../kernel';
import { geluFunctions } from './gelu';

export const TILE_ROWS = 8;
export const TILE_COLUMNS = 8;

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

const UNIFORMS = [
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
  'epilogue',
  'alpha:f32',
];

const each = (n: number, line: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => line(i)).join('\n');

/** `put4` finishes four neighbouring elements of a row and writes those that lie inside the product. */
function epilogue(secondOutput: boolean): string {
  const lanes = ['x', 'y', 'z', 'w'];
  const gather = (buffer: string, at: string) =>
    `vec4f(${lanes.map((l) => `${buffer}[${at}.${l}]`).join(', ')})`;
  const scatter = (buffer: string) =>
    lanes.map((l, j) => `if (column + ${j}u < u.columns) { ${buffer}[at.${l}] = v.${l}; }`).join('\n    ');
  return `
${geluFunctions('vec4f')}
fn put4(base: u32, scaleAt: u32, column: u32, value: vec4f) {
  let n = min(vec4u(column, column + 1u, column + 2u, column + 3u), vec4u(u.columns - 1u));
  let at = base + n * u.cColumn;
  var v = u.alpha * value;
  if ((u.epilogue & ${EPILOGUE.bias}u) != 0u) { v += ${gather('bias', 'n')}; }
  ${secondOutput ? `if ((u.epilogue & ${EPILOGUE.keep}u) != 0u) {\n    ${scatter('second')}\n  }` : ''}
  if ((u.epilogue & ${EPILOGUE.gelu}u) != 0u) { v = gelu(v); }
  if ((u.epilogue & ${EPILOGUE.slope}u) != 0u) { v *= geluSlope(${gather('slopeOf', 'at')}); }
  if ((u.epilogue & ${EPILOGUE.rowScale}u) != 0u) { v *= rowScale[scaleAt]; }
  if ((u.epilogue & ${EPILOGUE.residual}u) != 0u) { v += ${gather('residual', 'at')}; }
  ${scatter('c')}
}`;
}

function gemmKernel(secondOutput: boolean): Kernel {
  return defineKernel({
    name: secondOutput ? 'gemm_two_outputs' : 'gemm',
    reads: ['a', 'b', 'bias', 'slopeOf', 'rowScale', 'residual'],
    writes: secondOutput ? ['c', 'second'] : ['c'],
    uniforms: UNIFORMS,
    declarations: epilogue(secondOutput),
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
  ${
    secondOutput
      ? `if ((u.epilogue & ${EPILOGUE.rowSums}u) != 0u && tileColumn == 0u) {
    for (var i = 0u; i < min(${TILE_ROWS}u, u.rows - row0); i++) {
      var sum = 0.0;
      for (var k = first; k < last; k++) { sum += a[aBase + (row0 + i) * u.aRow + k * u.aColumn]; }
      second[slice * u.rows + row0 + i] = sum;
    }
  }`
      : ''
  }
  let cBase = u.cOffset + outer * u.cOuter + inner * u.cInner + slice * u.cSlice;
  var tile = array<vec4f, ${2 * TILE_ROWS}>(${each(TILE_ROWS, (i) => `lo${i}, hi${i},`)});
  // A bound that no compiler can unroll: GELU sixteen times over takes seconds to compile on some adapters.
  let parts = 2u * min(${TILE_ROWS}u, u.rows - row0);
  for (var i = 0u; i < parts; i++) {
    let row = row0 + i / 2u;
    let column = column0 + 4u * (i % 2u);
    if (column < u.columns) {
      put4(cBase + row * u.cRow, outer * u.rows + row, column, tile[i]);
    }
  }`,
  });
}

export const gemmOneOutput = gemmKernel(false);
export const gemmTwoOutputs = gemmKernel(true);

/**
 * The matrix product with a tile of 8 × 8 in the registers of each thread: no workgroup memory, no barriers, no
 * optional feature, any strides. It runs everywhere and is the fallback of the variants that ask for more.
 */
import { defineKernel, type Kernel } from '../kernel';
import { EPILOGUE, each, epilogueFunctions, gemmInterface, sumRow, tileOf } from './gemmEpilogue';
import type { GemmVariant } from './gemmTypes';

const SIDE = 8;

const kernel: Kernel = defineKernel({
  name: 'gemm_registers',
  ...gemmInterface('f32'),
  declarations: epilogueFunctions('f32'),
  body: `
  ${tileOf('index', SIDE, SIDE)}
  // Reads beyond the edge are clamped to the last row or column; their results are never written.
  ${each(SIDE, (i) => `let a${i} = aBase + min(row0 + ${i}u, u.rows - 1u) * u.aRow;`)}
  ${each(SIDE, (j) => `let b${j} = bBase + min(column0 + ${j}u, u.columns - 1u) * u.bColumn;`)}
  ${each(SIDE, (i) => `var lo${i} = vec4f(0.0); var hi${i} = vec4f(0.0);`)}
  for (var k = first; k < last; k++) {
    let ak = k * u.aColumn;
    let bk = k * u.bRow;
    let blo = vec4f(b[b0 + bk], b[b1 + bk], b[b2 + bk], b[b3 + bk]);
    let bhi = vec4f(b[b4 + bk], b[b5 + bk], b[b6 + bk], b[b7 + bk]);
    ${each(SIDE, (i) => `{ let v = a[a${i} + ak]; lo${i} += v * blo; hi${i} += v * bhi; }`)}
  }
  // A bound that no compiler can unroll: GELU sixteen times over takes seconds to compile on some adapters.
  let height = min(${SIDE}u, u.rows - row0);
  if ((u.epilogue & ${EPILOGUE.rowSums}u) != 0u && tileColumn == 0u) {
    for (var i = 0u; i < height; i++) {
      ${sumRow('(row0 + i)')}
    }
  }
  var tile = array<vec4f, ${2 * SIDE}>(${each(SIDE, (i) => `lo${i}, hi${i},`)});
  for (var i = 0u; i < 2u * height; i++) {
    let row = row0 + i / 2u;
    let column = column0 + 4u * (i % 2u);
    if (column < u.columns) { put(cBase + row * u.cRow, outer * u.rows + row, column, tile[i]); }
  }`,
});

const picked = { kernel, tileRows: SIDE, tileColumns: SIDE, vector: false, plain: false };

export const registers: GemmVariant = { name: 'registers', enoughTiles: 1024, pick: () => picked };

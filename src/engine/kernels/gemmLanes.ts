/**
 * The matrix product by subgroup broadcasts: a workgroup is one subgroup of known width, each lane loads other
 * rows of A and other columns of B, and A's values reach all lanes by broadcasts from constant lanes.
 *
 * Made for software adapters. They run a storage load as one bounds-checked scalar load for each lane, some
 * hundred instructions, whatever its address; a broadcast is one. So every loaded value is a different one, and
 * four elements that lie side by side are loaded at once (one check of the lane's mask instead of four).
 * Three kernels cover how the operands of linear layers lie, a fourth takes any strides.
 */
import { defineKernel, type Kernel } from '../kernel';
import { EPILOGUE, each, epilogueFunctions, gemmInterface, sumRow, tileOf } from './gemmEpilogue';
import type { GemmKernel, GemmLayout, GemmVariant, Strides } from './gemmTypes';

/** Along which dimension an operand's elements lie side by side. */
type Along = 'depth' | 'width';

const multiplyAdd = (rows: number, broadcast: (row: number) => string, column: string) =>
  each(rows, (i) => `s${i} += subgroupBroadcast(${broadcast(i)}) * ${column};`);

/** Hands the rows of the tile to the epilogue; `column` counts what the buffers hold, `columns` are left of it. */
const finish = (rows: number, width: number, column: string, columns: string) => `
  // The height of the tile comes as a uniform, so that no compiler unrolls the loop: that takes seconds.
  let height = min(u.tileHeight, u.rows - row0);
  let column = ${column};
  var tile = array<vec${width}f, ${rows}>(${each(rows, (i) => `s${i},`)});
  if (column < ${columns}) {
    for (var i = 0u; i < height; i++) {
      let row = row0 + i;
      put(cBase + row * u.cRow, outer * u.rows + row, column, tile[i]);
    }
  }`;

/** The kernel for operands whose elements lie side by side in fours. */
function alignedKernel(lanes: number, rows: number, aAlong: Along, bAlong: Along, plain: boolean): Kernel {
  const columns = 4 * lanes;
  const aVectors = aAlong === 'depth' ? rows / lanes : rows / columns;
  const byFour = aAlong === 'depth' || bAlong === 'depth';
  const aStarts =
    aAlong === 'depth'
      ? each(aVectors, (g) => `let a${g} = aBase + min(row0 + ${g * lanes}u + lane, u.rows - 1u) * u.aRow;`)
      : each(aVectors, (g) => `let a${g} = aBase + min(row0 / 4u + ${g * lanes}u + lane, u.rows / 4u - 1u);`);
  const bStarts =
    bAlong === 'depth'
      ? each(4, (e) => `let b${e} = bBase + min(column0 + 4u * lane + ${e}u, u.columns - 1u) * u.bColumn;`)
      : 'let b0 = bBase + min(column0 / 4u + lane, u.columns / 4u - 1u);';
  /** One step along the summed dimension: `q` is its place among four. */
  const step = (q: number) => {
    const at = byFour ? `(k + ${q}u)` : 'k';
    const load = aAlong === 'width' ? each(aVectors, (g) => `let v${g} = a[a${g} + ${at} * u.aColumn];`) : '';
    const sums = aAlong === 'width' ? each(aVectors, (g) => `rowSum${g} += v${g};`) : '';
    const column =
      bAlong === 'depth' ? `vec4f(w0[${q}], w1[${q}], w2[${q}], w3[${q}])` : `b[b0 + ${at} * u.bRow]`;
    const broadcast = (i: number) =>
      aAlong === 'depth'
        ? `v${Math.floor(i / lanes)}[${q}], ${i % lanes}u`
        : `v${Math.floor(i / columns)}[${i % 4}], ${Math.floor((i % columns) / 4)}u`;
    return `{
      ${load}
      ${sums}
      let w = ${column};
      ${multiplyAdd(rows, broadcast, 'w')}
    }`;
  };
  const loads = `
      ${aAlong === 'depth' ? each(aVectors, (g) => `let v${g} = a[a${g} + k / 4u];`) : ''}
      ${bAlong === 'depth' ? each(4, (e) => `let w${e} = b[b${e} + k / 4u];`) : ''}`;
  return defineKernel({
    name: `gemm_lanes${lanes}_${rows}_${aAlong}_${bAlong}${plain ? '' : '_epilogue'}`,
    mode: 'groups',
    workgroupSize: lanes,
    directives: 'enable subgroups;',
    ...gemmInterface('vec4f', plain),
    declarations: epilogueFunctions('vec4f', 4, plain),
    body: `
  ${tileOf('group', rows, columns)}
  // Reads beyond the edge are clamped to the last row or column; their results are never written.
  ${aStarts}
  ${bStarts}
  ${each(rows, (i) => `var s${i} = vec4f(0.0);`)}
  ${aAlong === 'width' ? each(aVectors, (g) => `var rowSum${g} = vec4f(0.0);`) : ''}
  for (var k = first; k < last; k += ${byFour ? 4 : 1}u) {
    ${loads}
    ${each(byFour ? 4 : 1, step)}
  }
  ${
    aAlong === 'width'
      ? `if ((u.epilogue & ${EPILOGUE.rowSums}u) != 0u && tileColumn == 0u) {
    ${each(
      aVectors,
      (g) => `{ let at = row0 / 4u + ${g * lanes}u + lane;
      if (at < u.rows / 4u) { second[slice * (u.rows / 4u) + at] = rowSum${g}; } }`,
    )}
  }`
      : ''
  }
  ${finish(rows, 4, 'column0 / 4u + lane', 'u.columns / 4u')}`,
  });
}

/** Columns of a lane in the kernel for any strides: with 24 rows, tiles fit the 65 tokens of a small transformer. */
const STRIDED_WIDTH = 3;

/** The kernel for any strides: one element a load. */
function stridedKernel(lanes: number, rows: number, plain: boolean): Kernel {
  const width = STRIDED_WIDTH;
  const aVectors = rows / lanes;
  const start = (e: number) => `min(column0 + ${width}u * lane + ${e}u, u.columns - 1u)`;
  return defineKernel({
    name: `gemm_lanes${lanes}_${rows}_strided${plain ? '' : '_epilogue'}`,
    mode: 'groups',
    workgroupSize: lanes,
    directives: 'enable subgroups;',
    ...gemmInterface('f32', plain),
    declarations: epilogueFunctions('f32', width, plain),
    body: `
  ${tileOf('group', rows, width * lanes)}
  ${each(aVectors, (g) => `let a${g} = aBase + min(row0 + ${g * lanes}u + lane, u.rows - 1u) * u.aRow;`)}
  ${each(width, (e) => `let b${e} = bBase + ${start(e)} * u.bColumn;`)}
  ${each(rows, (i) => `var s${i} = vec${width}f(0.0);`)}
  for (var k = first; k < last; k++) {
    let ak = k * u.aColumn;
    let bk = k * u.bRow;
    ${each(aVectors, (g) => `let v${g} = a[a${g} + ak];`)}
    let w = vec${width}f(${Array.from({ length: width }, (_, e) => `b[b${e} + bk]`).join(', ')});
    ${multiplyAdd(rows, (i) => `v${Math.floor(i / lanes)}, ${i % lanes}u`, 'w')}
  }
  if ((u.epilogue & ${EPILOGUE.rowSums}u) != 0u && tileColumn == 0u) {
    for (var row = row0 + lane; row < min(row0 + ${rows}u, u.rows); row += ${lanes}u) {
      ${sumRow('row')}
    }
  }
  ${finish(rows, width, `column0 + ${width}u * lane`, 'u.columns')}`,
  });
}

const byFours = (...counts: Array<number | undefined>) => counts.every((n) => (n ?? 0) % 4 === 0);

/** Along which dimension an operand can be read in fours, `width` being its rows (A) or columns (B). */
function alongOf(
  s: Strides,
  width: number,
  widthStride: number,
  depth: number,
  depthStride: number,
): Along | null {
  if (!byFours(s.offset, s.outer, s.inner)) return null;
  if (depthStride === 1 && byFours(widthStride, depth)) return 'depth';
  if (widthStride === 1 && byFours(depthStride, width)) return 'width';
  return null;
}

/** Variants share a kernel where they need the same, so that it is compiled once. */
const built = new Map<string, GemmKernel>();

/**
 * The variant for subgroups of exactly `lanes` lanes.
 * @param rows of a tile, where A lies along the summed dimension; a multiple of `lanes`
 */
export function lanesVariant(lanes: number, rows: number): GemmVariant {
  return {
    name: `lanes${lanes}x${rows}`,
    enoughTiles: 32,
    pick({ shape, a, b, c, rowSums, plain: wantsPlain }: GemmLayout): GemmKernel {
      const aAlong = alongOf(a, shape.rows, a.row, shape.depth, a.column);
      const bAlong = alongOf(b, shape.columns, b.column, shape.depth, b.row);
      const cAligned = c.column === 1 && byFours(c.offset, c.outer, c.inner, c.row, shape.columns);
      // Only the kernel for A along its rows sums them; A along its rows and B along the summed dimension is rare.
      const covered = aAlong === 'width' ? bAlong === 'width' : !rowSums;
      const strided = !aAlong || !bAlong || !cAligned || !covered;
      // Forward and input-gradient products come with and without an epilogue: one kernel for both compiles faster.
      const plain = wantsPlain && (strided || aAlong === 'width');
      const stridedRows = lanes * Math.max(1, Math.floor(24 / lanes));
      const tileRows = strided ? stridedRows : aAlong === 'depth' ? rows : 4 * lanes;
      const key = [lanes, tileRows, strided ? 'strided' : `${aAlong} ${bAlong}`, plain].join(' ');
      const made = built.get(key) ?? {
        kernel: strided
          ? stridedKernel(lanes, tileRows, plain)
          : alignedKernel(lanes, tileRows, aAlong, bAlong, plain),
        tileRows,
        tileColumns: (strided ? STRIDED_WIDTH : 4) * lanes,
        vector: !strided,
        plain,
      };
      built.set(key, made);
      return made;
    },
  };
}

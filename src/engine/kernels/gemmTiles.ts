/**
 * The matrix product by tiles in workgroup memory: what discrete GPUs want. A workgroup copies a strip of A and
 * one of B, neighbouring lanes reading neighbouring elements whichever way the operand lies, and each lane
 * multiplies its part of the tile out of registers. Any strides.
 *
 * In `f16` the strips and the products are half precision and the sums single: half the workgroup memory and,
 * on some adapters, twice the products a cycle. Values beyond 65,504 overflow and every product keeps 11 bits.
 */
import { defineKernel } from '../kernel';
import { EPILOGUE, each, epilogueFunctions, gemmInterface, tileOf } from './gemmEpilogue';
import type { GemmVariant } from './gemmTypes';

export interface TileOptions {
  /** Side of a workgroup's tile. */
  side: number;
  /** Rows and columns that a lane computes: 4 or 8. */
  perLane: 4 | 8;
  /** Half-precision products; needs the device feature `shader-f16`. */
  half?: boolean;
}

/** Length of the strips along the summed dimension. */
const STRIP = 16;

/** WGSL that copies a strip into workgroup memory: `width` is the operand's dimension that is not summed. */
function copyStrip(
  from: 'a' | 'b',
  { side, half }: TileOptions,
  lanes: number,
  widthStride: string,
  depthStride: string,
  start: string,
  limit: string,
): string {
  const value = `select(0.0, ${from}[${from}Base + min(${start} + at, ${limit} - 1u) * ${widthStride} + min(k, last - 1u) * ${depthStride}], k < last)`;
  return `
    for (var e = lane; e < ${side * STRIP}u; e += ${lanes}u) {
      // Neighbouring lanes follow the dimension whose elements lie side by side.
      let alongDepth = ${depthStride} == 1u;
      let at = select(e % ${side}u, e / ${STRIP}u, alongDepth);
      let step = select(e / ${side}u, e % ${STRIP}u, alongDepth);
      let k = k0 + step;
      ${from}Strip[step * ${side / 4}u + at / 4u][at % 4u] = ${half ? `f16(${value})` : value};
    }`;
}

function tilesKernel(options: TileOptions) {
  const { side, perLane, half } = options;
  const across = side / perLane;
  const lanes = across * across;
  const vectors = perLane / 4;
  const vector = half ? 'vec4h' : 'vec4f';
  const product = (left: string, right: string) =>
    half ? `vec4f(${left} * ${right})` : `${left} * ${right}`;
  return defineKernel({
    name: `gemm_${variantName(options)}`,
    mode: 'groups',
    workgroupSize: lanes,
    ...(half ? { directives: 'enable f16;' } : {}),
    ...gemmInterface('f32'),
    declarations: `
${epilogueFunctions('f32')}
var<workgroup> aStrip: array<${vector}, ${(side * STRIP) / 4}>;
var<workgroup> bStrip: array<${vector}, ${(side * STRIP) / 4}>;`,
    body: `
  ${tileOf('group', side, side)}
  let laneRow = lane / ${across}u;
  let laneColumn = lane % ${across}u;
  let sumsRows = (u.epilogue & ${EPILOGUE.rowSums}u) != 0u && tileColumn == 0u;
  var rowSum = 0.0;
  ${each(perLane * vectors, (i) => `var s${i} = vec4f(0.0);`)}
  for (var k0 = first; k0 < last; k0 += ${STRIP}u) {
    ${copyStrip('a', options, lanes, 'u.aRow', 'u.aColumn', 'row0', 'u.rows')}
    ${copyStrip('b', options, lanes, 'u.bColumn', 'u.bRow', 'column0', 'u.columns')}
    workgroupBarrier();
    for (var step = 0u; step < ${STRIP}u; step++) {
      ${each(vectors, (v) => `let a${v} = aStrip[step * ${side / 4}u + laneRow * ${vectors}u + ${v}u];`)}
      ${each(vectors, (v) => `let b${v} = bStrip[step * ${side / 4}u + laneColumn * ${vectors}u + ${v}u];`)}
      ${each(perLane, (i) =>
        each(
          vectors,
          (v) => `s${i * vectors + v} += ${product(`a${Math.floor(i / 4)}[${i % 4}]`, `b${v}`)};`,
        ),
      )}
    }
    if (sumsRows && lane < ${side}u) {
      for (var step = 0u; step < ${STRIP}u; step++) {
        rowSum += f32(aStrip[step * ${side / 4}u + lane / 4u][lane % 4u]);
      }
    }
    workgroupBarrier();
  }
  if (sumsRows && lane < ${side}u && row0 + lane < u.rows) {
    second[slice * u.rows + row0 + lane] = rowSum;
  }
  let row1 = row0 + laneRow * ${perLane}u;
  let column1 = column0 + laneColumn * ${perLane}u;
  var tile = array<vec4f, ${perLane * vectors}>(${each(perLane * vectors, (i) => `s${i},`)});
  // A bound that no compiler can unroll: GELU sixteen times over takes seconds to compile on some adapters.
  let height = min(${perLane}u, max(u.rows, row1) - row1);
  for (var i = 0u; i < ${vectors}u * height; i++) {
    let row = row1 + i / ${vectors}u;
    let column = column1 + 4u * (i % ${vectors}u);
    if (column < u.columns) { put(cBase + row * u.cRow, outer * u.rows + row, column, tile[i]); }
  }`,
  });
}

const variantName = ({ side, perLane, half }: TileOptions) => `tiles${side}x${perLane}${half ? '-f16' : ''}`;

/** The variant with square tiles; `side` / `perLane` squared is its workgroup's lanes, at least `side` of them. */
export function tilesVariant(options: TileOptions): GemmVariant {
  const { side } = options;
  const kernel = tilesKernel(options);
  const picked = { kernel, tileRows: side, tileColumns: side, vector: false, plain: false };
  return { name: variantName(options), enoughTiles: 256, pick: () => picked };
}

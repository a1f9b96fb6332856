/**
 * The gradient of a convolution's weights: dw[o, c, k] = Σ dy[b, o, p] · x[b, c, p · stride + k − padding].
 *
 * A workgroup makes the filters of a few output and input channels over a slice of the images. Its lanes share
 * the pixels: each adds up whole filters over the pixels it holds, then the lanes are added in a fixed tree, by
 * exchanges within a subgroup of known width or through workgroup memory. Slices are added in order at the end.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { computeOne } from '../backend';
import { defineKernel, type Kernel } from '../kernel';
import type { ConvolutionSizes } from './convolutionStencil';
import { declareNeighbourhood, lines, range } from './convolutionTaps';
import { sumLeading } from './gemm';

/** Side of the block of output pixels that a lane takes at a time. */
const BLOCK = 2;
/** Below this many workgroups the adapter idles, so the images are split into slices. */
const ENOUGH_GROUPS = 512;

/**
 * Channels of a workgroup. With more of them every loaded value is used more often; software adapters, which hold
 * sums beyond their registers in the processor's cache, gain by more than a GPU has registers for.
 */
interface Tile {
  outputs: number;
  channels: number;
}

/** Adds `lanes` values over as many lanes, so that lane i is left with the sum of value i: a tree of exchanges. */
function foldInSubgroup(values: readonly string[], bit = 1): string {
  if (values.length === 1) return values[0] as string;
  const pairs = range(values.length / 2).map(
    (i) => `half(${values[2 * i]}, ${values[2 * i + 1]}, lane, ${bit}u)`,
  );
  return foldInSubgroup(pairs, 2 * bit);
}

const halfInSubgroup = `
fn half(a: f32, b: f32, lane: u32, bit: u32) -> f32 {
  let odd = (lane & bit) != 0u;
  return select(a, b, odd) + subgroupShuffleXor(select(b, a, odd), bit);
}`;

/** The same in workgroup memory, eight values over 64 lanes: lane 8 · i + j is left with an eighth of value i. */
const foldInWorkgroup = (batches: number) => `
var<workgroup> scratch: array<f32, 512>;
var<workgroup> eighths: array<f32, ${64 * batches}>;
fn fold(batch: u32, lane: u32, ${range(8)
  .map((i) => `v${i}: f32`)
  .join(', ')}) {
  ${lines(range(8), (i) => `scratch[${64 * i}u + lane] = v${i};`)}
  workgroupBarrier();
  var sum = 0.0;
  for (var k = 0u; k < 8u; k++) { sum += scratch[8u * lane + k]; }
  eighths[64u * batch + lane] = sum;
  workgroupBarrier();
}`;

function weightKernel(side: number, stride: number, tile: Tile, lanes: number | null): Kernel {
  const workgroupSize = lanes ?? 64;
  const taps = side * side;
  const sums = range(tile.outputs * tile.channels * taps);
  const along = [...new Set(range(BLOCK).flatMap((i) => range(side).map((k) => i * stride + k)))].sort(
    (a, b) => a - b,
  );
  const places = range(BLOCK).flatMap((i) => range(BLOCK).map((j) => ({ i, j })));
  const pixelOf = (i: number, k: number) => along.indexOf(i * stride + k);
  const batch = lanes ?? 8;
  const batches = range(Math.ceil(sums.length / batch));
  const values = (b: number) =>
    range(batch).map((i) => (b * batch + i < sums.length ? `s${b * batch + i}` : '0.0'));
  const put = (i: string, value: string) => `{
      let o = outputTile * ${tile.outputs}u + ${i} / ${tile.channels * taps}u;
      let c = channelTile * ${tile.channels}u + (${i} / ${taps}u) % ${tile.channels}u;
      if (${i} < ${sums.length}u && o < u.outputs && c < u.channels) {
        dw[((slice * u.outputs + o) * u.channels + c) * ${taps}u + ${i} % ${taps}u] = ${value};
      } }`;
  return defineKernel({
    name: `convolution_weight_${side}_${stride}${lanes ? `_lanes${lanes}` : ''}`,
    mode: 'groups',
    workgroupSize,
    ...(lanes ? { directives: 'enable subgroups;' } : {}),
    reads: ['x', 'dy'],
    writes: ['dw'],
    uniforms: [
      'images',
      'channels',
      'inHeight',
      'inWidth',
      'outputs',
      'outHeight',
      'outWidth',
      'outputTiles',
      'channelTiles',
      'sliceImages',
      'blocks',
      'blockColumns',
      'padding',
    ],
    declarations: lanes ? halfInSubgroup : foldInWorkgroup(batches.length),
    body: `
  let outputTile = group % u.outputTiles;
  let channelTile = (group / u.outputTiles) % u.channelTiles;
  let slice = group / (u.outputTiles * u.channelTiles);
  let firstImage = slice * u.sliceImages;
  let lastImage = min(firstImage + u.sliceImages, u.images);
  // Where an image has fewer blocks than there are lanes, the lanes take several images at a time.
  let abreast = max(1u, ${workgroupSize}u / u.blocks);
  let ahead = select(0u, lane / u.blocks, abreast > 1u);
  ${lines(range(tile.outputs), (o) => `let output${o} = min(outputTile * ${tile.outputs}u + ${o}u, u.outputs - 1u) * u.outHeight * u.outWidth;`)}
  ${lines(range(tile.channels), (c) => `let channel${c} = i32(min(channelTile * ${tile.channels}u + ${c}u, u.channels - 1u) * u.inHeight * u.inWidth);`)}
  ${lines(sums, (i) => `var s${i} = 0.0;`)}
  for (var chunk = 0u; chunk < u.blocks; chunk += ${workgroupSize}u) {
    let block = chunk + lane - ahead * u.blocks;
    let by = block / u.blockColumns;
    let bx = block - by * u.blockColumns;
    let oy = by * ${BLOCK}u;
    let ox = bx * ${BLOCK}u;
    let top = i32(oy * ${stride}u) - i32(u.padding);
    let left = i32(ox * ${stride}u) - i32(u.padding);
    ${declareNeighbourhood(along, along)}
    let here = ahead < abreast && block < u.blocks;
    ${lines(places, ({ i, j }) => `let inside${i}_${j} = here && oy + ${i}u < u.outHeight && ox + ${j}u < u.outWidth;`)}
    for (var first = firstImage; first < lastImage; first += abreast) {
      let image = first + ahead;
      let live = image < lastImage;
      let dyAt = (image * u.outputs * u.outHeight + oy) * u.outWidth + ox;
      let plane = i32(image * u.channels * u.inHeight * u.inWidth);
      ${lines(range(tile.outputs), (o) =>
        lines(
          places,
          ({ i, j }) =>
            `let d${o}_${i}_${j} = select(0.0, dy[dyAt + output${o} + ${i}u * u.outWidth + ${j}u], live && inside${i}_${j});`,
        ),
      )}
      ${lines(
        range(tile.channels),
        (c) => `{
      ${lines(along, (_, i) =>
        lines(
          along,
          (__, j) =>
            `let p${i}_${j} = select(0.0, x[plane + channel${c} + r${i} + c${j}], live && rowInside${i} && columnInside${j});`,
        ),
      )}
      ${lines(range(tile.outputs), (o) =>
        lines(range(taps), (tap) => {
          const [ky, kx] = [Math.floor(tap / side), tap % side];
          const terms = places.map(({ i, j }) => `d${o}_${i}_${j} * p${pixelOf(i, ky)}_${pixelOf(j, kx)}`);
          return `s${(o * tile.channels + c) * taps + tap} += ${terms.join(' + ')};`;
        }),
      )} }`,
      )}
    }
  }
  ${
    lanes
      ? lines(
          batches,
          (b) =>
            `{ let i = ${b * lanes}u + lane;\n    let sum = ${foldInSubgroup(values(b))};\n    ${put('i', 'sum')} }`,
        )
      : `${lines(batches, (b) => `fold(${b}u, lane, ${values(b).join(', ')});`)}
  for (var i = lane; i < ${sums.length}u; i += 64u) {
    var sum = 0.0;
    for (var k = 0u; k < 8u; k++) { sum += eighths[8u * i + k]; }
    ${put('i', 'sum')}
  }`
  }`,
  });
}

const built = new Map<string, Kernel>();

function kernelFor(side: number, stride: number, tile: Tile, lanes: number | null): Kernel {
  const key = `${side} ${stride} ${lanes}`;
  const kernel = built.get(key) ?? weightKernel(side, stride, tile, lanes);
  built.set(key, kernel);
  return kernel;
}

/** x [batch, channels, height, width] and dy [batch, outputs, outHeight, outWidth] → dw [outputs, channels, side, side]. */
export function weightGradient(
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  sizes: ConvolutionSizes,
  lanes: number | null,
): tf.Tensor {
  const { batch, channels, outputs, outHeight, outWidth, side, stride } = sizes;
  const tile = side === 1 ? { outputs: 8, channels: 4 } : { outputs: lanes ? 8 : 4, channels: 2 };
  const kernel = kernelFor(side, stride, tile, lanes);
  const blockColumns = Math.ceil(outWidth / BLOCK);
  const blocks = Math.ceil(outHeight / BLOCK) * blockColumns;
  const outputTiles = Math.ceil(outputs / tile.outputs);
  const channelTiles = Math.ceil(channels / tile.channels);
  const abreast = Math.max(1, Math.floor((kernel.workgroupSize as number) / blocks));
  const wanted = Math.ceil(ENOUGH_GROUPS / (outputTiles * channelTiles));
  const sliceImages = Math.max(abreast, Math.ceil(batch / wanted));
  const slices = Math.ceil(batch / sliceImages);
  const shape = [outputs, channels, side, side];
  const partial = computeOne(
    kernel,
    [x, dy],
    slices === 1 ? shape : [slices, ...shape],
    {
      images: batch,
      channels,
      inHeight: sizes.height,
      inWidth: sizes.width,
      outputs,
      outHeight,
      outWidth,
      outputTiles,
      channelTiles,
      sliceImages,
      blocks,
      blockColumns,
      padding: sizes.padding,
    },
    outputTiles * channelTiles * slices,
  );
  if (slices === 1) return partial;
  const total = sumLeading(partial, slices, shape);
  partial.dispose();
  return total;
}

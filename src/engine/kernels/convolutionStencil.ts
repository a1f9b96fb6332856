/**
 * Direct convolution, x * w and its gradient with respect to x, without columns in memory.
 *
 * Both are the same stencil: an output pixel is a sum over taps of input pixels at fixed offsets, times weights.
 * A lane holds a small block of output pixels for a tile of output channels in registers, so that every pixel
 * and every weight it loads is used many times; neighbouring lanes hold neighbouring blocks. The gradient of a
 * convolution with stride 1 is again one, with the taps reversed, and runs on the forward kernel; with a stride s,
 * blocks of s × s output pixels see different taps of the same input pixels.
 *
 * Where a workgroup is one subgroup of known width, each lane loads other weights and all get them by broadcasts:
 * software adapters run a storage load as one scalar load for each lane, a broadcast as a single instruction.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { computeOne } from '../backend';
import { defineKernel, type Kernel } from '../kernel';
import { type ConvolutionFollowing, FOLLOWING, followingFlags } from './convolutionFollowing';
import {
  backwardStencil,
  declareNeighbourhood,
  forwardStencil,
  lines,
  offsets,
  range,
  type Stencil,
  type Term,
} from './convolutionTaps';

/** Sizes of a convolution: x [batch, channels, height, width] → y [batch, outputs, outHeight, outWidth]. */
export interface ConvolutionSizes {
  batch: number;
  channels: number;
  height: number;
  width: number;
  outputs: number;
  outHeight: number;
  outWidth: number;
  /** Of the square filter. */
  side: number;
  stride: number;
  padding: number;
}

/** @param lanes of the workgroup, when that is one subgroup; null where subgroups are not to be used */
function stencilKernel({ name, taps, block, step, tile, terms }: Stencil, lanes: number | null): Kernel {
  const rows = offsets(terms, 'y');
  const columns = offsets(terms, 'x');
  const pixel = (term: Term) => `p${rows.indexOf(term.y)}_${columns.indexOf(term.x)}`;
  const pixels = [...new Map(terms.map((term) => [pixel(term), term])).values()];
  const outputs = range(block * block);
  const tiles = range(tile);
  const workgroupSize = lanes ?? 64;
  const weights = range(Math.ceil((tile * taps) / workgroupSize));
  const channelOf = (t: string) => `min(tile * ${tile}u + ${t}, u.outChannels - 1u)`;

  /** Where the weights of a channel lie, beside `weightAt`, which moves on with the input channel. */
  const weightOffsets = lanes
    ? lines(
        weights,
        (m) => `var f${m} = 0;
  { let i = min(${m * lanes}u + lane, ${tile * taps - 1}u);
    f${m} = i32(${channelOf(`i / ${taps}u`)} * u.weightOut) + i32(i % ${taps}u) * u.weightTap; }`,
      )
    : lines(tiles, (t) => `let f${t} = i32(${channelOf(`${t}u`)} * u.weightOut);`);
  const weight = (t: number, tap: number) => {
    const i = t * taps + tap;
    return lanes
      ? `subgroupBroadcast(w${Math.floor(i / lanes)}, ${i % lanes}u)`
      : `w[weightAt + f${t} + ${tap} * u.weightTap]`;
  };
  const sums = (t: number) =>
    lines(range(taps), (tap) => {
      const using = terms.filter((term) => term.tap === tap);
      return `{ let k = ${weight(t, tap)};
      ${lines(using, (term) => `s${t}_${term.output} += k * ${pixel(term)};`)} }`;
    });

  return defineKernel({
    name: `${name}${lanes ? `_lanes${lanes}` : ''}`,
    mode: 'groups',
    workgroupSize,
    ...(lanes ? { directives: 'enable subgroups;' } : {}),
    reads: ['x', 'w', 'bias', 'residual'],
    writes: ['y'],
    uniforms: [
      'following',
      'images',
      'inChannels',
      'inHeight',
      'inWidth',
      'outChannels',
      'outHeight',
      'outWidth',
      'tiles',
      'blocks',
      'blockColumns',
      'weightStart',
      'weightOut',
      'weightIn',
      'weightTap:i32',
      'shift:i32',
    ],
    body: `
  let tile = group % u.tiles;
  let index = (group / u.tiles) * ${workgroupSize}u + lane;
  // A lane beyond the last block repeats it and writes nothing.
  let place = min(index, u.images * u.blocks - 1u);
  let image = place / u.blocks;
  let block = place - image * u.blocks;
  let by = block / u.blockColumns;
  let bx = block - by * u.blockColumns;
  let top = i32(by * ${step}u) + u.shift;
  let left = i32(bx * ${step}u) + u.shift;
  ${declareNeighbourhood(rows, columns)}
  ${weightOffsets}
  ${lines(tiles, (t) => outputs.map((o) => `var s${t}_${o} = 0.0;`).join(' '))}
  var plane = i32(image * u.inChannels * u.inHeight * u.inWidth);
  var weightAt = i32(u.weightStart);
  for (var c = 0u; c < u.inChannels; c++) {
    ${lanes ? lines(weights, (m) => `let w${m} = w[weightAt + f${m}];`) : ''}
    ${lines(pixels, (p) => {
      const [i, j] = [rows.indexOf(p.y), columns.indexOf(p.x)];
      return `let ${pixel(p)} = select(0.0, x[plane + r${i} + c${j}], rowInside${i} && columnInside${j});`;
    })}
    ${lines(tiles, sums)}
    plane += i32(u.inHeight * u.inWidth);
    weightAt += i32(u.weightIn);
  }
  if (index == place) {
    let sums = array<array<f32, ${block * block}>, ${tile}>(${tiles
      .map((t) => `array<f32, ${block * block}>(${outputs.map((o) => `s${t}_${o}`).join(', ')})`)
      .join(',\n')});
    for (var t = 0u; t < min(${tile}u, u.outChannels - tile * ${tile}u); t++) {
      let channel = tile * ${tile}u + t;
      let start = (image * u.outChannels + channel) * u.outHeight;
      var shift = 0.0;
      if ((u.following & ${FOLLOWING.bias}u) != 0u) { shift = bias[channel]; }
      ${lines(
        outputs,
        (
          o,
        ) => `{ let oy = by * ${block}u + ${Math.floor(o / block)}u; let ox = bx * ${block}u + ${o % block}u;
        if (oy < u.outHeight && ox < u.outWidth) {
          let at = (start + oy) * u.outWidth + ox;
          var value = sums[t][${o}] + shift;
          if ((u.following & ${FOLLOWING.residual}u) != 0u) { value += residual[at]; }
          y[at] = value;
        } }`,
      )}
    }
  }`,
  });
}

const built = new Map<string, { stencil: Stencil; kernel: Kernel }>();

/** @param phase of the backward stencil; null for the forward one */
function stencilFor(side: number, stride: number, phase: number | null, lanes: number | null) {
  const key = `${side} ${stride} ${phase} ${lanes}`;
  let known = built.get(key);
  if (!known) {
    const stencil = phase === null ? forwardStencil(side, stride) : backwardStencil(side, stride, phase);
    known = { stencil, kernel: stencilKernel(stencil, lanes) };
    built.set(key, known);
  }
  return known;
}

/** x and weight [outputs, channels, side, side] → y, with what follows. */
export function convolveForward(
  x: tf.TensorInfo,
  weight: tf.TensorInfo,
  sizes: ConvolutionSizes,
  lanes: number | null,
  following: ConvolutionFollowing = {},
): tf.Tensor {
  const { batch, channels, height, width, outputs, outHeight, outWidth, side, stride, padding } = sizes;
  const { stencil, kernel } = stencilFor(side, stride, null, lanes);
  return run(kernel, stencil, [x, weight], following, {
    images: batch,
    inChannels: channels,
    inHeight: height,
    inWidth: width,
    outChannels: outputs,
    outHeight,
    outWidth,
    weightStart: 0,
    weightOut: channels * side * side,
    weightIn: side * side,
    weightTap: 1,
    shift: -padding,
  });
}

/** dy and weight [outputs, channels, side, side] → dx. */
export function convolveBackward(
  dy: tf.TensorInfo,
  weight: tf.TensorInfo,
  sizes: ConvolutionSizes,
  lanes: number | null,
): tf.Tensor {
  const { batch, channels, height, width, outputs, outHeight, outWidth, side, stride, padding } = sizes;
  const reversed = stride === 1;
  const phase = padding % stride;
  const { stencil, kernel } = stencilFor(side, stride, reversed ? null : phase, lanes);
  return run(
    kernel,
    stencil,
    [dy, weight],
    {},
    {
      images: batch,
      inChannels: outputs,
      inHeight: outHeight,
      inWidth: outWidth,
      outChannels: channels,
      outHeight: height,
      outWidth: width,
      weightStart: reversed ? side * side - 1 : 0,
      weightOut: side * side,
      weightIn: channels * side * side,
      weightTap: reversed ? -1 : 1,
      shift: reversed ? padding + 1 - side : (padding - phase) / stride,
    },
  );
}

interface StencilSizes {
  images: number;
  inChannels: number;
  inHeight: number;
  inWidth: number;
  outChannels: number;
  outHeight: number;
  outWidth: number;
  weightStart: number;
  weightOut: number;
  weightIn: number;
  weightTap: number;
  /** From where a block begins to where its input does, when the filter has no padding. */
  shift: number;
}

function run(
  kernel: Kernel,
  { block, tile }: Stencil,
  operands: readonly [tf.TensorInfo, tf.TensorInfo],
  following: ConvolutionFollowing,
  sizes: StencilSizes,
): tf.Tensor {
  const { images, outChannels, outHeight, outWidth } = sizes;
  const blockColumns = Math.ceil(outWidth / block);
  const blocks = Math.ceil(outHeight / block) * blockColumns;
  const tiles = Math.ceil(outChannels / tile);
  const groups = tiles * Math.ceil((images * blocks) / (kernel.workgroupSize as number));
  const shape = [images, outChannels, outHeight, outWidth];
  // Every binding needs a buffer, also one that is not looked at.
  const [, unused] = operands;
  const reads = [...operands, following.bias ?? unused, following.residual ?? unused];
  const uniforms = { ...sizes, following: followingFlags(following), tiles, blocks, blockColumns };
  return computeOne(kernel, reads, shape, uniforms, groups);
}

/**
 * Convolution by columns, for large filters: the patches under the filter are laid out as [B, C·k·k, positions],
 * and every product is a `gemm`, so that the result and both gradients come out in place.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { computeOne } from '../backend';
import { defineKernel } from '../kernel';
import type { ConvolutionSizes } from './convolutionStencil';
import { gemm, sumLeading } from './gemm';

const GEOMETRY = ['height', 'width', 'padding', 'outHeight', 'outWidth'] as const;

/** Both kernels for one filter side and stride: as constants they cost no divisions, which software adapters feel. */
function buildKernels(side: number, stride: number) {
  /** One thread per position of a channel writes its k·k taps. */
  const toColumns = defineKernel({
    name: `convolution_columns_${side}_${stride}`,
    reads: ['x'],
    writes: ['columns'],
    uniforms: GEOMETRY,
    body: `
  let positions = u.outHeight * u.outWidth;
  let channel = index / positions; // image · channels + channel
  let position = index - channel * positions;
  let oy = position / u.outWidth;
  let ox = position - oy * u.outWidth;
  let base = channel * u.height * u.width;
  var at = channel * ${side * side}u * positions + position;
  for (var ky = 0u; ky < ${side}u; ky++) {
    let y = i32(oy * ${stride}u + ky) - i32(u.padding);
    for (var kx = 0u; kx < ${side}u; kx++) {
      let x0 = i32(ox * ${stride}u + kx) - i32(u.padding);
      let inside = y >= 0 && y < i32(u.height) && x0 >= 0 && x0 < i32(u.width);
      columns[at] = select(0.0, x[base + u32(max(y, 0)) * u.width + u32(max(x0, 0))], inside);
      at += positions;
    }
  }`,
  });
  /** Adds every column entry back to its pixel: each pixel gathers its own, so the order is fixed. */
  const fromColumns = defineKernel({
    name: `convolution_gather_${side}_${stride}`,
    reads: ['columns'],
    writes: ['dx'],
    uniforms: GEOMETRY,
    body: `
  let pixels = u.height * u.width;
  let channel = index / pixels;
  let pixel = index - channel * pixels;
  let y = pixel / u.width;
  let x0 = pixel - y * u.width;
  let positions = u.outHeight * u.outWidth;
  let base = channel * ${side * side}u * positions;
  var sum = 0.0;
  for (var ky = 0u; ky < ${side}u; ky++) {
    let top = i32(y + u.padding) - i32(ky);
    if (top < 0 || u32(top) % ${stride}u != 0u || u32(top) / ${stride}u >= u.outHeight) { continue; }
    for (var kx = 0u; kx < ${side}u; kx++) {
      let left = i32(x0 + u.padding) - i32(kx);
      if (left < 0 || u32(left) % ${stride}u != 0u || u32(left) / ${stride}u >= u.outWidth) { continue; }
      let tap = ky * ${side}u + kx;
      sum += columns[base + tap * positions + u32(top) / ${stride}u * u.outWidth + u32(left) / ${stride}u];
    }
  }
  dx[index] = sum;`,
  });
  return { toColumns, fromColumns };
}

const built = new Map<string, ReturnType<typeof buildKernels>>();

function kernelsFor({ side, stride }: ConvolutionSizes): ReturnType<typeof buildKernels> {
  const key = `${side} ${stride}`;
  const kernels = built.get(key) ?? buildKernels(side, stride);
  built.set(key, kernels);
  return kernels;
}

function layoutOf({ channels, side, outHeight, outWidth, outputs }: ConvolutionSizes) {
  const positions = outHeight * outWidth;
  const taps = channels * side * side;
  const columns = { outer: taps * positions, row: positions, column: 1 };
  const output = { outer: outputs * positions, row: positions, column: 1 };
  return { positions, taps, columns, output };
}

function columnsOf(x: tf.TensorInfo, sizes: ConvolutionSizes): tf.Tensor {
  const { positions, taps } = layoutOf(sizes);
  const count = sizes.batch * sizes.channels * positions;
  return computeOne(kernelsFor(sizes).toColumns, [x], [sizes.batch, taps, positions], { ...sizes }, count);
}

/** x and weight [outputs, channels, side, side] → y. */
export function columnsForward(x: tf.TensorInfo, weight: tf.TensorInfo, sizes: ConvolutionSizes): tf.Tensor {
  const { batch, outputs, outHeight, outWidth } = sizes;
  const { positions, taps, columns } = layoutOf(sizes);
  const patches = columnsOf(x, sizes);
  const y = gemm(
    [batch, outputs, outHeight, outWidth],
    { rows: outputs, columns: positions, depth: taps, outer: batch },
    weight,
    { row: taps, column: 1 },
    patches,
    columns,
  );
  patches.dispose();
  return y;
}

/** dy and weight → dx. */
export function columnsBackward(
  dy: tf.TensorInfo,
  weight: tf.TensorInfo,
  sizes: ConvolutionSizes,
): tf.Tensor {
  const { batch, channels, height, width, outputs } = sizes;
  const { positions, taps, output } = layoutOf(sizes);
  const dColumns = gemm(
    [batch, taps, positions],
    { rows: taps, columns: positions, depth: outputs, outer: batch },
    weight,
    { row: 1, column: taps },
    dy,
    output,
  );
  const shape = [batch, channels, height, width];
  const count = batch * channels * height * width;
  const dx = computeOne(kernelsFor(sizes).fromColumns, [dColumns], shape, { ...sizes }, count);
  dColumns.dispose();
  return dx;
}

/** x and dy → dw. */
export function columnsWeightGradient(
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  sizes: ConvolutionSizes,
): tf.Tensor {
  const { batch, channels, outputs, side } = sizes;
  const { positions, taps, output } = layoutOf(sizes);
  const patches = columnsOf(x, sizes);
  const perImage = gemm(
    [batch, outputs, taps],
    { rows: outputs, columns: taps, depth: positions, outer: batch },
    dy,
    output,
    patches,
    { outer: taps * positions, row: 1, column: positions },
  );
  patches.dispose();
  const dw = sumLeading(perImage, batch, [outputs, channels, side, side]);
  perImage.dispose();
  return dw;
}

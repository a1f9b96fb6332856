/**
 * Convolution by columns, for large filters: the patches under the filter are laid out as [B, C·k·k, positions],
 * and every product is a `gemm`, so that the result and both gradients come out in place. Columns are many times as
 * large as the images: they are made for a few images at a time.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { computeOne, type PawsaurBackend } from '../backend';
import { defineKernel } from '../kernel';
import type { ConvolutionSizes } from './convolutionStencil';
import { gemm, gemmInto, sumLeading } from './gemm';

/** Columns made at a time, bytes. */
const CHUNK_BYTES = 2 ** 25;

/** `first`: channels of the images before the first one. */
const GEOMETRY = ['first', 'height', 'width', 'padding', 'outHeight', 'outWidth'] as const;

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
  let base = (u.first + channel) * u.height * u.width;
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
  dx[u.first * pixels + index] = sum;`,
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

/** Images [first, first + images) of a batch. */
interface Chunk {
  first: number;
  images: number;
}

/** The batch in parts whose columns take at most `bytes` each, where an image's own do not take more. */
function chunksOf(sizes: ConvolutionSizes, bytes: number): Chunk[] {
  const { positions, taps } = layoutOf(sizes);
  const most = Math.max(1, Math.floor(bytes / (4 * taps * positions)));
  const count = Math.ceil(sizes.batch / most);
  // Of one length, but for the last.
  const images = Math.ceil(sizes.batch / count);
  return Array.from({ length: Math.ceil(sizes.batch / images) }, (_, i) => ({
    first: i * images,
    images: Math.min(images, sizes.batch - i * images),
  }));
}

function columnsOf(x: tf.TensorInfo, sizes: ConvolutionSizes, { first, images }: Chunk): tf.Tensor {
  const { positions, taps } = layoutOf(sizes);
  const count = images * sizes.channels * positions;
  const uniforms = { ...sizes, first: first * sizes.channels };
  return computeOne(kernelsFor(sizes).toColumns, [x], [images, taps, positions], uniforms, count);
}

/** x and weight [outputs, channels, side, side] → y. */
export function columnsForward(
  backend: PawsaurBackend,
  x: tf.TensorInfo,
  weight: tf.TensorInfo,
  sizes: ConvolutionSizes,
  chunkBytes = CHUNK_BYTES,
): tf.Tensor {
  const { batch, outputs, outHeight, outWidth } = sizes;
  const { positions, taps, columns, output } = layoutOf(sizes);
  const y = backend.allocate([batch, outputs, outHeight, outWidth]);
  for (const chunk of chunksOf(sizes, chunkBytes)) {
    const patches = columnsOf(x, sizes, chunk);
    const shape = { rows: outputs, columns: positions, depth: taps, outer: chunk.images };
    const place = { ...output, offset: chunk.first * output.outer };
    gemmInto(backend, shape, weight, { row: taps, column: 1 }, patches, columns, y, place);
    patches.dispose();
  }
  return y;
}

/** dy and weight → dx. */
export function columnsBackward(
  backend: PawsaurBackend,
  dy: tf.TensorInfo,
  weight: tf.TensorInfo,
  sizes: ConvolutionSizes,
  chunkBytes = CHUNK_BYTES,
): tf.Tensor {
  const { batch, channels, height, width, outputs } = sizes;
  const { positions, taps, output } = layoutOf(sizes);
  const dx = backend.allocate([batch, channels, height, width]);
  for (const { first, images } of chunksOf(sizes, chunkBytes)) {
    const dColumns = gemm(
      [images, taps, positions],
      { rows: taps, columns: positions, depth: outputs, outer: images },
      weight,
      { row: 1, column: taps },
      dy,
      { ...output, offset: first * output.outer },
    );
    const uniforms = { ...sizes, first: first * channels };
    const count = images * channels * height * width;
    backend.dispatch(kernelsFor(sizes).fromColumns, [dColumns], [dx], uniforms, count);
    dColumns.dispose();
  }
  return dx;
}

/** x and dy → dw. */
export function columnsWeightGradient(
  backend: PawsaurBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  sizes: ConvolutionSizes,
  chunkBytes = CHUNK_BYTES,
): tf.Tensor {
  const { batch, channels, outputs, side } = sizes;
  const { positions, taps, output } = layoutOf(sizes);
  const perImage = backend.allocate([batch, outputs, taps]);
  for (const chunk of chunksOf(sizes, chunkBytes)) {
    const patches = columnsOf(x, sizes, chunk);
    gemmInto(
      backend,
      { rows: outputs, columns: taps, depth: positions, outer: chunk.images },
      dy,
      { ...output, offset: chunk.first * output.outer },
      patches,
      { outer: taps * positions, row: 1, column: positions },
      perImage,
      { offset: chunk.first * outputs * taps, outer: outputs * taps, row: taps, column: 1 },
    );
    patches.dispose();
  }
  const dw = sumLeading(perImage, batch, [outputs, channels, side, side]);
  perImage.dispose();
  return dw;
}

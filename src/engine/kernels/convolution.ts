/**
 * 2-D convolution in PyTorch's layouts: x [B, C, H, W], weight [O, C, k, k] (torch.nn.functional.conv2d).
 *
 * The patches under the kernel are laid out as columns, [B, C·k·k, positions], and every product is a `gemm`:
 * the result comes out in place, and so do both gradients.
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, webgpu } from '../backend';
import { withGradient } from '../gradient';
import { defineKernel } from '../kernel';
import { gemm, sumLeading } from './gemm';

const GEOMETRY = ['height', 'width', 'padding', 'outHeight', 'outWidth'] as const;

/** Both kernels for one kernel side and stride: as constants they cost no divisions, which software adapters feel. */
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

function kernelsFor(side: number, stride: number): ReturnType<typeof buildKernels> {
  const key = `${side} ${stride}`;
  const kernels = built.get(key) ?? buildKernels(side, stride);
  built.set(key, kernels);
  return kernels;
}

export interface ConvolutionOptions {
  stride?: number;
  padding?: number;
  /** False where the input is data, so that its gradient is never computed. */
  inputGradient?: boolean;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function convolutionComposed(
  x: tf.Tensor,
  weight: tf.Tensor,
  { stride = 1, padding = 0 }: ConvolutionOptions,
) {
  const channelsLast = tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1]);
  const filter = tf.transpose(weight as tf.Tensor4D, [2, 3, 1, 0]);
  const y = tf.conv2d(channelsLast as tf.Tensor4D, filter as tf.Tensor4D, stride, padding);
  return tf.transpose(y, [0, 3, 1, 2]);
}

/** x [B, C, H, W] → [B, O, floor((H + 2·padding − k)/stride) + 1, …]; no bias. */
export function convolution(x: tf.Tensor, weight: tf.Tensor, options: ConvolutionOptions = {}): tf.Tensor {
  if (!webgpu()) return convolutionComposed(x, weight, options);
  const { stride = 1, padding = 0, inputGradient = true } = options;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [outputs, , side] = weight.shape as [number, number, number];
  const outHeight = Math.floor((height + 2 * padding - side) / stride) + 1;
  const outWidth = Math.floor((width + 2 * padding - side) / stride) + 1;
  const positions = outHeight * outWidth;
  const taps = channels * side * side;
  const geometry = { height, width, padding, outHeight, outWidth };
  const { toColumns, fromColumns } = kernelsFor(side, stride);
  const columnsShape = [batch, taps, positions];
  const columnsOf = (input: tf.Tensor) =>
    computeOne(toColumns, [input], columnsShape, geometry, batch * channels * positions);
  const perImage = { outer: taps * positions, row: positions, column: 1 };
  const output = { outer: outputs * positions, row: positions, column: 1 };

  return withGradient([x, weight], ([input, filter], save) => {
    save([input as tf.Tensor, filter as tf.Tensor]);
    const columns = columnsOf(input as tf.Tensor);
    const value = gemm(
      [batch, outputs, outHeight, outWidth],
      { rows: outputs, columns: positions, depth: taps, outer: batch },
      filter as tf.Tensor,
      { row: taps, column: 1 },
      columns,
      perImage,
    );
    columns.dispose();
    const gradient = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [xs, w] = saved as [tf.Tensor, tf.Tensor];
      const patches = columnsOf(xs);
      const perImageGradient = gemm(
        [batch, outputs, taps],
        { rows: outputs, columns: taps, depth: positions, outer: batch },
        dy,
        output,
        patches,
        { outer: taps * positions, row: 1, column: positions },
      );
      patches.dispose();
      const dw = sumLeading(perImageGradient, batch, weight.shape);
      perImageGradient.dispose();
      if (!inputGradient) return [tf.zerosLike(xs), dw];
      const dColumns = gemm(
        columnsShape,
        { rows: taps, columns: positions, depth: outputs, outer: batch },
        w,
        { row: 1, column: taps },
        dy,
        output,
      );
      const dx = computeOne(fromColumns, [dColumns], x.shape, geometry, x.size);
      dColumns.dispose();
      return [dx, dw];
    };
    return { value, gradient };
  });
}

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

const GEOMETRY = [
  'channels',
  'height',
  'width',
  'side',
  'stride',
  'padding',
  'outHeight',
  'outWidth',
] as const;

const toColumns = defineKernel({
  name: 'convolution_columns',
  reads: ['x'],
  writes: ['columns'],
  uniforms: GEOMETRY,
  body: `
  let ox = index % u.outWidth;
  var rest = index / u.outWidth;
  let oy = rest % u.outHeight; rest /= u.outHeight;
  let kx = rest % u.side; rest /= u.side;
  let ky = rest % u.side; rest /= u.side;
  let y = i32(oy * u.stride + ky) - i32(u.padding);
  let x0 = i32(ox * u.stride + kx) - i32(u.padding);
  let inside = y >= 0 && y < i32(u.height) && x0 >= 0 && x0 < i32(u.width);
  // 'rest' is now image · channels + channel.
  columns[index] = select(0.0, x[(rest * u.height + u32(max(y, 0))) * u.width + u32(max(x0, 0))], inside);`,
});

/** Adds every column entry back to the pixel it came from: each pixel gathers its own, so the order is fixed. */
const fromColumns = defineKernel({
  name: 'convolution_gather',
  reads: ['columns'],
  writes: ['dx'],
  uniforms: GEOMETRY,
  body: `
  let x0 = index % u.width;
  var rest = index / u.width;
  let y = rest % u.height; rest /= u.height;
  var sum = 0.0;
  for (var ky = 0u; ky < u.side; ky++) {
    let top = i32(y + u.padding) - i32(ky);
    if (top < 0 || u32(top) % u.stride != 0u || u32(top) / u.stride >= u.outHeight) { continue; }
    for (var kx = 0u; kx < u.side; kx++) {
      let left = i32(x0 + u.padding) - i32(kx);
      if (left < 0 || u32(left) % u.stride != 0u || u32(left) / u.stride >= u.outWidth) { continue; }
      let tap = (rest * u.side + ky) * u.side + kx;
      sum += columns[(tap * u.outHeight + u32(top) / u.stride) * u.outWidth + u32(left) / u.stride];
    }
  }
  dx[index] = sum;`,
});

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
  const geometry = { channels, height, width, side, stride, padding, outHeight, outWidth };
  const columnsShape = [batch, taps, positions];
  const columnsOf = (input: tf.Tensor) =>
    computeOne(toColumns, [input], columnsShape, geometry, batch * taps * positions);
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

/**
 * Max-pooling over square windows (torch.nn.MaxPool2d). Places beyond the border count as minus infinity; among equal
 * maxima the first one in reading order is taken, as torch does, and gets the gradient.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, webgpu } from '../backend';
import { withGradient } from '../gradient';
import { defineKernel } from '../kernel';
import { eachPixel, PLANE_UNIFORMS, planeGroup, planeWalk } from './planes';

export interface MaxPoolOptions {
  /** Side of a window. */
  side: number;
  stride: number;
  /** Smaller than a window, so that none is empty. */
  padding: number;
}

const UNIFORMS = [
  ...PLANE_UNIFORMS,
  'height',
  'width',
  'outHeight',
  'outWidth',
  'side',
  'stride',
  'padding',
] as const;

/** Planes are images and channels alike. `tap` is which place of its window a maximum came from. */
const forwardKernel = defineKernel({
  name: 'max_pool',
  mode: 'groups',
  reads: ['x'],
  writes: ['y', 'tap:u32'],
  uniforms: UNIFORMS,
  body: `${planeGroup}
  ${eachPixel(
    `let plane = image * u.height * u.width;
          var best = -3.4028234e38;
          var found = firstRow * u.side + firstColumn;
          for (var r = firstRow; r < lastRow; r++) {
            let start = plane + u32(top + i32(r)) * u.width;
            for (var c = firstColumn; c < lastColumn; c++) {
              let v = x[start + u32(left + i32(c))];
              if (v > best) { best = v; found = r * u.side + c; }
            }
          }
          y[at] = best;
          tap[at] = found;`,
    `let row = pixel / u.outWidth;
      let top = i32(row * u.stride) - i32(u.padding);
      let left = i32((pixel - row * u.outWidth) * u.stride) - i32(u.padding);
      let firstRow = u32(max(-top, 0));
      let lastRow = min(u.side, u32(max(i32(u.height) - top, 0)));
      let firstColumn = u32(max(-left, 0));
      let lastColumn = min(u.side, u32(max(i32(u.width) - left, 0)));`,
  )}`,
});

/** Every pixel gathers from the windows that took it. */
const gradientKernel = defineKernel({
  name: 'max_pool_gradient',
  mode: 'groups',
  reads: ['dy', 'tap:u32'],
  writes: ['dx'],
  uniforms: UNIFORMS,
  declarations: `
fn firstWindow(place: u32) -> u32 { return select(0u, (place - u.side) / u.stride + 1u, place >= u.side); }`,
  body: `${planeGroup}
  ${eachPixel(
    `var sum = 0.0;
          for (var r = firstWindow(row); r < lastRow; r++) {
            for (var c = firstWindow(column); c < lastColumn; c++) {
              let source = (image * u.outHeight + r) * u.outWidth + c;
              let own = (row - r * u.stride) * u.side + column - c * u.stride;
              sum += select(0.0, dy[source], tap[source] == own);
            }
          }
          dx[at] = sum;`,
    `let row = pixel / u.width + u.padding;
      let column = pixel - (pixel / u.width) * u.width + u.padding;
      let lastRow = min(row / u.stride + 1u, u.outHeight);
      let lastColumn = min(column / u.stride + 1u, u.outWidth);`,
  )}`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function maxPoolComposed(x: tf.Tensor, { side, stride, padding }: MaxPoolOptions): tf.Tensor {
  const channelsLast = tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1]);
  return tf.transpose(tf.maxPool(channelsLast as tf.Tensor4D, side, stride, padding, 'floor'), [0, 3, 1, 2]);
}

/** x [B, C, H, W] → [B, C, floor((H + 2·padding − side)/stride) + 1, …] */
export function maxPool(x: tf.Tensor, options: MaxPoolOptions): tf.Tensor {
  if (!webgpu()) return maxPoolComposed(x, options);
  const { side, stride, padding } = options;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const outHeight = Math.floor((height + 2 * padding - side) / stride) + 1;
  const outWidth = Math.floor((width + 2 * padding - side) / stride) + 1;
  const sizes = { height, width, outHeight, outWidth, side, stride, padding };
  const walk = (pixels: number) => {
    const { uniforms, groups } = planeWalk({ batch: batch * channels, channels: 1, pixels });
    return { uniforms: { ...uniforms, ...sizes }, groups };
  };
  const shape = [batch, channels, outHeight, outWidth];
  return withGradient([x], ([input], save) => {
    const { uniforms, groups } = walk(outHeight * outWidth);
    const [value, tap] = compute(forwardKernel, [input as tf.Tensor], [shape, shape], uniforms, groups);
    save([tap as tf.Tensor]);
    return {
      value: value as tf.Tensor,
      gradient: (dy, [taps]) => {
        const back = walk(height * width);
        return [computeOne(gradientKernel, [dy, taps as tf.Tensor], x.shape, back.uniforms, back.groups)];
      },
    };
  });
}

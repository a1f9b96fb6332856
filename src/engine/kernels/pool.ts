/**
 * Average over the cells of a grid, whatever the map's size (torch's adaptive_avg_pool2d): cell i of n covers
 * floor(i·size/n) up to ceil((i+1)·size/n), so cells overlap where the sides do not divide.
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, webgpu } from '../backend';
import { withGradient } from '../gradient';
import { defineKernel } from '../kernel';
import { eachPixel, PLANE_UNIFORMS, planeGroup, planeWalk } from './planes';

const UNIFORMS = [...PLANE_UNIFORMS, 'height', 'width', 'side'] as const;

const cells = `
fn cellStart(i: u32, size: u32) -> u32 { return i * size / u.side; }
fn cellEnd(i: u32, size: u32) -> u32 { return ((i + 1u) * size + u.side - 1u) / u.side; }`;

/** Planes are images and channels alike; the pixels of the walk are the cells. */
const forwardKernel = defineKernel({
  name: 'pool_to_grid',
  mode: 'groups',
  reads: ['x'],
  writes: ['y'],
  uniforms: UNIFORMS,
  declarations: cells,
  body: `${planeGroup}
  ${eachPixel(
    `var sum = 0.0;
          var start = image * u.height * u.width + top * u.width;
          for (var r = top; r < bottom; r++) {
            for (var c = left; c < right; c++) { sum += x[start + c]; }
            start += u.width;
          }
          y[at] = sum * share;`,
    `let row = pixel / u.side;
      let column = pixel - row * u.side;
      let top = cellStart(row, u.height);
      let bottom = cellEnd(row, u.height);
      let left = cellStart(column, u.width);
      let right = cellEnd(column, u.width);
      let share = 1.0 / f32((bottom - top) * (right - left));`,
  )}`,
});

/** A pixel lies in the cells from `floor(i · side / size)` up to `ceil((i + 1) · side / size)`. */
const gradientKernel = defineKernel({
  name: 'pool_to_grid_gradient',
  mode: 'groups',
  reads: ['dy'],
  writes: ['dx'],
  uniforms: UNIFORMS,
  declarations: `${cells}
fn firstCell(i: u32, size: u32) -> u32 { return i * u.side / size; }
fn lastCell(i: u32, size: u32) -> u32 { return ((i + 1u) * u.side + size - 1u) / size; }
fn share(i: u32, size: u32) -> f32 { return 1.0 / f32(cellEnd(i, size) - cellStart(i, size)); }`,
  body: `${planeGroup}
  ${eachPixel(
    `var sum = dy[image * u.side * u.side + top * u.side + left] * corner;
          // Cells that overlap, where the sides do not divide.
          if (several) {
            sum = 0.0;
            for (var r = top; r < bottom; r++) {
              for (var c = left; c < right; c++) {
                sum += dy[(image * u.side + r) * u.side + c] * share(r, u.height) * share(c, u.width);
              }
            }
          }
          dx[at] = sum;`,
    `let y = pixel / u.width;
      let x = pixel - y * u.width;
      let top = firstCell(y, u.height);
      let bottom = lastCell(y, u.height);
      let left = firstCell(x, u.width);
      let right = lastCell(x, u.width);
      let several = (bottom - top) * (right - left) > 1u;
      let corner = share(top, u.height) * share(left, u.width);`,
  )}`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function poolToGridComposed(x: tf.Tensor, side: number): tf.Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const cells = (size: number) =>
    Array.from(
      { length: side },
      (_, i) => [Math.floor((i * size) / side), Math.ceil(((i + 1) * size) / side)] as const,
    );
  const means = cells(height).flatMap(([top, bottom]) =>
    cells(width).map(([left, right]) => {
      const part = tf.slice(x, [0, 0, top, left], [batch, channels, bottom - top, right - left]);
      return tf.mean(part, [2, 3]);
    }),
  );
  return tf.reshape(tf.stack(means, 2), [batch, channels, side, side]);
}

/** x [B, C, H, W] → [B, C, side, side]. */
export function poolToGrid(x: tf.Tensor, side: number): tf.Tensor {
  if (!webgpu()) return poolToGridComposed(x, side);
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const walk = (pixels: number) => {
    const { uniforms, groups } = planeWalk({ batch: batch * channels, channels: 1, pixels });
    return { sizes: { ...uniforms, height, width, side }, groups };
  };
  const shape = [batch, channels, side, side];
  return withGradient([x], ([input]) => {
    const { sizes, groups } = walk(side * side);
    return {
      value: computeOne(forwardKernel, [input as tf.Tensor], shape, sizes, groups),
      gradient: (dy) => {
        const back = walk(height * width);
        return [computeOne(gradientKernel, [dy], x.shape, back.sizes, back.groups)];
      },
    };
  });
}

/**
 * Average over the cells of a grid, whatever the map's size (torch's adaptive_avg_pool2d): cell i of n covers
 * floor(i·size/n) up to ceil((i+1)·size/n), so cells overlap where the sides do not divide.
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, webgpu } from '../backend';
import { withGradient } from '../gradient';
import { defineKernel } from '../kernel';

const UNIFORMS = ['height', 'width', 'side'] as const;

const cell = `
fn first(i: u32, size: u32) -> u32 { return i * size / u.side; }
fn last(i: u32, size: u32) -> u32 { return ((i + 1u) * size + u.side - 1u) / u.side; }`;

const forwardKernel = defineKernel({
  name: 'pool_to_grid',
  reads: ['x'],
  writes: ['y'],
  uniforms: UNIFORMS,
  declarations: cell,
  body: `
  let column = index % u.side;
  let row = (index / u.side) % u.side;
  let base = index / (u.side * u.side) * u.height * u.width;
  var sum = 0.0;
  for (var r = first(row, u.height); r < last(row, u.height); r++) {
    for (var c = first(column, u.width); c < last(column, u.width); c++) { sum += x[base + r * u.width + c]; }
  }
  let area = (last(row, u.height) - first(row, u.height)) * (last(column, u.width) - first(column, u.width));
  y[index] = sum / f32(area);`,
});

const gradientKernel = defineKernel({
  name: 'pool_to_grid_gradient',
  reads: ['dy'],
  writes: ['dx'],
  uniforms: UNIFORMS,
  declarations: cell,
  body: `
  let c = index % u.width;
  let r = (index / u.width) % u.height;
  let base = index / (u.width * u.height) * u.side * u.side;
  var sum = 0.0;
  for (var row = 0u; row < u.side; row++) {
    if (r < first(row, u.height) || r >= last(row, u.height)) { continue; }
    for (var column = 0u; column < u.side; column++) {
      if (c < first(column, u.width) || c >= last(column, u.width)) { continue; }
      let area = (last(row, u.height) - first(row, u.height)) * (last(column, u.width) - first(column, u.width));
      sum += dy[base + row * u.side + column] / f32(area);
    }
  }
  dx[index] = sum;`,
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
  const sizes = { height, width, side };
  const shape = [batch, channels, side, side];
  return withGradient([x], ([input]) => ({
    value: computeOne(forwardKernel, [input as tf.Tensor], shape, sizes, batch * channels * side * side),
    gradient: (dy) => [computeOne(gradientKernel, [dy], x.shape, sizes, x.size)],
  }));
}

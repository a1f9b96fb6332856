/**
 * Pillow's blur, three extended box passes per axis, in place. One thread takes one line of a crop through the
 * three passes of an axis in a single walk: each pass keeps its window in registers and runs one half window
 * behind the pass before it, so a line is read once and written once, and writing trails reading.
 * Twin: `boxBlur` in `reference/blur.ts`.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type Kernel, type PawsaurBackend } from '../../engine';
import { boxWindow } from '../reference/blur';
import { columnConstants } from './shared';

const PASSES = 3;

/** The blur along one axis for windows that reach at most `half` pixels to either side (edge weights included). */
function lineKernel(half: number): Kernel {
  const taps = 2 * half + 1;
  /** One pass: takes `value` in, and leaves the blurred value half a window behind it. */
  const pass = (index: number, incoming: string) => {
    const window = (tap: number) => `window${index}[${tap}]`;
    // Until the pass has its first value there is nothing before it: all of the window repeats it.
    const shift = Array.from({ length: taps - 1 }, (_, tap) => {
      return `${window(tap)} = select(${window(tap + 1)}, value, t <= ${index * half});`;
    });
    const sides = Array.from({ length: half }, (_, d) => {
      return `+ weights[${d + 1}] * (${window(half - d - 1)} + ${window(half + d + 1)})`;
    });
    return `
    value = ${incoming};
    ${shift.join('\n    ')}
    ${window(taps - 1)} = value;
    value = weights[0] * ${window(half)} ${sides.join(' ')};`;
  };
  /** Past the end of the line a pass repeats the last value that the pass before it gave. */
  const chained = (index: number) =>
    pass(index, `select(value, window${index}[${taps - 1}], t > last + ${index * half})`);

  return defineKernel({
    name: `box_blur_${half}`,
    reads: ['parameters'],
    writes: ['crops'],
    uniforms: ['lines', 'length', 'lineStride', 'pixelStride'],
    declarations: columnConstants,
    body: `
  let plane = index / u.lines;
  let radius = parameters[(plane / 3u) * COLUMNS + at_blur];
  if (radius <= 0.0) { return; }
  let variance = radius * radius / 3.0;
  let reach = floor((sqrt(12.0 * variance + 1.0) - 1.0) / 2.0);
  let edge = (2.0 * reach + 1.0) * (reach * (reach + 1.0) - 3.0 * variance)
    / (6.0 * (variance - (reach + 1.0) * (reach + 1.0)));
  var weights: array<f32, ${half + 1}>;
  for (var d = 0u; d <= ${half}u; d++) {
    weights[d] = clamp(reach + 1.0 - f32(d), 0.0, 1.0) + select(0.0, edge, f32(d) == reach + 1.0);
    weights[d] /= 2.0 * (reach + edge) + 1.0;
  }

  let line = plane * u.lines * u.length + (index % u.lines) * u.lineStride;
  let last = i32(u.length) - 1;
  ${Array.from({ length: PASSES }, (_, i) => `var window${i}: array<f32, ${taps}>;`).join('\n  ')}
  var value = 0.0;
  for (var t = 0; t <= last + ${PASSES * half}; t++) {
    ${pass(0, 'crops[line + u32(min(t, last)) * u.pixelStride]')}
    ${chained(1)}
    ${chained(2)}
    if (t >= ${PASSES * half}) { crops[line + u32(t - ${PASSES * half}) * u.pixelStride] = value; }
  }`,
  });
}

const kernels = new Map<number, Kernel>();

/** Windows come in a few sizes, so that a slider moved a little needs no new shader. */
function kernelFor(largestRadius: number): Kernel {
  const needed = boxWindow(largestRadius).reach + 1;
  const half = [2, 4, 10].find((size) => size >= needed) ?? needed;
  const kernel = kernels.get(half) ?? lineKernel(half);
  kernels.set(half, kernel);
  return kernel;
}

/**
 * Blurs `crops` [B, 3, height, width] in place, each by the radius in its row of `parameters` (0 = not at
 * all), none of which may be larger than `largestRadius`.
 */
export function blurInPlace(
  backend: PawsaurBackend,
  crops: tf.Tensor,
  parameters: tf.Tensor,
  largestRadius: number,
): void {
  const [count, , height, width] = crops.shape as [number, number, number, number];
  const kernel = kernelFor(largestRadius);
  const rows = { lines: height, length: width, lineStride: width, pixelStride: 1 };
  const columns = { lines: width, length: height, lineStride: 1, pixelStride: width };
  for (const axis of [rows, columns]) {
    backend.dispatch(kernel, [parameters], [crops], axis, count * 3 * axis.lines);
  }
}

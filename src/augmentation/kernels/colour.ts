/**
 * Colour jitter in the order of each row, then grey, in place. Contrast needs the mean grey of the crop as the
 * operations before it left it: a first walk over the pixels sums it, the second applies everything.
 * Twin: `jitter` and `grayscale` in `reference/colour.ts`.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type PawsaurBackend } from '../../engine';
import { operation } from '../parameters';
import { GRAY_WEIGHTS } from '../reference/colour';
import { columnConstants, LANES } from './shared';

const kernel = defineKernel({
  name: 'colour_jitter',
  reads: ['parameters'],
  writes: ['crops'],
  uniforms: ['area'],
  mode: 'groups',
  workgroupSize: LANES,
  declarations: `
${columnConstants}
const GRAY = vec3f(${GRAY_WEIGHTS.join(', ')});
var<workgroup> sums: array<f32, ${LANES}>;

fn blend(colour: vec3f, other: vec3f, factor: f32) -> vec3f {
  return clamp(factor * colour + (1.0 - factor) * other, vec3f(0.0), vec3f(1.0));
}

// Through HSV and back; the way back is branch-free (each channel a clamped tent over the hue).
fn turnHue(colour: vec3f, turn: f32) -> vec3f {
  let value = max(colour.r, max(colour.g, colour.b));
  let range = value - min(colour.r, min(colour.g, colour.b));
  let d = (vec3f(value) - colour) / select(range, 1.0, range == 0.0);
  let sector = select(select(4.0 + d.g - d.r, 2.0 + d.r - d.b, value == colour.g), d.b - d.g, value == colour.r);
  let hue = fract(sector / 6.0 + 1.0 + turn);
  let k = vec3f(5.0, 3.0, 1.0) + 6.0 * hue;
  let wrapped = select(k, k - 6.0, k >= vec3f(6.0));
  return vec3f(value) - range * clamp(min(wrapped, 4.0 - wrapped), vec3f(0.0), vec3f(1.0));
}

fn jittered(colour: vec3f, row: u32, first: u32, end: u32, mean: f32) -> vec3f {
  var result = colour;
  for (var i = first; i < end; i++) {
    switch u32(parameters[row + at_order + i]) {
      case ${operation.brightness}u: { result = blend(result, vec3f(0.0), parameters[row + at_brightness]); }
      case ${operation.contrast}u: { result = blend(result, vec3f(mean), parameters[row + at_contrast]); }
      case ${operation.saturation}u: {
        result = blend(result, vec3f(dot(result, GRAY)), parameters[row + at_saturation]);
      }
      default: {
        let turn = parameters[row + at_hue];
        if (turn != 0.0) { result = turnHue(result, turn); }
      }
    }
  }
  return result;
}`,
  body: `
  let row = group * COLUMNS;
  let jitter = parameters[row + at_jitter] > 0.0;
  let gray = parameters[row + at_gray] > 0.0;
  if (!jitter && !gray) { return; }
  let start = group * 3u * u.area;

  var mean = 0.0;
  if (jitter && parameters[row + at_contrast] != 1.0) {
    var before = 0u;
    while (before < 4u && u32(parameters[row + at_order + before]) != ${operation.contrast}u) { before++; }
    var sum = 0.0;
    for (var i = start + lane; i < start + u.area; i += ${LANES}u) {
      let colour = vec3f(crops[i], crops[i + u.area], crops[i + 2u * u.area]);
      sum += dot(jittered(colour, row, 0u, before, 0.0), GRAY);
    }
    sums[lane] = sum;
    workgroupBarrier();
    // Every lane adds all sums in the same order: one barrier, and the same bits each time.
    for (var i = 0u; i < ${LANES}u; i++) { mean += sums[i]; }
    mean /= f32(u.area);
  }

  let end = select(0u, 4u, jitter);
  for (var i = start + lane; i < start + u.area; i += ${LANES}u) {
    let colour = vec3f(crops[i], crops[i + u.area], crops[i + 2u * u.area]);
    var result = jittered(colour, row, 0u, end, mean);
    if (gray) { result = vec3f(dot(result, GRAY)); }
    crops[i] = result.r;
    crops[i + u.area] = result.g;
    crops[i + 2u * u.area] = result.b;
  }`,
});

/** Jitters and greys `crops` [B, 3, size, size] in place, as the rows of `parameters` [B, COLUMNS] say. */
export function jitterInPlace(backend: PawsaurBackend, crops: tf.Tensor, parameters: tf.Tensor): void {
  const [count, , height, width] = crops.shape as [number, number, number, number];
  backend.dispatch(kernel, [parameters], [crops], { area: height * width }, count);
}

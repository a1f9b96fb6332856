/**
 * Solarise, then normalise with ImageNet's mean and deviation. The last stage: of the chain itself where nothing
 * is blurred, in place after the blur elsewhere. Twin: `solarize` and `normalise` in `reference/colour.ts`.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type PawsaurBackend } from '../../engine';
import { IMAGENET_DEVIATION, IMAGENET_MEAN } from '../reference/colour';
import { columnConstants, LANES } from './shared';

/** WGSL: `finished(colour, cut)`, and `cutOf(row)`, above which channels are inverted. Needs `u.solarize`. */
export const finishDeclarations = `
const MEAN = vec3f(${IMAGENET_MEAN.join(', ')});
const DEVIATION = vec3f(${IMAGENET_DEVIATION.join(', ')});
// Nothing lies above the cut when the stage is off.
fn cutOf(row: u32) -> f32 { return select(2.0, parameters[row + at_solarize], u.solarize == 1u); }
fn finished(colour: vec3f, cut: f32) -> vec3f {
  return (select(colour, 1.0 - colour, colour >= vec3f(cut)) - MEAN) / DEVIATION;
}`;

const kernel = defineKernel({
  name: 'solarize_normalise',
  reads: ['parameters'],
  writes: ['crops'],
  uniforms: ['area', 'solarize'],
  mode: 'groups',
  workgroupSize: LANES,
  declarations: `${columnConstants}\n${finishDeclarations}`,
  body: `
  let cut = cutOf(group * COLUMNS);
  let start = group * 3u * u.area;
  for (var at = start + lane; at < start + u.area; at += ${LANES}u) {
    let colour = finished(vec3f(crops[at], crops[at + u.area], crops[at + 2u * u.area]), cut);
    crops[at] = colour.r;
    crops[at + u.area] = colour.g;
    crops[at + 2u * u.area] = colour.b;
  }`,
});

/** Solarises (where `solarize` says so) and normalises `crops` [B, 3, size, size] in place. */
export function finishInPlace(
  backend: PawsaurBackend,
  crops: tf.Tensor,
  parameters: tf.Tensor,
  solarize: boolean,
): void {
  const [count, , height, width] = crops.shape as [number, number, number, number];
  backend.dispatch(
    kernel,
    [parameters],
    [crops],
    { area: height * width, solarize: solarize ? 1 : 0 },
    count,
  );
}

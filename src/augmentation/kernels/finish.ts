/**
 * Solarise, then normalise with ImageNet's mean and deviation, in place.
 * Twin: `solarize` and `normalise` in `reference/colour.ts`.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type PawsaurBackend } from '../../engine';
import { IMAGENET_DEVIATION, IMAGENET_MEAN } from '../reference/colour';
import { columnConstants, LANES } from './shared';

const kernel = defineKernel({
  name: 'solarize_normalise',
  reads: ['parameters'],
  writes: ['crops'],
  uniforms: ['area', 'solarize'],
  mode: 'groups',
  workgroupSize: LANES,
  declarations: `
${columnConstants}
const MEAN = vec3f(${IMAGENET_MEAN.join(', ')});
const DEVIATION = vec3f(${IMAGENET_DEVIATION.join(', ')});`,
  body: `
  let channel = group % 3u;
  let mean = MEAN[channel];
  let deviation = DEVIATION[channel];
  // Nothing lies above the cut when the stage is off.
  let cut = select(2.0, parameters[(group / 3u) * COLUMNS + at_solarize], u.solarize == 1u);
  let start = group * u.area;
  for (var i = start + lane; i < start + u.area; i += ${LANES}u) {
    let value = crops[i];
    crops[i] = (select(value, 1.0 - value, value >= cut) - mean) / deviation;
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
  const uniforms = { area: height * width, solarize: solarize ? 1 : 0 };
  backend.dispatch(kernel, [parameters], [crops], uniforms, 3 * count);
}

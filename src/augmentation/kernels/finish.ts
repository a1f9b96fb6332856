/**
 * Solarise, equalise, then normalise with ImageNet's mean and deviation. The last stage: of the chain itself where
 * neither blur nor equalisation come before it, else in place. Twin: `solarize`, `equalize` and `normalise` in
 * `reference/colour.ts`.
 *
 * Equalising works on the 8-bit levels of each channel, as Pillow's `ImageOps.equalize` does: a first walk over the
 * crop counts them (whole numbers, so the order does not matter), three lanes make the table of new levels of a
 * channel each, the second walk looks them up.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type PawsaurBackend } from '../../engine';
import type { Stages } from '../parameters';
import { IMAGENET_DEVIATION, IMAGENET_MEAN } from '../reference/colour';
import { columnConstants, LANES } from './shared';

/** WGSL: `finished(colour, cut)`, and `cutOf(row)`, above which channels are inverted. Needs `u.solarize`. */
export const finishDeclarations = `
const MEAN = vec3f(${IMAGENET_MEAN.join(', ')});
const DEVIATION = vec3f(${IMAGENET_DEVIATION.join(', ')});
// Nothing lies above the cut when the stage is off.
fn cutOf(row: u32) -> f32 { return select(2.0, parameters[row + at_solarize], u.solarize == 1u); }
fn solarized(colour: vec3f, cut: f32) -> vec3f { return select(colour, 1.0 - colour, colour >= vec3f(cut)); }
fn normalised(colour: vec3f) -> vec3f { return (colour - MEAN) / DEVIATION; }
fn finished(colour: vec3f, cut: f32) -> vec3f { return normalised(solarized(colour, cut)); }`;

const equalizeDeclarations = `
// How often each level occurs, then the new level of each; [3, 256].
var<workgroup> levels: array<atomic<u32>, 768>;
fn levelsOf(colour: vec3f) -> vec3u { return vec3u(colour * 255.0 + 0.5) + vec3u(0u, 256u, 512u); }

// Turns the counts of the channel that begins at first into its table. The last level that occurs does not count
// in the step; a channel with too few pixels besides it (of one level, for instance) stays as it is.
fn makeTable(first: u32, area: u32) {
  var last = 0u;
  for (var level = first; level < first + 256u; level++) {
    let count = atomicLoad(&levels[level]);
    if (count > 0u) { last = count; }
  }
  let step = (area - last) / 255u;
  var below = step / 2u;
  for (var level = 0u; level < 256u; level++) {
    let count = atomicLoad(&levels[first + level]);
    let spread = min(255u, below / max(1u, step));
    atomicStore(&levels[first + level], select(spread, level, step == 0u));
    below += count;
  }
}`;

const equalizeBody = `
  if (parameters[row + at_equalize] > 0.0) {
    for (var level = lane; level < 768u; level += ${LANES}u) { atomicStore(&levels[level], 0u); }
    workgroupBarrier();
    for (var at = start + lane; at < start + u.area; at += ${LANES}u) {
      let level = levelsOf(solarized(load(at), cut));
      atomicAdd(&levels[level.r], 1u);
      atomicAdd(&levels[level.g], 1u);
      atomicAdd(&levels[level.b], 1u);
    }
    workgroupBarrier();
    if (lane < 3u) { makeTable(lane * 256u, u.area); }
    workgroupBarrier();
    for (var at = start + lane; at < start + u.area; at += ${LANES}u) {
      let level = levelsOf(solarized(load(at), cut));
      let r = atomicLoad(&levels[level.r]);
      let g = atomicLoad(&levels[level.g]);
      let b = atomicLoad(&levels[level.b]);
      store(at, normalised(vec3f(vec3u(r, g, b)) / 255.0));
    }
    return;
  }`;

const finishKernel = (equalize: boolean) =>
  defineKernel({
    name: equalize ? 'solarize_equalize_normalise' : 'solarize_normalise',
    reads: ['parameters'],
    writes: ['crops'],
    uniforms: ['area', 'solarize'],
    mode: 'groups',
    workgroupSize: LANES,
    declarations: `${columnConstants}\n${finishDeclarations}
fn load(at: u32) -> vec3f { return vec3f(crops[at], crops[at + u.area], crops[at + 2u * u.area]); }
fn store(at: u32, colour: vec3f) {
  crops[at] = colour.r;
  crops[at + u.area] = colour.g;
  crops[at + 2u * u.area] = colour.b;
}
${equalize ? equalizeDeclarations : ''}`,
    body: `
  let row = group * COLUMNS;
  let cut = cutOf(row);
  let start = group * 3u * u.area;
  ${equalize ? equalizeBody : ''}
  for (var at = start + lane; at < start + u.area; at += ${LANES}u) { store(at, finished(load(at), cut)); }`,
  });

const plain = finishKernel(false);
const equalizing = finishKernel(true);

/** Solarises and equalises (where the stages and the rows say so) and normalises `crops` [B, 3, size, size] in place. */
export function finishInPlace(
  backend: PawsaurBackend,
  crops: tf.Tensor,
  parameters: tf.Tensor,
  { solarize, equalize }: Pick<Stages, 'solarize' | 'equalize'>,
): void {
  const [count, , height, width] = crops.shape as [number, number, number, number];
  backend.dispatch(
    equalize ? equalizing : plain,
    [parameters],
    [crops],
    { area: height * width, solarize: solarize ? 1 : 0 },
    count,
  );
}

/**
 * Colour jitter in the order of each row, then grey: a stage of the chain. Contrast needs the mean grey of the
 * crop as the operations before it left it: a first walk over the pixels applies those and sums it, the second
 * does the rest. Twin: `jitter` and `grayscale` in `reference/colour.ts`.
 */
import { operation } from '../parameters';
import { GRAY_WEIGHTS } from '../reference/colour';
import { LANES } from './shared';

/** WGSL of the stage; needs `load` and `store` of a pixel and the columns of the parameters. */
export const colourDeclarations = `
const GRAY = vec3f(${GRAY_WEIGHTS.join(', ')});
var<workgroup> sums: array<f32, ${LANES}>;

fn blend(colour: vec3f, other: vec3f, factor: f32) -> vec3f {
  return clamp(factor * colour + (1.0 - factor) * other, vec3f(0.0), vec3f(1.0));
}

// One crop's jitter: the codes of its operations, two bits each from the lowest, and their factors.
struct Jitter { order: u32, brightness: f32, contrast: f32, saturation: f32, hue: f32 }

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

// The operations [first, end) of a jitter; mean is the mean grey for contrast.
fn jittered(colour: vec3f, jitter: Jitter, first: u32, end: u32, mean: f32) -> vec3f {
  var result = colour;
  for (var i = first; i < end; i++) {
    switch (jitter.order >> (2u * i)) & 3u {
      case ${operation.brightness}u: { result = blend(result, vec3f(0.0), jitter.brightness); }
      case ${operation.contrast}u: { result = blend(result, vec3f(mean), jitter.contrast); }
      case ${operation.saturation}u: { result = blend(result, vec3f(dot(result, GRAY)), jitter.saturation); }
      default: { if (jitter.hue != 0.0) { result = turnHue(result, jitter.hue); } }
    }
  }
  return result;
}`;

/**
 * WGSL: jitters and greys the pixels of this lane, `start` up to `end` in steps of a workgroup, of the crop of
 * `row`; `last` is done to each colour before it is stored for good.
 */
export const colourBody = (last: (colour: string) => string): string => `
  let jitters = parameters[row + at_jitter] > 0.0;
  let gray = parameters[row + at_gray] > 0.0;
  var jitter = Jitter(0u, parameters[row + at_brightness], parameters[row + at_contrast],
    parameters[row + at_saturation], parameters[row + at_hue]);
  var beforeContrast = 0u;
  for (var i = 0u; i < 4u; i++) {
    let code = u32(parameters[row + at_order + i]);
    jitter.order |= code << (2u * i);
    if (code == ${operation.contrast}u) { beforeContrast = i; }
  }

  // What is already applied when the second walk starts.
  var done = 0u;
  var mean = 0.0;
  if (jitters && jitter.contrast != 1.0) {
    done = beforeContrast;
    var sum = 0.0;
    for (var at = start; at < end; at += ${LANES}u) {
      let colour = jittered(load(at), jitter, 0u, done, 0.0);
      store(at, colour);
      sum += dot(colour, GRAY);
    }
    sums[lane] = sum;
    workgroupBarrier();
    // Every lane adds all sums in the same order: one barrier, and the same bits each time.
    for (var i = 0u; i < ${LANES}u; i++) { mean += sums[i]; }
    mean /= f32(area);
  }

  let operations = select(0u, 4u, jitters);
  for (var at = start; at < end; at += ${LANES}u) {
    let colour = jittered(load(at), jitter, done, operations, mean);
    let toned = select(colour, vec3f(dot(colour, GRAY)), gray);
    store(at, ${last('toned')});
  }`;

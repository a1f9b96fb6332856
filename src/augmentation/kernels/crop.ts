/**
 * The chain from packed pictures to crops, a workgroup for each crop: crop, mirror and antialiased resize, then,
 * in the same dispatch, colour and, where nothing comes in between, the last stage.
 * The columns are resampled first, into a scratch plane per channel, then the rows. Twin: `cropOf` in
 * `reference/pipeline.ts`; the windows and filters are Pillow's (see `reference/resize.ts`).
 */
import type * as tf from '@tensorflow/tfjs-core';
import { compute, defineKernel, type Kernel } from '../../engine';
import type { ImageStore } from '../imageStore';
import type { Stages } from '../parameters';
import type { Interpolation } from '../reference/resize';
import { colourBody, colourDeclarations } from './colour';
import { finishDeclarations } from './finish';
import { columnConstants, eachPixel, LANES } from './shared';

const filters = {
  bicubic: `
const SUPPORT = 2.0;
fn weightOf(offset: f32) -> f32 {
  let d = abs(offset);
  let near = (1.5 * d - 2.5) * d * d + 1.0;
  let far = ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0;
  return select(select(0.0, far, d < 2.0), near, d < 1.0);
}`,
  bilinear: `
const SUPPORT = 1.0;
fn weightOf(offset: f32) -> f32 { return max(0.0, 1.0 - abs(offset)); }`,
};

/** Which stages a kernel holds besides the crop. */
interface Fused {
  interpolation: Interpolation;
  colour: boolean;
  finish: boolean;
}

function chainKernel({ interpolation, colour, finish }: Fused): Kernel {
  const last = (value: string) => (finish ? `finished(${value}, cut)` : value);
  return defineKernel({
    name: ['crop', interpolation, colour ? 'colour' : '', finish ? 'finish' : ''].filter(Boolean).join('_'),
    reads: ['pictures:u32', 'parameters'],
    writes: ['narrow', 'crops'],
    uniforms: ['width', 'height', 'size', 'solarize'],
    mode: 'groups',
    workgroupSize: LANES,
    declarations: `
${columnConstants}
${filters[interpolation]}
${colour ? colourDeclarations : ''}
${finish ? finishDeclarations : ''}
// The sources [first, end) of one output pixel; the filter's argument is start at the first, then grows by step.
struct Window { first: u32, end: u32, start: f32, step: f32 }
fn windowOf(position: u32, input: u32, output: u32) -> Window {
  let longer = max(input, output);
  let reach = SUPPORT * f32(longer) / f32(output);
  let centre = (f32(position) + 0.5) * f32(input) / f32(output);
  let first = u32(max(0.0, centre - reach + 0.5));
  let end = min(input, u32(centre + reach + 0.5));
  // In whole numbers, so that weights do not suffer from the size of the coordinates.
  let distance = i32((2u * first + 1u) * output) - i32((2u * position + 1u) * input);
  return Window(first, end, f32(distance) / f32(2u * longer), f32(output) / f32(longer));
}
fn load(at: u32) -> vec3f {
  let area = u.size * u.size;
  return vec3f(crops[at], crops[at + area], crops[at + 2u * area]);
}
fn store(at: u32, colour: vec3f) {
  let area = u.size * u.size;
  crops[at] = colour.r;
  crops[at + area] = colour.g;
  crops[at + 2u * area] = colour.b;
}`,
    body: `
  let row = group * COLUMNS;
  let boxWidth = u32(parameters[row + at_width]);
  let boxHeight = u32(parameters[row + at_height]);
  let corner = (u32(parameters[row + at_image]) * u.height + u32(parameters[row + at_top])) * u.width
    + u32(parameters[row + at_left]);
  let flipped = parameters[row + at_flip] > 0.0;
  let narrowArea = u.height * u.size;
  let narrowStart = group * 3u * narrowArea;
  ${eachPixel(
    'u.size',
    'boxHeight',
    `let window = windowOf(select(x, u.size - 1u - x, flipped), boxWidth, u.size);
      let source = corner + y * u.width;
      var colour = vec3f();
      var total = 0.0;
      var offset = window.start;
      for (var i = window.first; i < window.end; i++) {
        let weight = weightOf(offset);
        let bits = pictures[source + i];
        colour += weight * vec3f(f32(bits & 255u), f32((bits >> 8u) & 255u), f32((bits >> 16u) & 255u));
        total += weight;
        offset += window.step;
      }
      colour /= 255.0 * total;
      let at = narrowStart + y * u.size + x;
      narrow[at] = colour.r;
      narrow[at + narrowArea] = colour.g;
      narrow[at + 2u * narrowArea] = colour.b;`,
  )}
  storageBarrier();
  let area = u.size * u.size;
  let start = group * 3u * area + lane;
  let end = group * 3u * area + area;
  ${finish ? 'let cut = cutOf(row);' : ''}
  var pixel = start;
  ${eachPixel(
    'u.size',
    'u.size',
    `let window = windowOf(y, boxHeight, u.size);
      var colour = vec3f();
      var total = 0.0;
      var offset = window.start;
      for (var i = window.first; i < window.end; i++) {
        let weight = weightOf(offset);
        let source = narrowStart + i * u.size + x;
        colour += weight * vec3f(narrow[source], narrow[source + narrowArea], narrow[source + 2u * narrowArea]);
        total += weight;
        offset += window.step;
      }
      colour = clamp(colour / total, vec3f(0.0), vec3f(1.0));
      store(pixel, ${colour ? 'colour' : last('colour')});
      pixel += ${LANES}u;`,
  )}
  // Each lane goes on with the pixels it has just made.
  ${colour ? colourBody(last) : ''}`,
  });
}

const kernels = new Map<string, Kernel>();

function kernelFor(fused: Fused): Kernel {
  const key = Object.values(fused).join(' ');
  const kernel = kernels.get(key) ?? chainKernel(fused);
  kernels.set(key, kernel);
  return kernel;
}

/**
 * The crops of the rows of `parameters` [B, COLUMNS]: float32 [B, 3, size, size], with the last stage where
 * `finish`, else in [0, 1] as the jitter left them.
 */
export function crop(
  store: ImageStore & { tensor: tf.Tensor },
  parameters: tf.Tensor,
  size: number,
  interpolation: Interpolation,
  { colour, solarize, finish }: Pick<Stages, 'colour' | 'solarize'> & { finish: boolean },
): tf.Tensor {
  const count = parameters.shape[0] as number;
  const { width, height } = store;
  const [narrow, crops] = compute(
    kernelFor({ interpolation, colour, finish }),
    [store.tensor, parameters],
    [
      [count, 3, height, size],
      [count, 3, size, size],
    ],
    { width, height, size, solarize: solarize ? 1 : 0 },
    count,
  ) as [tf.Tensor, tf.Tensor];
  narrow.dispose();
  return crops;
}

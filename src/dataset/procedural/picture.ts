/**
 * Paints one picture of a built-in set. Its object and background draw from a stream of the picture's own, and
 * everything that a setting adds (another shape or hue, a pattern, clutter, a tint) from a further one: turning a
 * setting changes what it is about and leaves the rest of the picture where it was.
 */
import { normalQuantile, type RandomStream, randomStream } from '../../platform/random';
import type { BackgroundStyle } from '../../recipe';
import { builtinStyles } from '../../recipe';
import type { BuiltinPlan } from './options';
import { patternShade } from './pattern';
import { paintShape, shapeNames } from './shapes';
import { type Colour, enlarge, hsv, noise } from './texture';

/** Side of the pictures, px. */
export const size = 64;
const hueBins = 8;
/** Standard deviation of the pixel noise. */
const grain = 0.03;
/** Least distance in RGB between the object and the mean background of its own colours. */
const leastContrast = 0.35;

/** One picture: packed pixels [size, size], 0/1 mask [size, size] and hue bin. */
interface Picture {
  pixels: Uint32Array;
  mask: Uint8Array;
  colour: number;
}

/** Paints the picture whose streams begin with `stream`, of class `label`. */
export function paintPicture(plan: BuiltinPlan, stream: string, label: number): Picture {
  const random = randomStream(plan.seed, stream);
  const apart = (what: string) => randomStream(plan.seed, `${stream}/${what}`);
  const radius = size * random.uniform(0.26, 0.42);
  const margin = 0.85 * radius;
  const pose = {
    centreX: random.uniform(margin, size - margin),
    centreY: random.uniform(margin, size - margin),
    radius,
    tilt: random.uniform(-0.5, 0.5),
    stretch: random.uniform(0.88, 1.14),
  };
  const shape = plan.shapeCue ? label : apart('shape').integer(shapeNames.length);
  const coverage = new Float32Array(size * size);
  paintShape(shapeNames[shape]!, pose, size, coverage);

  const { colourCue: ownCue } = builtinStyles[plan.name];
  const ownHue = drawHue(ownCue, plan, label, random);
  const hue = plan.colourCue === ownCue ? ownHue : drawHue(plan.colourCue, plan, label, apart('hue'));
  const colour = hsv(hue, random.uniform(0.55, 1), random.uniform(0.6, 1));
  const background = backgrounds[plan.background](random, colour);
  if (plan.backgroundTint > 0) tint(background, plan.backgroundTint, apart('tint'), colour);
  if (plan.clutter > 0) strew(background, plan.clutter, apart('clutter'));
  const shade = plan.textureCue ? patternShade(label, apart('pattern'), size) : null;
  const mask = new Uint8Array(size * size);
  for (let i = 0; i < mask.length; i++) mask[i] = coverage[i]! > 0.5 ? 1 : 0;
  return {
    pixels: compose(colour, shade, background, coverage, random),
    mask,
    colour: hueBin(plan.colourCue, hue),
  };
}

/** The hue of an object, in turns: about its class's, or about the middle of any bin. */
function drawHue(tells: boolean, { hueSpread, classes }: BuiltinPlan, label: number, random: RandomStream) {
  if (tells) return random.normal(label, hueSpread) / classes;
  return (random.integer(hueBins) + random.uniform(-0.35, 0.35)) / hueBins;
}

/** A hue that tells nothing was drawn about the middle of its bin; one that tells a class is where it is. */
function hueBin(tells: boolean, hue: number): number {
  const bins = (hue - Math.floor(hue)) * hueBins;
  return (tells ? Math.floor(bins) : Math.round(bins)) % hueBins;
}

/** Red, green and blue [size, size]; bicubic overshoot beyond [0, 1] is cut off when composed. */
type Planes = readonly [Float32Array, Float32Array, Float32Array];

const backgrounds: Record<BackgroundStyle, (random: RandomStream, object: Colour) => Planes> = {
  blobs(random) {
    const side = 16;
    const blobs = planes(() => new Float32Array(side * side));
    for (let i = 0; i < side * side; i++) {
      const blob = hsv(random.uniform(), random.uniform(0.2, 0.5), random.uniform(0.35, 0.75));
      for (const c of channels) blobs[c][i] = blob[c];
    }
    return planes((c) => enlarge(blobs[c], side, size));
  },
  grey(random) {
    const shade = noise(random, size, 3, 5);
    return planes(() => {
      const plane = noise(random, size, 2, 6);
      for (let i = 0; i < plane.length; i++) {
        plane[i] = 0.5 + 0.35 * (shade[i]! - 0.5) + 0.12 * (plane[i]! - 0.5);
      }
      return plane;
    });
  },
  picture(random, object) {
    const [one, other] = contrastingColours(random, object);
    const mix = noise(random, size, 3, 3);
    return planes((c) => {
      const plane = new Float32Array(size * size);
      for (let i = 0; i < plane.length; i++) plane[i] = clamp(one[c] * mix[i]! + other[c] * (1 - mix[i]!));
      return plane;
    });
  },
};

/** Two background colours whose mean lies far enough from the object's colour; at most 20 tries. */
function contrastingColours(random: RandomStream, object: Colour): [Colour, Colour] {
  const dull = (hue: number, darkest: number, brightest: number) =>
    hsv(hue, random.uniform(0.1, 0.55), random.uniform(darkest, brightest));
  const hue = random.uniform();
  let one = dull(hue, 0.15, 0.9);
  let other = dull(hue + random.uniform(-0.2, 0.2), 0.15, 0.9);
  for (let attempt = 0; attempt < 20; attempt++) {
    const distance = Math.hypot(...channels.map((c) => object[c] - (one[c] + other[c]) / 2));
    if (distance > leastContrast) break;
    one = dull(random.uniform(), 0.1, 0.95);
    const factor = random.uniform(0.5, 1.2);
    other = [one[0] * factor, one[1] * factor, one[2] * factor];
  }
  return [one, other];
}

/** Mixes colours of the picture's own into a background, in place. */
function tint(background: Planes, share: number, random: RandomStream, object: Colour): void {
  const own = backgrounds.picture(random, object);
  for (const c of channels) {
    const plane = background[c];
    for (let i = 0; i < plane.length; i++) plane[i] = (1 - share) * clamp(plane[i]!) + share * own[c][i]!;
  }
}

/** Strews `count` small shapes over a background, in place; any shape, coloured as objects are. */
function strew(background: Planes, count: number, random: RandomStream): void {
  const coverage = new Float32Array(size * size);
  for (let n = 0; n < count; n++) {
    const pose = {
      centreX: random.uniform(0, size),
      centreY: random.uniform(0, size),
      radius: size * random.uniform(0.07, 0.13),
      tilt: random.uniform(-Math.PI, Math.PI),
      stretch: 1,
    };
    paintShape(shapeNames[random.integer(shapeNames.length)]!, pose, size, coverage);
    const colour = hsv(random.uniform(), random.uniform(0.55, 1), random.uniform(0.6, 1));
    for (const c of channels) {
      const plane = background[c];
      for (let i = 0; i < plane.length; i++) plane[i]! += (colour[c] - plane[i]!) * coverage[i]!;
    }
  }
}

/** Object, shaded by its pattern, over background by coverage, plus grain, rounded to 8 bits and packed. */
function compose(
  object: Colour,
  shade: Float32Array | null,
  background: Planes,
  coverage: Float32Array,
  random: RandomStream,
): Uint32Array {
  const grains = grainTable();
  const pixels = new Uint32Array(size * size);
  for (let i = 0; i < pixels.length; i++) {
    const share = coverage[i]!;
    const light = share * (shade?.[i] ?? 1);
    const bits = random.bits();
    const r = byte(object[0] * light + background[0][i]! * (1 - share) + grains[bits & 1023]!);
    const g = byte(object[1] * light + background[1][i]! * (1 - share) + grains[(bits >>> 10) & 1023]!);
    const b = byte(object[2] * light + background[2][i]! * (1 - share) + grains[(bits >>> 20) & 1023]!);
    pixels[i] = r | (g << 8) | (b << 16) | (255 << 24);
  }
  return pixels;
}

let grainValues: Float32Array | undefined;

/** 1024 quantiles of the grain, so that one draw serves three channels; 8-bit rounding hides the steps. */
function grainTable(): Float32Array {
  grainValues ??= Float32Array.from({ length: 1024 }, (_, i) => grain * normalQuantile((i + 0.5) / 1024));
  return grainValues;
}

const channels = [0, 1, 2] as const;

function planes(make: (channel: 0 | 1 | 2) => Float32Array): Planes {
  return [make(0), make(1), make(2)];
}

function byte(value: number): number {
  return (clamp(value) * 255 + 0.5) | 0;
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}

/**
 * The built-in data sets: pictures of ten shapes whose class, colour and mask are known, from a seed and
 * without any download, so that every score can be shown beside the truth.
 *
 * - `confetti`: pastel blobs of the same statistics in every picture; the hue tells the class, with a spread.
 * - `grey`: greyish noise of the same statistics in every picture; the shape tells the class, the hue does not.
 * - `noise`: as `grey`, but each picture has background colours of its own: the shortcut to learn from.
 *
 * Every picture draws from a stream of its own, so that picture 17 is the same whatever the others are.
 */
import { PawsaurError } from '../../platform/errors';
import { normalQuantile, type RandomStream, randomStream } from '../../platform/random';
import type { ImageDataset } from '../imageDataset';
import { memoryMasks, memoryPixels } from '../pixelStore';
import { paintShape, shapeNames } from './shapes';
import { type Colour, enlarge, hsv, noise } from './texture';

/** The names of the built-in sets. */
export const builtinNames = ['confetti', 'grey', 'noise'] as const;
/** One of them. */
export type BuiltinName = (typeof builtinNames)[number];

/** What decides a built-in set, apart from its name. */
export interface BuiltinOptions {
  /** `data_seed` of the recipe; default 0. */
  seed?: number;
  /** `confetti` only: standard deviation of the hue, in steps from one class to the next; default 0.5. */
  hueSpread?: number;
  /** Pictures to train on; default 1600. */
  train?: number;
  /** Pictures held out; default 400. */
  heldOut?: number;
}

const size = 64;
const hueBins = 8;
/** Standard deviation of the pixel noise. */
const grain = 0.03;
/** Least distance in RGB between the object and the mean background of `noise`. */
const leastContrast = 0.35;

/**
 * Makes a built-in set: training pictures first, then the held-out ones, 64 px, with masks and colours.
 * 2000 pictures take one to two seconds. Throws 'data/unknown-set' for a name that is not one of them.
 */
export function makeBuiltinDataset(name: BuiltinName, options: BuiltinOptions = {}): ImageDataset {
  const { seed = 0, hueSpread = 0.5, train = 1600, heldOut = 400 } = options;
  if (!builtinNames.includes(name)) {
    const known = builtinNames.join(', ');
    throw new PawsaurError(
      'data/unknown-set',
      `There is no built-in set “${name}”.`,
      `Choose one of ${known}.`,
    );
  }
  const count = train + heldOut;
  const pixels = new Uint32Array(count * size * size);
  const masks = new Uint8Array(count * size * size);
  const dataset = {
    set: null,
    revision: 0,
    name,
    kind: 'builtin' as const,
    size,
    count,
    pixels: memoryPixels(pixels, size),
    rows: Int32Array.from({ length: count }, (_, i) => i),
    classNames: [...shapeNames],
    labels: new Int32Array(count),
    masks: memoryMasks(masks, size),
    colours: new Int32Array(count),
    names: Array.from({ length: count }, (_, i) => `${name} ${i}`),
    heldOut: Uint8Array.from({ length: count }, (_, i) => (i < train ? 0 : 1)),
  };
  for (const [part, start, length] of [
    ['train', 0, train],
    ['heldout', train, heldOut],
  ] as const) {
    const labels = Int32Array.from({ length }, (_, i) => i % shapeNames.length);
    dataset.labels.set(randomStream(seed, `${name}/${part}/labels`).shuffle(labels), start);
    for (let i = 0; i < length; i++) {
      const random = randomStream(seed, `${name}/${part}/${i}`);
      const picture = paintPicture(name, dataset.labels[start + i]!, hueSpread, random);
      pixels.set(picture.pixels, (start + i) * size * size);
      masks.set(picture.mask, (start + i) * size * size);
      dataset.colours[start + i] = picture.colour;
    }
  }
  return dataset;
}

/** One picture: packed pixels, 0/1 mask and hue bin. */
interface Picture {
  pixels: Uint32Array;
  mask: Uint8Array;
  colour: number;
}

function paintPicture(name: BuiltinName, label: number, hueSpread: number, random: RandomStream): Picture {
  const radius = size * random.uniform(0.26, 0.42);
  const margin = 0.85 * radius;
  const pose = {
    centreX: random.uniform(margin, size - margin),
    centreY: random.uniform(margin, size - margin),
    radius,
    tilt: random.uniform(-0.5, 0.5),
    stretch: random.uniform(0.88, 1.14),
  };
  const coverage = new Float32Array(size * size);
  paintShape(shapeNames[label]!, pose, size, coverage);

  const hue =
    name === 'confetti'
      ? random.normal(label, hueSpread) / shapeNames.length
      : (random.integer(hueBins) + random.uniform(-0.35, 0.35)) / hueBins;
  const colour = hsv(hue, random.uniform(0.55, 1), random.uniform(0.6, 1));
  const background = backgrounds[name](random, colour);
  const mask = new Uint8Array(size * size);
  for (let i = 0; i < mask.length; i++) mask[i] = coverage[i]! > 0.5 ? 1 : 0;
  return {
    pixels: compose(colour, background, coverage, random),
    mask,
    colour: hueBin(name, hue),
  };
}

/** `grey` and `noise` draw the bin and stray about its middle value; `confetti` bins the hue it got. */
function hueBin(name: BuiltinName, hue: number): number {
  const bins = (hue - Math.floor(hue)) * hueBins;
  return (name === 'confetti' ? Math.floor(bins) : Math.round(bins)) % hueBins;
}

/** Red, green and blue [size, size]; bicubic overshoot beyond [0, 1] is cut off when composed. */
type Planes = readonly [Float32Array, Float32Array, Float32Array];

const backgrounds: Record<BuiltinName, (random: RandomStream, object: Colour) => Planes> = {
  confetti(random) {
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
  noise(random, object) {
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

/** Object over background by coverage, plus grain, rounded to 8 bits and packed. */
function compose(
  object: Colour,
  background: Planes,
  coverage: Float32Array,
  random: RandomStream,
): Uint32Array {
  const grains = grainTable();
  const pixels = new Uint32Array(size * size);
  for (let i = 0; i < pixels.length; i++) {
    const share = coverage[i]!;
    const bits = random.bits();
    const r = byte(object[0] * share + background[0][i]! * (1 - share) + grains[bits & 1023]!);
    const g = byte(object[1] * share + background[1][i]! * (1 - share) + grains[(bits >>> 10) & 1023]!);
    const b = byte(object[2] * share + background[2][i]! * (1 - share) + grains[(bits >>> 20) & 1023]!);
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

/**
 * Colour operations on float pictures, as `torchvision.transforms.functional` computes them on float tensors.
 * Pillow's 8-bit results differ by its rounding after every operation. `equalize` alone is Pillow's: it has
 * no float counterpart.
 */
import { operation } from '../parameters';
import { blank, clamp01, mapValues, type Picture } from './picture';

export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
export const IMAGENET_DEVIATION = [0.229, 0.224, 0.225] as const;

/** Weights of red, green and blue in the grey of torchvision's tensor path (Pillow: 0.299 for red). */
export const GRAY_WEIGHTS = [0.2989, 0.587, 0.114] as const;

/** The factors of a colour jitter; 1 (and 0 for the hue) leave the picture as it is. */
export interface JitterFactors {
  brightness: number;
  contrast: number;
  saturation: number;
  hue: number;
}

export function adjustBrightness(picture: Picture, factor: number): Picture {
  return mapValues(picture, (value) => clamp01(factor * value));
}

/** Blends with the mean grey of the picture as it is at this stage. */
export function adjustContrast(picture: Picture, factor: number): Picture {
  const gray = grayValues(picture);
  let sum = 0;
  for (const value of gray) sum += value;
  const mean = sum / gray.length;
  return mapValues(picture, (value) => clamp01(factor * value + (1 - factor) * mean));
}

export function adjustSaturation(picture: Picture, factor: number): Picture {
  const gray = grayValues(picture);
  const result = blank(picture.height, picture.width);
  for (let i = 0; i < result.data.length; i++) {
    result.data[i] = clamp01(factor * picture.data[i]! + (1 - factor) * gray[i % gray.length]!);
  }
  return result;
}

/** Turns the hue by `turn` of the colour circle, through HSV in floats. */
export function adjustHue(picture: Picture, turn: number): Picture {
  const area = picture.height * picture.width;
  const { data } = picture;
  const result = blank(picture.height, picture.width);
  for (let i = 0; i < area; i++) {
    const [r, g, b] = turnHue(data[i]!, data[area + i]!, data[2 * area + i]!, turn);
    result.data[i] = r;
    result.data[area + i] = g;
    result.data[2 * area + i] = b;
  }
  return result;
}

/** The four jitter operations in the given order (codes of `operation`). */
export function jitter(picture: Picture, order: ArrayLike<number>, factors: JitterFactors): Picture {
  let result = picture;
  for (let i = 0; i < order.length; i++) {
    const code = order[i];
    // A neutral factor is skipped: torchvision leaves such an operation out of the jitter.
    if (code === operation.brightness && factors.brightness !== 1)
      result = adjustBrightness(result, factors.brightness);
    if (code === operation.contrast && factors.contrast !== 1)
      result = adjustContrast(result, factors.contrast);
    if (code === operation.saturation && factors.saturation !== 1)
      result = adjustSaturation(result, factors.saturation);
    if (code === operation.hue && factors.hue !== 0) result = adjustHue(result, factors.hue);
  }
  return result;
}

/** Three equal channels. */
export function grayscale(picture: Picture): Picture {
  const gray = grayValues(picture);
  const result = blank(picture.height, picture.width);
  for (let c = 0; c < 3; c++) result.data.set(gray, c * gray.length);
  return result;
}

/** Inverts the values from `cut` on (`solarizeCut` gives the cut of an 8-bit threshold). */
export function solarize(picture: Picture, cut: number): Picture {
  return mapValues(picture, (value) => (value >= cut ? 1 - value : value));
}

/** (x − mean) / deviation per channel. */
export function normalise(
  picture: Picture,
  mean: ArrayLike<number> = IMAGENET_MEAN,
  deviation: ArrayLike<number> = IMAGENET_DEVIATION,
): Picture {
  return mapValues(picture, (value, channel) => (value - mean[channel]!) / deviation[channel]!);
}

/** Pillow's `ImageOps.equalize` on the 8-bit levels of each channel. */
export function equalize(picture: Picture): Picture {
  const area = picture.height * picture.width;
  const result = blank(picture.height, picture.width);
  for (let c = 0; c < 3; c++) {
    const levels = Array.from(picture.data.subarray(c * area, (c + 1) * area), levelOf);
    const table = equalizeTable(levels);
    for (let i = 0; i < area; i++) result.data[c * area + i] = table[levels[i]!]! / 255;
  }
  return result;
}

/** The 8-bit level of a value, rounded in single precision as the kernel does. */
function levelOf(value: number): number {
  return Math.floor(Math.fround(Math.fround(value * 255) + 0.5));
}

/** [256] new level of every level; the last level that occurs does not count in the step, as in Pillow. */
function equalizeTable(levels: readonly number[]): number[] {
  const histogram = new Array<number>(256).fill(0);
  for (const level of levels) histogram[level]!++;
  const last = histogram.findLast((count) => count > 0)!;
  const step = Math.floor((levels.length - last) / 255);
  if (step === 0) return histogram.map((_, level) => level);
  let below = Math.floor(step / 2);
  return histogram.map((count) => {
    const level = Math.min(255, Math.floor(below / step));
    below += count;
    return level;
  });
}

/** [height × width] the grey of every pixel. */
function grayValues({ data, height, width }: Picture): Float32Array {
  const area = height * width;
  const [r, g, b] = GRAY_WEIGHTS;
  return Float32Array.from(
    { length: area },
    (_, i) => r * data[i]! + g * data[area + i]! + b * data[2 * area + i]!,
  );
}

function turnHue(r: number, g: number, b: number, turn: number): [number, number, number] {
  const value = Math.max(r, g, b);
  const range = value - Math.min(r, g, b);
  // A grey pixel has no hue: 0, and a saturation of 0 makes that not matter.
  const divisor = range === 0 ? 1 : range;
  const saturation = range === 0 ? 0 : range / value;
  const dr = (value - r) / divisor;
  const dg = (value - g) / divisor;
  const db = (value - b) / divisor;
  const sector = value === r ? db - dg : value === g ? 2 + dr - db : 4 + dg - dr;
  const hue = sector / 6 + 1 + turn;
  const position = (hue - Math.floor(hue)) * 6;
  const index = Math.floor(position);
  const rest = position - index;
  const p = clamp01(value * (1 - saturation));
  const q = clamp01(value * (1 - saturation * rest));
  const t = clamp01(value * (1 - saturation * (1 - rest)));
  switch (index % 6) {
    case 0:
      return [value, t, p];
    case 1:
      return [q, value, p];
    case 2:
      return [p, value, t];
    case 3:
      return [p, q, value];
    case 4:
      return [t, p, value];
    default:
      return [value, p, q];
  }
}

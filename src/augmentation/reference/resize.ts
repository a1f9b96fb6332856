/**
 * Resizing as torch and Pillow do it, one axis after the other. Antialiased: the filter widens with the shrink
 * factor (Pillow's `ImagingResample`; bicubic with a = −0.5). Plain: torch's default for tensors, which does
 * not (bicubic with a = −0.75, border clamped).
 */
import { roundHalfEven } from '../randomResizedCrop';
import { blank, clamp01, cut, mapValues, type Picture } from './picture';

export type Interpolation = 'bicubic' | 'bilinear';

/** What one output pixel reads: source positions and their weights, which sum to 1. */
interface Taps {
  sources: Int32Array;
  weights: Float64Array;
}

/** Resizes with antialiasing and clamps to [0, 1], as the official crops are made. */
export function resizeAntialiased(
  picture: Picture,
  height: number,
  width: number,
  interpolation: Interpolation,
): Picture {
  const resized = resample(
    picture,
    antialiasedTaps(picture.height, height, interpolation),
    antialiasedTaps(picture.width, width, interpolation),
  );
  return mapValues(resized, clamp01);
}

/** Resizes as torch does without antialiasing; bicubic overshoot is kept. */
export function resizePlain(
  picture: Picture,
  height: number,
  width: number,
  interpolation: Interpolation,
): Picture {
  return resample(
    picture,
    plainTaps(picture.height, height, interpolation),
    plainTaps(picture.width, width, interpolation),
  );
}

/**
 * The official evaluation transform: the shorter side to `shorter` pixels (the longer in proportion, rounded
 * down), antialiased bicubic, then the central square of `size`.
 */
export function evaluationTransform(picture: Picture, shorter: number, size: number): Picture {
  const { height, width } = picture;
  const [newHeight, newWidth] =
    height <= width
      ? [shorter, Math.floor((shorter * width) / height)]
      : [Math.floor((shorter * height) / width), shorter];
  const resized = resizeAntialiased(picture, newHeight, newWidth, 'bicubic');
  const top = roundHalfEven((newHeight - size) / 2);
  const left = roundHalfEven((newWidth - size) / 2);
  return cut(resized, top, left, size, size);
}

/** The cubic convolution filter with parameter a (Keys 1981). */
function cubic(x: number, a: number): number {
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return ((d - 5) * d + 8) * d * a - 4 * a;
  return 0;
}

function triangle(x: number): number {
  return Math.max(0, 1 - Math.abs(x));
}

function antialiasedTaps(input: number, output: number, interpolation: Interpolation): Taps[] {
  const scale = input / output;
  const stretch = Math.max(scale, 1);
  const support = (interpolation === 'bicubic' ? 2 : 1) * stretch;
  const filter = interpolation === 'bicubic' ? (x: number) => cubic(x, -0.5) : triangle;
  return Array.from({ length: output }, (_, i) => {
    const centre = scale * (i + 0.5);
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(input, Math.trunc(centre + support + 0.5));
    const sources = Int32Array.from({ length: end - first }, (_, k) => first + k);
    const weights = Float64Array.from(sources, (source) => filter((source + 0.5 - centre) / stretch));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { sources, weights: weights.map((weight) => weight / sum) };
  });
}

function plainTaps(input: number, output: number, interpolation: Interpolation): Taps[] {
  const clampToInput = (position: number) => Math.min(input - 1, Math.max(0, position));
  return Array.from({ length: output }, (_, i) => {
    const position = ((i + 0.5) * input) / output - 0.5;
    if (interpolation === 'bilinear') {
      const inside = Math.max(0, position);
      const first = Math.floor(inside);
      const right = inside - first;
      return {
        sources: Int32Array.of(first, clampToInput(first + 1)),
        weights: Float64Array.of(1 - right, right),
      };
    }
    const first = Math.floor(position);
    const offsets = [-1, 0, 1, 2];
    return {
      sources: Int32Array.from(offsets, (offset) => clampToInput(first + offset)),
      weights: Float64Array.from(offsets, (offset) => cubic(position - first - offset, -0.75)),
    };
  });
}

/** Applies column taps, then row taps. */
function resample(picture: Picture, rows: Taps[], columns: Taps[]): Picture {
  const narrow = blank(picture.height, columns.length);
  for (let row = 0; row < 3 * picture.height; row++) {
    const source = picture.data.subarray(row * picture.width, (row + 1) * picture.width);
    columns.forEach(({ sources, weights }, x) => {
      let sum = 0;
      for (let k = 0; k < sources.length; k++) sum += weights[k]! * source[sources[k]!]!;
      narrow.data[row * narrow.width + x] = sum;
    });
  }
  const result = blank(rows.length, columns.length);
  for (let c = 0; c < 3; c++) {
    rows.forEach(({ sources, weights }, y) => {
      for (let x = 0; x < result.width; x++) {
        let sum = 0;
        for (let k = 0; k < sources.length; k++) {
          sum += weights[k]! * narrow.data[(c * narrow.height + sources[k]!) * narrow.width + x]!;
        }
        result.data[(c * result.height + y) * result.width + x] = sum;
      }
    });
  }
  return result;
}

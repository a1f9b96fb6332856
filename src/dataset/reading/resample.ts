/**
 * From a decoded picture to a stored square: the centre square, resampled with the Lanczos filter (a = 3)
 * whose support grows with the shrink factor, as Pillow's `crop` and `resize(…, LANCZOS, reducing_gap=3)` do:
 * horizontally first, rounded and cut off at 8 bits, then vertically. Large pictures are first averaged over whole
 * boxes of pixels, so that a photo of 24 megapixels passes through strip by strip. The result is within one level
 * of Pillow's.
 */
import type { OpenPicture } from '../../platform/imageDecoder';

/** Boxes are averaged as long as at least this many times the target's side is left for the filter. */
const reducingGap = 3;
/** Bits behind the point of the filter's weights: with 8 bits of a pixel and one of overshoot they fit into 32. */
const precision = 22;
/** What makes cutting off the bits behind the point round. */
const half = 1 << (precision - 1);
/** Pixels of a strip, about: 1 MB of bytes. */
const stripPixels = 2 ** 18;

/** [side, side, 3] the centre square of `picture`. */
export function resampleSquare(picture: OpenPicture, side: number): Uint8Array<ArrayBuffer> {
  const square = Math.min(picture.width, picture.height);
  const left = Math.floor((picture.width - square) / 2);
  const top = Math.floor((picture.height - square) / 2);
  if (square === side) return withoutAlpha(picture.readRows(top, side, left, side));
  const factor = Math.max(1, Math.floor(square / (reducingGap * side)));
  const width = Math.ceil(square / factor);
  const taps = lanczosTaps(square / factor, width, side);
  const narrow = new Uint8ClampedArray(width * side * 3);
  const stripRows = factor * Math.max(1, Math.floor(stripPixels / (square * factor)));
  for (let y = 0; y < square; y += stripRows) {
    const rows = Math.min(stripRows, square - y);
    const strip = picture.readRows(top + y, rows, left, square);
    const lines = factor === 1 ? strip : averageBoxes(strip, square, factor);
    narrowLines(lines, width, taps, narrow, (y / factor) * side * 3);
  }
  return shorten(narrow, taps, side);
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let source = 0, target = 0; target < rgb.length; source += 4) {
    rgb[target++] = rgba[source]!;
    rgb[target++] = rgba[source + 1]!;
    rgb[target++] = rgba[source + 2]!;
  }
  return rgb;
}

/**
 * [rows, width, 4] → [⌈rows / factor⌉, ⌈width / factor⌉, 4], the mean of each box; the boxes at the right and the
 * lower end may be smaller. The fourth channel comes out as 0.
 */
function averageBoxes(rgba: Uint8ClampedArray, width: number, factor: number): Uint8ClampedArray {
  const rows = rgba.length / (width * 4);
  const across = Math.ceil(width / factor);
  const down = Math.ceil(rows / factor);
  const means = new Uint8ClampedArray(across * down * 4);
  for (let boxY = 0; boxY < down; boxY++) {
    const endY = Math.min(rows, (boxY + 1) * factor);
    for (let boxX = 0; boxX < across; boxX++) {
      const endX = Math.min(width, (boxX + 1) * factor);
      let r = 0;
      let g = 0;
      let b = 0;
      for (let y = boxY * factor; y < endY; y++) {
        const end = (y * width + endX) * 4;
        for (let source = (y * width + boxX * factor) * 4; source < end; source += 4) {
          r += rgba[source]!;
          g += rgba[source + 1]!;
          b += rgba[source + 2]!;
        }
      }
      const area = (endY - boxY * factor) * (endX - boxX * factor);
      const target = (boxY * across + boxX) * 4;
      means[target] = r / area;
      means[target + 1] = g / area;
      means[target + 2] = b / area;
    }
  }
  return means;
}

/** [rows, width, 4] → [rows, side, 3], written into `narrow` from `target` on. */
function narrowLines(
  rgba: Uint8ClampedArray,
  width: number,
  { starts, counts, weights, most }: Taps,
  narrow: Uint8ClampedArray,
  target: number,
): void {
  for (let row = 0; row < rgba.length; row += width * 4) {
    for (let x = 0; x < starts.length; x++) {
      let r = half;
      let g = half;
      let b = half;
      let source = row + starts[x]! * 4;
      const end = x * most + counts[x]!;
      for (let tap = x * most; tap < end; tap++) {
        const weight = weights[tap]!;
        r = (r + Math.imul(weight, rgba[source]!)) | 0;
        g = (g + Math.imul(weight, rgba[source + 1]!)) | 0;
        b = (b + Math.imul(weight, rgba[source + 2]!)) | 0;
        source += 4;
      }
      narrow[target] = r >> precision;
      narrow[target + 1] = g >> precision;
      narrow[target + 2] = b >> precision;
      target += 3;
    }
  }
}

/** [rows, side, 3] → [side, side, 3]. */
function shorten(
  narrow: Uint8ClampedArray,
  { starts, counts, weights, most }: Taps,
  side: number,
): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8ClampedArray(side * side * 3);
  const line = new Int32Array(side * 3);
  for (let y = 0; y < side; y++) {
    line.fill(half);
    for (let tap = 0; tap < counts[y]!; tap++) {
      const weight = weights[y * most + tap]!;
      const row = (starts[y]! + tap) * side * 3;
      for (let i = 0; i < line.length; i++) line[i] = line[i]! + Math.imul(weight, narrow[row + i]!);
    }
    for (let i = 0; i < line.length; i++) rgb[y * line.length + i] = line[i]! >> precision;
  }
  return new Uint8Array(rgb.buffer);
}

/** The source pixels of every target pixel: the first of them, how many, and weights that sum to 1 << precision. */
interface Taps {
  starts: Int32Array;
  counts: Int32Array;
  /** [targets, most] */
  weights: Int32Array;
  most: number;
}

/** `from` pixels, the last of which may be there in part only, to `to`; `available` counts it whole. */
function lanczosTaps(from: number, available: number, to: number): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = 3 * stretch;
  const most = Math.ceil(2 * support) + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * most);
  const exact = new Float64Array(most);
  for (let target = 0; target < to; target++) {
    const centre = (target + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - support + 0.5));
    const count = Math.min(available, Math.floor(centre + support + 0.5)) - start;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const weight = lanczos((start + i + 0.5 - centre) / stretch);
      exact[i] = weight;
      sum += weight;
    }
    for (let i = 0; i < count; i++)
      weights[target * most + i] = Math.round((exact[i]! / sum) * (1 << precision));
    starts[target] = start;
    counts[target] = count;
  }
  return { starts, counts, weights, most };
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const angle = Math.PI * x;
  return (3 * Math.sin(angle) * Math.sin(angle / 3)) / (angle * angle);
}

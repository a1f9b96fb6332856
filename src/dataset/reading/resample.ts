/**
 * From a decoded picture to a stored square: the centre square, resampled with the Lanczos filter (a = 3)
 * whose support grows with the shrink factor, as Pillow's `crop` and `resize(…, LANCZOS)` do: horizontally
 * first, rounded and cut off at 8 bits, then vertically. The result is within one level of Pillow's.
 */
import { PawsaurError } from '../../platform/errors';
import type { DecodedImage } from '../../platform/imageDecoder';

/**
 * The centre square of `image` as [side, side] packed pixels (r | g << 8 | b << 16 | 255 << 24). The alpha
 * channel is ignored. Throws 'image/shape' when the pixels do not fit width × height or there are none.
 */
export function resampleSquare(image: DecodedImage, side: number): Uint32Array {
  const { width, height, rgba } = image;
  const square = Math.min(width, height);
  if (square < 1 || rgba.length !== 4 * width * height) {
    throw new PawsaurError('image/shape', `${rgba.length} bytes are no picture of ${width} × ${height} px.`);
  }
  const left = Math.floor((width - square) / 2);
  const top = Math.floor((height - square) / 2);
  const taps = lanczosTaps(square, side);
  const narrow = new Uint8ClampedArray(square * side * 3);
  for (let y = 0; y < square; y++) {
    const row = ((top + y) * width + left) * 4;
    for (let x = 0; x < side; x++) {
      const { start, weights } = taps[x]!;
      let r = 0;
      let g = 0;
      let b = 0;
      let source = row + start * 4;
      for (const weight of weights) {
        r += weight * rgba[source]!;
        g += weight * rgba[source + 1]!;
        b += weight * rgba[source + 2]!;
        source += 4;
      }
      const target = (y * side + x) * 3;
      narrow[target] = r;
      narrow[target + 1] = g;
      narrow[target + 2] = b;
    }
  }
  const pixels = new Uint32Array(side * side);
  const line = new Float32Array(side * 3);
  for (let y = 0; y < side; y++) {
    const { start, weights } = taps[y]!;
    line.fill(0);
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!;
      const row = (start + tap) * side * 3;
      for (let i = 0; i < line.length; i++) line[i]! += weight * narrow[row + i]!;
    }
    for (let x = 0; x < side; x++) {
      const [r, g, b] = [byte(line[3 * x]!), byte(line[3 * x + 1]!), byte(line[3 * x + 2]!)];
      pixels[y * side + x] = r | (g << 8) | (b << 16) | (255 << 24);
    }
  }
  return pixels;
}

/** The source pixels of one target pixel: the first of them, and weights that sum to 1. */
interface Taps {
  start: number;
  weights: Float64Array;
}

function lanczosTaps(from: number, to: number): Taps[] {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = 3 * stretch;
  return Array.from({ length: to }, (_, target) => {
    const centre = (target + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5));
    const weights = new Float64Array(end - start);
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      weights[i] = lanczos((start + i + 0.5 - centre) / stretch);
      sum += weights[i]!;
    }
    return { start, weights: weights.map((weight) => weight / sum) };
  });
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const angle = Math.PI * x;
  return (3 * Math.sin(angle) * Math.sin(angle / 3)) / (angle * angle);
}

function byte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

/** Crops as a person sees them. */
import { IMAGENET_DEVIATION, IMAGENET_MEAN } from './reference/colour';

/**
 * Undoes the normalisation of crops [n, 3, size, size]: RGBA bytes [n, size, size, 4], opaque, ready for
 * `ImageData`.
 */
export function denormalise(crops: Float32Array, count: number, size: number): Uint8ClampedArray {
  const area = size * size;
  const bytes = new Uint8ClampedArray(count * area * 4).fill(255);
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < 3; c++) {
      const from = (n * 3 + c) * area;
      const deviation = 255 * IMAGENET_DEVIATION[c]!;
      const mean = 255 * IMAGENET_MEAN[c]!;
      // A clamped array rounds and limits to 0 … 255 by itself.
      for (let i = 0; i < area; i++) bytes[(n * area + i) * 4 + c] = crops[from + i]! * deviation + mean;
    }
  }
  return bytes;
}

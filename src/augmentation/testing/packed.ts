/** Packed pictures as a source of them, for tests. */
import type { PictureSource } from '../pictureSlots';

/** The pictures of `pixels` [count, area]. */
export function packedPictures(pixels: Uint32Array, area: number): PictureSource {
  return {
    take(indices) {
      const taken = new Uint32Array(indices.length * area);
      for (let i = 0; i < indices.length; i++) {
        taken.set(pixels.subarray(indices[i]! * area, (indices[i]! + 1) * area), i * area);
      }
      return taken;
    },
  };
}

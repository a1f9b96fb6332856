/** Several arrays in one buffer, each where a view may begin. */
import { VIEW_ALIGNMENT } from '../backend';

/** Where each of `sizes` bytes begins, and the bytes of the buffer. */
export function layOut(sizes: readonly number[]): { offsets: number[]; bytes: number } {
  let bytes = 0;
  const offsets = sizes.map((size) => {
    const offset = bytes;
    bytes += Math.ceil(size / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
    return offset;
  });
  return { offsets, bytes };
}

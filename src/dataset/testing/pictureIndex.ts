/** Columns of imported pictures, for tests. */
import type { PictureIndex } from '../importing/pictureIndex';

/** `count` pictures of 2 px, all different, of two classes in turn, with nothing said about the split. */
export function samplePictureIndex(count: number, changes: Partial<PictureIndex> = {}): PictureIndex {
  return {
    size: 2,
    count,
    names: Array.from({ length: count }, (_, i) => `picture ${i}.jpg`),
    classNames: ['cat', 'dog'],
    labels: Int32Array.from({ length: count }, (_, i) => i % 2),
    split: new Int8Array(count).fill(-1),
    given: null,
    widths: new Int32Array(count).fill(20),
    heights: new Int32Array(count).fill(10),
    maskRows: new Int32Array(count).fill(-1),
    exact: Uint32Array.from({ length: 2 * count }, (_, i) => i),
    look: new Uint32Array(2 * count),
    signature: new Uint8Array(64 * count),
    excluded: new Uint8Array(count),
    ...changes,
  };
}

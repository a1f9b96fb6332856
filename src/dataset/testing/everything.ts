/** A whole data set in memory, for tests that look at every pixel. */
import type { ImageDataset } from '../imageDataset';

const every = ({ count }: Pick<ImageDataset, 'count'>) => Int32Array.from({ length: count }, (_, i) => i);

/** [count, size, size] packed RGBA. */
export function allPixels(dataset: Pick<ImageDataset, 'count' | 'pixels'>): Uint32Array<ArrayBuffer> {
  return dataset.pixels.take(every(dataset));
}

/** [count, size, size] 0/1 of a set that has masks. */
export function allMasks({ count, masks }: Pick<ImageDataset, 'count' | 'masks'>): Uint8Array<ArrayBuffer> {
  if (masks === null) throw new Error('this set has no masks');
  return masks.take(every({ count }));
}

/** Pictures of noise for the tests of methods: labelled in turn, all to be trained on. */
import { openImages } from '../../augmentation';
import { packedPictures } from '../../augmentation/testing/packed';
import { randomStream } from '../../platform/random';
import type { Recipe } from '../../recipe';
import type { TrainingImages } from '../method';

/** `count` square pictures of `size` px; picture i is of class i mod `classes`, and every label is given.
 * At most `slots` of them are on the device at once.
 */
export function noisePictures(
  recipe: Pick<Recipe, 'batch_size'>,
  count: number,
  size: number,
  classes = 3,
  slots = count,
): TrainingImages {
  const rng = randomStream(1, 'pictures');
  const pixels = Uint32Array.from({ length: count * size * size }, () => (rng.bits() | 0xff000000) >>> 0);
  const { batch_size: batch } = recipe;
  return {
    ...allLabelled(count, classes),
    store: openImages(packedPictures(pixels, size * size), slots, size),
    batchAt: (step) => Int32Array.from({ length: batch }, (_, i) => (step * batch + i) % count),
  };
}

/** What is known of such pictures, without the pictures. */
export function allLabelled(count: number, classes = 3): Pick<TrainingImages, 'trainIndices' | 'labels'> {
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  return {
    trainIndices: Int32Array.from({ length: count }, (_, i) => i),
    labels: { classes, given: labels, truth: labels.slice() },
  };
}

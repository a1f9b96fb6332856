/** How many pictures of a data set lie on the graphics device at once: all of a small one, a share of a large one. */
import type { Recipe } from './fields';

/** Share of a run's graphics memory that its pictures may take, unless a single step needs more. */
const pictureShare = 1 / 8;

/** Pictures that may lie on the device, and what there is of it. */
export interface PictureFacts {
  /** Pictures in all, held-out ones included. */
  pictures: number;
  /** Side of the stored pictures in pixels. */
  imageSize: number;
  /** Classes; 0 when unlabelled. */
  classes: number;
  /** Largest single buffer the adapter binds, in bytes. */
  maxBufferBytes?: number;
  /** Graphics memory that a run may take, in bytes. */
  budgetBytes?: number;
}

/** Bytes of a stored picture on the device. */
export const pictureBytes = (imageSize: number): number => 4 * imageSize ** 2;

/** Labelled pictures that vote in a step of PAWS; other methods have none. */
export function votersOf(recipe: Recipe, classes: number): number {
  if (recipe.method !== 'paws') return 0;
  return (recipe.classes_per_batch || classes) * recipe.supervised_imgs_per_class;
}

/** The pictures there is room for: no fewer than a step needs. */
export function pictureRoom(
  recipe: Recipe,
  { pictures, imageSize, classes, maxBufferBytes = Infinity, budgetBytes = Infinity }: PictureFacts,
): number {
  const room = Math.min(maxBufferBytes, pictureShare * budgetBytes);
  const step = recipe.batch_size + votersOf(recipe, classes);
  return Math.min(pictures, Math.max(step, Math.floor(room / pictureBytes(imageSize))));
}

/** A stored set as it is used: what is known of its pictures at once, their pixels when they are asked for. */
import type { PictureIndex } from '../importing/pictureIndex';
import type { MaskStore, PixelStore } from '../pixelStore';

/**
 * A set opened for reading. It stays as it was when it was opened, even when pictures are added or the set is
 * removed meanwhile; `pixels` and `masks` are closed by whoever opened it. Their indices are rows of `index`.
 */
export interface OpenedSet {
  id: string;
  name: string;
  /** Rises with every change of the set's pictures. */
  revision: number;
  index: PictureIndex;
  pixels: PixelStore;
  /** null where no picture has one. */
  masks: MaskStore | null;
}

/** A file of many pictures that need no decoding. */
import type { RawPixels } from './source';

export interface RawSet {
  count: number;
  /** Of each picture, px. */
  width: number;
  height: number;
  /** Class of each picture; null = not told. */
  classNames: (string | null)[];
  /** The pixels of one picture. @throws SourceError */
  picture: (index: number) => Promise<RawPixels>;
  /** Part of a sentence: 'CIFAR-10'. */
  format: string;
  /** The file ends in the middle of a picture. */
  cutShort: boolean;
}

/** The record of a set, made from its columns: what a list of sets shows. */
import type { PictureIndex } from '../importing/pictureIndex';
import type { ImportReport } from '../importing/report';
import type { SetPart, SetRecord } from './records';

type Counts = Pick<SetRecord, 'size' | 'count' | 'excluded' | 'classes' | 'masks' | 'heldOut'>;

/** Numbers of a set; pictures left out do not count but among themselves. */
export function countSet({ size, count, classNames, split, maskRows, excluded }: PictureIndex): Counts {
  let used = 0;
  let masks = 0;
  const sides = [0, 0];
  for (let row = 0; row < count; row++) {
    if (excluded[row] === 1) continue;
    used++;
    if (maskRows[row]! >= 0) masks++;
    const side = split[row]!;
    if (side >= 0) sides[side]!++;
  }
  const [train, heldOut] = sides as [number, number];
  return {
    size,
    count: used,
    excluded: count - used,
    classes: classNames.length,
    masks,
    // A split with one side is none: it is drawn then.
    heldOut: train > 0 ? heldOut : 0,
  };
}

/** Bytes of the files of a set. */
export function bytesOf(parts: readonly SetPart[], size: number): number {
  return parts.reduce((sum, part) => sum + size * size * (3 * part.count + part.masks), 0);
}

/** Files that an import left out. */
export function skippedIn({ lines }: ImportReport): number {
  return lines.filter(({ outcome }) => outcome === 'skipped').length;
}

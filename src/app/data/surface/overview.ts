/** The set in numbers: its classes, the sizes its pictures came in, what is there more than once. */

import type { Pictures } from './pictureFacts';

export interface ClassCount {
  /** −1 = of no class. */
  label: number;
  train: number;
  heldOut: number;
}

/** How many pictures of each class are trained on and held out, in the order of the classes; those of none last. */
export function countClasses({
  classNames,
  classes,
  heldOut,
}: Pick<Pictures, 'classNames' | 'classes' | 'heldOut'>): ClassCount[] {
  const counts = [...classNames.keys(), -1].map((label) => ({ label, train: 0, heldOut: 0 }));
  classes.forEach((label, i) => {
    const count = counts[label < 0 ? classNames.length : label]!;
    if (heldOut[i] === 1) count.heldOut++;
    else count.train++;
  });
  const ofNone = counts.at(-1)!;
  return ofNone.train + ofNone.heldOut > 0 ? counts : counts.slice(0, -1);
}

/** Shorter sides at which a bar of the histogram ends and the next begins, px. */
const edges = [
  16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192,
] as const;

export interface SizeBin {
  /** Sides from `from` to below `to`, px. */
  from: number;
  to: number;
  count: number;
}

export interface Sizes {
  /** From the first bar that has pictures to the last. */
  bins: SizeBin[];
  smallest: number;
  median: number;
  largest: number;
  /** How many are smaller than the squares they are stored as. */
  smaller: number;
}

/** The shorter sides of pictures that are stored with `stored` px a side, as a histogram; null of no pictures. */
export function describeSizes(widths: Int32Array, heights: Int32Array, stored: number): Sizes | null {
  const sides = widths.map((width, i) => Math.min(width, heights[i]!)).sort();
  if (sides.length === 0) return null;
  const starts = [0, ...edges];
  const bins = starts.map((from, i) => ({ from, to: starts[i + 1] ?? Number.POSITIVE_INFINITY, count: 0 }));
  for (const side of sides) bins[starts.findLastIndex((from) => from <= Math.max(0, side))]!.count++;
  const first = bins.findIndex(({ count }) => count > 0);
  const last = bins.findLastIndex(({ count }) => count > 0);
  return {
    bins: bins.slice(first, last + 1),
    smallest: sides[0]!,
    median: sides[sides.length >> 1]!,
    largest: sides.at(-1)!,
    smaller: sides.filter((side) => side < stored).length,
  };
}

export interface Repeats {
  groups: number;
  /** Pictures in all groups together. */
  pictures: number;
  /** All but the first of each group. */
  rest: Int32Array;
}

/** What groups there are; `groups` holds the number of each picture's, −1 = alone. */
export function findRepeats(groups: Int32Array): Repeats {
  const seen = new Set<number>();
  const rest: number[] = [];
  groups.forEach((group, picture) => {
    if (group < 0) return;
    if (seen.has(group)) rest.push(picture);
    seen.add(group);
  });
  return { groups: seen.size, pictures: seen.size + rest.length, rest: Int32Array.from(rest) };
}

/**
 * Pictures of a set that are the same, and pictures that look the same. Equal hashes of the stored pixels make the
 * first; difference hashes that differ in few bits, confirmed by mean grey levels, the second. Comparing all pairs
 * would take a billion comparisons for 50,000 pictures: two hashes of 64 bits that differ in at most four agree in at
 * least one of five bands, so only pictures with a band in common are compared, and of those only such as are about
 * equally bright.
 */
import type { PictureIndex } from './pictureIndex';

/** Bits in which the difference hashes of look-alikes may differ. */
const mostBits = 4;
/** Grey levels by which their 64 means may differ on average. */
const mostLevels = 6;
/** Bits from which on each of the `mostBits + 1` bands starts, and the end of the last. */
const bands = [0, 13, 26, 39, 52, 64] as const;
/** Pictures with which one is compared in a band, so that a set of which all are much alike takes no minutes. */
const mostCompared = 200;

/** [count] the group of each picture, counted from 0 in the order of their first pictures; −1 = it is alone. */
export interface DuplicateGroups {
  /** The same, pixel by pixel. */
  exact: Int32Array;
  /** The same to the eye; pictures that are the same pixel by pixel are among them. Chains count as one group. */
  look: Int32Array;
}

/** Groups the pictures of a set. */
export function findDuplicates(
  index: Pick<PictureIndex, 'count' | 'exact' | 'look' | 'signature'>,
): DuplicateGroups {
  const groups = new Groups(index.count);
  const firsts = joinEqual(index, groups);
  const exact = groups.numbers();
  joinAlike(index, firsts, groups);
  return { exact, look: groups.numbers() };
}

type Prints = Parameters<typeof findDuplicates>[0];

/** Joins pictures of equal pixels; returns the first picture of each kind. */
function joinEqual({ count, exact }: Prints, groups: Groups): number[] {
  const seen = new Map<number, number>();
  const firsts: number[] = [];
  for (let i = 0; i < count; i++) {
    // Below 2^53, so that the key is exact; the 11 bits left out are not missed.
    const key = exact[2 * i]! * 2 ** 21 + (exact[2 * i + 1]! >>> 11);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, i);
      firsts.push(i);
    } else groups.join(first, i);
  }
  return firsts;
}

function joinAlike({ count, look, signature }: Prints, pictures: readonly number[], groups: Groups): void {
  const brightness = new Int32Array(count);
  for (const i of pictures) brightness[i] = sumOf(signature, i);
  for (let band = 0; band + 1 < bands.length; band++) {
    const buckets = new Map<number, number[]>();
    for (const i of pictures) {
      const key = bitsOf(look[2 * i]!, look[2 * i + 1]!, bands[band]!, bands[band + 1]!);
      const bucket = buckets.get(key);
      if (bucket) bucket.push(i);
      else buckets.set(key, [i]);
    }
    for (const bucket of buckets.values()) {
      bucket.sort((a, b) => brightness[a]! - brightness[b]! || a - b);
      for (let a = 0; a < bucket.length; a++) {
        const one = bucket[a]!;
        // The means of two pictures differ, summed up, at least by as much as their sums do.
        const brightest = brightness[one]! + 64 * mostLevels;
        const end = Math.min(bucket.length, a + 1 + mostCompared);
        for (let b = a + 1; b < end && brightness[bucket[b]!]! <= brightest; b++) {
          const other = bucket[b]!;
          if (bitsApart(look, one, other) > mostBits || groups.joined(one, other)) continue;
          if (levelsApart(signature, one, other) <= 64 * mostLevels) groups.join(one, other);
        }
      }
    }
  }
}

function sumOf(signature: Uint8Array, picture: number): number {
  let sum = 0;
  for (let i = picture * 64; i < (picture + 1) * 64; i++) sum += signature[i]!;
  return sum;
}

/** Bits `from` to `to` of a number of 64 bits; fewer than 32 of them. */
function bitsOf(low: number, high: number, from: number, to: number): number {
  const both = from >= 32 ? high >>> (from - 32) : (low >>> from) | (from === 0 ? 0 : high << (32 - from));
  return both & ((1 << (to - from)) - 1);
}

function bitsApart(look: Uint32Array, one: number, other: number): number {
  return ones(look[2 * one]! ^ look[2 * other]!) + ones(look[2 * one + 1]! ^ look[2 * other + 1]!);
}

/** How many bits of 32 are set. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The sum of the differences, or of as many as show that they are too many. */
function levelsApart(signature: Uint8Array, one: number, other: number): number {
  let sum = 0;
  for (let i = 0; i < 64 && sum <= 64 * mostLevels; i++) {
    sum += Math.abs(signature[one * 64 + i]! - signature[other * 64 + i]!);
  }
  return sum;
}

/** Sets that are joined two by two (union–find with path halving); each is named by its first member. */
class Groups {
  private readonly parents: Int32Array;

  constructor(count: number) {
    this.parents = Int32Array.from({ length: count }, (_, i) => i);
  }

  joined(a: number, b: number): boolean {
    return this.first(a) === this.first(b);
  }

  join(a: number, b: number): void {
    const [one, other] = [this.first(a), this.first(b)];
    if (one < other) this.parents[other] = one;
    else this.parents[one] = other;
  }

  numbers(): Int32Array {
    const { length } = this.parents;
    const sizes = new Int32Array(length);
    for (let i = 0; i < length; i++) sizes[this.first(i)]! += 1;
    const numbers = new Int32Array(length).fill(-1);
    let next = 0;
    for (let i = 0; i < length; i++) {
      const first = this.first(i);
      if (sizes[first]! > 1) numbers[i] = first === i ? next++ : numbers[first]!;
    }
    return numbers;
  }

  private first(member: number): number {
    let at = member;
    while (this.parents[at] !== at) {
      this.parents[at] = this.parents[this.parents[at]!]!;
      at = this.parents[at]!;
    }
    return at;
  }
}

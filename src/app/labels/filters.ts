/** Which pictures the labelling surface shows, and in which order: one that gives no class away. */

import type { Labelling } from '../../labels';

/** A way of choosing pictures; `class:3` shows those that were given class 3. */
export type Filter =
  | 'training'
  | 'unlabelled'
  | 'labelled'
  | 'picked'
  | 'heldOut'
  | 'all'
  | 'disagree'
  | `class:${number}`;

/** What a filter looks at. */
export interface FilterFacts {
  labelling: Labelling;
  heldOut: Uint8Array;
  picked: readonly number[];
}

/** The pictures of `order` that a filter lets through, in that order; those picked keep the order of picking. */
export function visiblePictures(filter: Filter, order: Int32Array, facts: FilterFacts): Int32Array {
  const { labelling, heldOut, picked } = facts;
  const { given, truth } = labelling;
  if (filter === 'picked') return Int32Array.from(picked);
  const passes = (index: number): boolean => {
    switch (filter) {
      case 'training':
        return heldOut[index] === 0;
      case 'unlabelled':
        return heldOut[index] === 0 && given[index]! < 0;
      case 'labelled':
        return given[index]! >= 0;
      case 'heldOut':
        return heldOut[index] === 1;
      case 'all':
        return true;
      case 'disagree':
        return given[index]! >= 0 && truth[index]! >= 0 && given[index] !== truth[index];
      default:
        return given[index] === Number(filter.slice('class:'.length));
    }
  };
  return order.filter(passes);
}

/**
 * [count] all pictures in an order that is always the same and has nothing to do with their classes, by which
 * folders are sorted.
 */
export function mixedOrder(count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const rank = Uint32Array.from(order, scramble);
  return order.sort((a, b) => rank[a]! - rank[b]! || a - b);
}

/** A whole number turned into another that looks drawn (the finaliser of MurmurHash3). */
function scramble(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** What is known of every picture in use: from the worker, the library and the labels, joined column by column. */

import { effectiveTruth, type Labelling } from '../../../labels';
import type { SetColumns } from '../../../session/library';
import type { PictureList } from '../../../session/protocol';

/** The pictures in use. Names are untrusted text. */
export interface Pictures {
  /** [n] */
  names: readonly string[];
  /** [n] row of each in its stored set. */
  rows: Int32Array;
  classNames: readonly string[];
  /** [n] the class each belongs to, or was given; −1 = unknown. */
  classes: Int32Array;
  /** [n] the label each has for training; −1 = none. */
  given: Int32Array;
  /** [n] 1 = held out. */
  heldOut: Uint8Array;
  /** [n] 1 = there is a mask; null where nobody has said yet. */
  masked: Uint8Array | null;
  /** What only stored pictures have; null for a built-in set, and until the library has answered. */
  stored: StoredFacts | null;
}

interface StoredFacts {
  /** [n] upright size of each as it came in, px. */
  widths: Int32Array;
  heights: Int32Array;
  /** [n] number of the group of pictures in use that are the same, or that look alike; −1 = alone. */
  exact: Int32Array;
  near: Int32Array;
}

/**
 * Joins what is known. `columns` are those of the stored set, one row for each picture that was ever added;
 * `made` says that the set is built in, where every picture has a mask.
 */
export function joinPictures(
  list: PictureList,
  labelling: Labelling,
  { columns, made }: { columns: SetColumns | null; made: boolean },
): Pictures {
  const { names, rows, heldOut } = list;
  const of = (column: ArrayLike<number>) => rows.map((row) => column[row] ?? -1);
  return {
    names,
    rows,
    heldOut,
    classNames: labelling.classNames,
    classes: effectiveTruth(labelling),
    given: labelling.given,
    masked: made
      ? new Uint8Array(names.length).fill(1)
      : columns && Uint8Array.from(rows, (row) => columns.hasMask[row] ?? 0),
    stored: columns && {
      widths: of(columns.widths),
      heights: of(columns.heights),
      exact: withoutLoners(of(columns.exactGroups)),
      near: withoutLoners(of(columns.lookGroups)),
    },
  };
}

/** Groups without those of which only one picture is in use. */
function withoutLoners(groups: Int32Array): Int32Array {
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return groups.map((group) => (sizes.get(group)! > 1 ? group : -1));
}

/** Which pictures to show; null = whatever they are. */
export interface Filter {
  /** Part of a name, whatever its case. */
  search: string;
  /** A class; −1 = none. */
  label: number | null;
  side: 'train' | 'heldOut' | null;
  labelled: boolean | null;
  masked: boolean | null;
  alike: 'exact' | 'near' | null;
}

export const everyPicture: Filter = {
  search: '',
  label: null,
  side: null,
  labelled: null,
  masked: null,
  alike: null,
};

/** The pictures that a filter lets through, in the order of the set; such as are alike stand next to each other. */
export function visiblePictures(pictures: Pictures, filter: Filter): Int32Array {
  const { names, classes, given, heldOut, masked, stored } = pictures;
  const search = filter.search.trim().toLowerCase();
  const groups = filter.alike === null ? null : (stored?.[filter.alike] ?? null);
  const passes = (i: number) =>
    (filter.label === null || classes[i] === filter.label) &&
    (filter.side === null || (heldOut[i] === 1) === (filter.side === 'heldOut')) &&
    (filter.labelled === null || given[i]! >= 0 === filter.labelled) &&
    (filter.masked === null || masked === null || (masked[i] === 1) === filter.masked) &&
    (groups === null || groups[i]! >= 0) &&
    (search === '' || names[i]!.toLowerCase().includes(search));
  const shown = Int32Array.from([...names.keys()].filter(passes));
  return groups === null ? shown : shown.sort((a, b) => groups[a]! - groups[b]! || a - b);
}

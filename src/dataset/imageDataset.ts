/**
 * What a data set is to the rest of Pawsaur: square pictures of one size, with labels, masks where they are known,
 * and the split into training and held-out pictures. Built-in sets and stored ones look the same from here on.
 */
import type { MaskStore, PixelStore } from './pixelStore';

/** Pictures ready for training. Names, class names and paths are untrusted text: show them as text only. */
export interface ImageDataset {
  /** The stored set that the pictures come from, and which state of it; null and 0 for pictures that are not stored. */
  set: string | null;
  revision: number;
  /** 'confetti', 'grey', 'noise', or the name of the folder. */
  name: string;
  kind: 'builtin' | 'folder';
  /** Side of the stored squares in pixels (64 for built-in sets, 80 for folders). */
  size: number;
  count: number;
  pixels: PixelStore;
  /** [count] row of each picture in its set: stays the same while others are left out or added. */
  rows: Int32Array;
  /** Empty when no picture is labelled. */
  classNames: string[];
  /** [count] index into `classNames`; −1 = unlabelled. */
  labels: Int32Array;
  /** [count] labels that training may know, where a list told them apart from the classes; −1 = none. */
  given?: Int32Array | null;
  /** Null where no picture has one. */
  masks: MaskStore | null;
  /** [count] hue of the object in eighths of the colour circle, 0 = red; built-in sets only. */
  colours?: Int32Array;
  /** [count] path inside the folder, or 'confetti 17'. */
  names: string[];
  /** [count] 1 = held out: never trained on. */
  heldOut: Uint8Array;
}

/** A data set in numbers and words, small enough to send to the page. */
export interface ImageDatasetSummary {
  set: string | null;
  revision: number;
  name: string;
  kind: ImageDataset['kind'];
  size: number;
  count: number;
  trainCount: number;
  heldOutCount: number;
  classNames: string[];
  /** [classes] pictures of each class, held-out ones included. */
  classCounts: number[];
  labelledCount: number;
  hasMasks: boolean;
}

/** Indices of the pictures that may be trained on, in order. */
export function trainIndices(dataset: Pick<ImageDataset, 'heldOut'>): Int32Array {
  return indicesWhere(dataset.heldOut, 0);
}

/** Indices of the pictures kept for scoring, in order. */
export function heldOutIndices(dataset: Pick<ImageDataset, 'heldOut'>): Int32Array {
  return indicesWhere(dataset.heldOut, 1);
}

/** Counts and names of a data set, without its pixels. */
export function summary(dataset: ImageDataset): ImageDatasetSummary {
  const classCounts = dataset.classNames.map(() => 0);
  let labelledCount = 0;
  for (const label of dataset.labels) {
    if (label < 0) continue;
    classCounts[label]!++;
    labelledCount++;
  }
  const heldOutCount = heldOutIndices(dataset).length;
  return {
    set: dataset.set,
    revision: dataset.revision,
    name: dataset.name,
    kind: dataset.kind,
    size: dataset.size,
    count: dataset.count,
    trainCount: dataset.count - heldOutCount,
    heldOutCount,
    classNames: dataset.classNames,
    classCounts,
    labelledCount,
    hasMasks: dataset.masks !== null,
  };
}

function indicesWhere(flags: Uint8Array, wanted: number): Int32Array {
  const indices: number[] = [];
  for (let i = 0; i < flags.length; i++) if (flags[i] === wanted) indices.push(i);
  return Int32Array.from(indices);
}

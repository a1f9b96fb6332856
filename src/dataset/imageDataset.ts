/**
 * What a data set is to the rest of Pawsaur: square pictures of one size in one packed array, with labels,
 * masks where they are known, and the split into training and held-out pictures. Built-in sets and imported
 * folders look the same from here on.
 */

/** A file of the folder that could not be used, with the reason in words. */
export interface SkippedFile {
  path: string;
  reason: string;
}

/** Pictures ready for training. Names, class names and paths are untrusted text: show them as text only. */
export interface ImageDataset {
  /** 'confetti', 'grey', 'noise', or the name of the folder. */
  name: string;
  kind: 'builtin' | 'folder';
  /** Side of the stored squares in pixels (64 for built-in sets, 80 for folders). */
  size: number;
  count: number;
  /** [count, size, size] packed RGBA, r | g << 8 | b << 16 | 255 << 24, row-major. */
  pixels: Uint32Array;
  /** Empty when no picture is labelled. */
  classNames: string[];
  /** [count] index into `classNames`; −1 = unlabelled. */
  labels: Int32Array;
  /** [count, size, size] 1 = object, 0 = background; null where unknown. */
  masks: Uint8Array | null;
  /** [count] hue of the object in eighths of the colour circle, 0 = red; built-in sets only. */
  colours?: Int32Array;
  /** [count] path inside the folder, or 'confetti 17'. */
  names: string[];
  /** [count] 1 = held out: never trained on. */
  heldOut: Uint8Array;
  skipped: SkippedFile[];
}

/** A data set in numbers and words, small enough to send to the page. */
export interface ImageDatasetSummary {
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
  skipped: SkippedFile[];
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
    skipped: dataset.skipped,
  };
}

function indicesWhere(flags: Uint8Array, wanted: number): Int32Array {
  const indices: number[] = [];
  for (let i = 0; i < flags.length; i++) if (flags[i] === wanted) indices.push(i);
  return Int32Array.from(indices);
}

/**
 * Who knows what about which picture: the names of the classes, the class every picture truly has (kept for
 * scoring), and the labels that training may know. A labelling is never changed; every operation (`edits.ts`)
 * gives a new one.
 */
import { PawsaurError } from '../platform/errors';

/** Labels of a data set. Never changed in place. */
export interface Labelling {
  /** Untrusted text, to be shown as text only; index = number of the class. */
  readonly classNames: readonly string[];
  /** [count] the class each picture truly has; −1 = unknown. For scoring only. */
  readonly truth: Int32Array;
  /** [count] the class that was given to each picture; −1 = none. What training may know. */
  readonly given: Int32Array;
}

/** The labels a run works with, without names. `given` is replaced by another array when labels change live. */
export interface RunLabels {
  readonly classes: number;
  /** [count] −1 = not given. */
  given: Int32Array;
  /** [count] −1 = unknown. */
  truth: Int32Array;
}

/** The number that stands for 'no class'. */
export const noClass = -1;

/**
 * A labelling with nothing given. `truth` [count] holds −1 or indices of `classNames`; both are copied.
 * Throws 'labels/truth' when `truth` names a class that is not there.
 */
export function createLabelling(classNames: readonly string[], truth: Int32Array): Labelling {
  if (!areLabels(truth, classNames.length)) {
    throw new PawsaurError(
      'labels/truth',
      `These labels name a class that is not among the ${classNames.length}.`,
    );
  }
  return {
    classNames: [...classNames],
    truth: truth.slice(),
    given: new Int32Array(truth.length).fill(noClass),
  };
}

/**
 * The same classes and truth with other given labels [count], which are copied. Throws 'labels/given' when they
 * belong to another data set.
 */
export function withGiven(labelling: Labelling, given: Int32Array): Labelling {
  const count = labelling.given.length;
  const classes = labelling.classNames.length;
  if (given.length !== count || !areLabels(given, classes)) {
    throw new PawsaurError(
      'labels/given',
      `These labels do not belong to this data set of ${count} pictures and ${classes} classes.`,
    );
  }
  return { ...labelling, given: given.slice() };
}

function areLabels(labels: Int32Array, classes: number): boolean {
  return labels.every((label) => label >= noClass && label < classes);
}

/** What a run needs of a labelling; copies. */
export function runLabels(labelling: Labelling): RunLabels {
  return {
    classes: labelling.classNames.length,
    given: labelling.given.slice(),
    truth: effectiveTruth(labelling),
  };
}

/** [count] what scoring compares with: the truth where it is known, else the label given by hand; −1 = neither. */
export function effectiveTruth({ truth, given }: Pick<Labelling, 'truth' | 'given'>): Int32Array {
  return truth.map((label, i) => (label >= 0 ? label : given[i]!));
}

/** [classes] how many of the pictures `indices` (all where left out) were given each class. */
export function labelCounts(
  labelling: Pick<Labelling, 'classNames' | 'given'>,
  indices?: ArrayLike<number>,
): Int32Array {
  const counts = new Int32Array(labelling.classNames.length);
  const length = indices ? indices.length : labelling.given.length;
  for (let i = 0; i < length; i++) {
    const label = labelling.given[indices ? indices[i]! : i]!;
    if (label >= 0) counts[label]!++;
  }
  return counts;
}

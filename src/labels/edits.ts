/**
 * What a person can do to a labelling: give and take back labels, and add, rename, merge and remove classes.
 * Every edit is plain data that crosses the worker boundary, is applied without changing the labelling it is
 * applied to, and can be told in words.
 */
import { PawsaurError } from '../platform/errors';
import { maxClasses, newClassName, quoted } from './classNames';
import { type Labelling, noClass } from './labelling';

/** One edit. Classes and pictures are numbers of the labelling that it is applied to. */
export type LabelEdit =
  /** `class` replaces whatever label the pictures had. */
  | { readonly kind: 'give'; readonly indices: ArrayLike<number>; readonly class: number }
  | { readonly kind: 'takeBack'; readonly indices: ArrayLike<number> }
  /** The new class gets the next number. */
  | { readonly kind: 'addClass'; readonly name: string }
  | { readonly kind: 'renameClass'; readonly class: number; readonly name: string }
  /** All pictures of `from` become `into`; classes above `from` move down by one number. */
  | { readonly kind: 'mergeClasses'; readonly from: number; readonly into: number }
  /** Its pictures lose their label, given and true; classes above move down by one number. */
  | { readonly kind: 'removeClass'; readonly class: number };

/**
 * The labelling after `edit`. Throws a PawsaurError 'labels/…' and leaves everything as it is when the edit names a
 * class or picture that is not there, a name that cannot be had, or one class more than there may be.
 */
export function applyEdit(labelling: Labelling, edit: LabelEdit): Labelling {
  switch (edit.kind) {
    case 'give':
      return giveLabels(labelling, edit.indices, edit.class);
    case 'takeBack':
      return takeBackLabels(labelling, edit.indices);
    case 'addClass':
      return addClass(labelling, edit.name);
    case 'renameClass':
      return renameClass(labelling, edit.class, edit.name);
    case 'mergeClasses':
      return mergeClasses(labelling, edit.from, edit.into);
    case 'removeClass':
      return removeClass(labelling, edit.class);
  }
}

/** What `edit` does to `labelling`, without a full stop: 'give 3 pictures the class ‘cat’'. */
export function describeEdit(labelling: Labelling, edit: LabelEdit): string {
  const named = (label: number) => quoted(labelling.classNames[label] ?? '?');
  switch (edit.kind) {
    case 'give':
      return `give ${pictures(edit.indices)} the class ${named(edit.class)}`;
    case 'takeBack':
      return `take back the label of ${pictures(edit.indices)}`;
    case 'addClass':
      return `add the class ${quoted(edit.name)}`;
    case 'renameClass':
      return `rename ${named(edit.class)} to ${quoted(edit.name)}`;
    case 'mergeClasses':
      return `merge ${named(edit.from)} into ${named(edit.into)}`;
    case 'removeClass':
      return `remove the class ${named(edit.class)}`;
  }
}

/** Gives the pictures `indices` a class, whatever label they had. Throws 'labels/picture', 'labels/class'. */
function giveLabels(labelling: Labelling, indices: ArrayLike<number>, label: number): Labelling {
  checkClass(labelling, label);
  return { ...labelling, given: filled(labelling.given, indices, label) };
}

/** Takes the labels of the pictures `indices` back; the truth stays. Throws 'labels/picture'. */
function takeBackLabels(labelling: Labelling, indices: ArrayLike<number>): Labelling {
  return { ...labelling, given: filled(labelling.given, indices, noClass) };
}

/** Adds a class without pictures, as the last. Throws 'labels/class-name', 'labels/too-many-classes'. */
function addClass(labelling: Labelling, name: string): Labelling {
  const { classNames } = labelling;
  const clean = newClassName(name, classNames);
  if (classNames.length >= maxClasses) {
    throw new PawsaurError(
      'labels/too-many-classes',
      `There are ${classNames.length} classes, and ${maxClasses} are the most there may be.`,
      'Merge or remove a class first.',
    );
  }
  return { ...labelling, classNames: [...classNames, clean] };
}

/** Gives a class another name. Throws 'labels/class-name', 'labels/class'. */
function renameClass(labelling: Labelling, label: number, name: string): Labelling {
  checkClass(labelling, label);
  const others = labelling.classNames.filter((_, i) => i !== label);
  return { ...labelling, classNames: labelling.classNames.with(label, newClassName(name, others)) };
}

/** Makes all pictures of `from`, given and true, pictures of `into`, and drops `from`. Throws 'labels/class'. */
function mergeClasses(labelling: Labelling, from: number, into: number): Labelling {
  checkClass(labelling, from);
  checkClass(labelling, into);
  if (from === into) {
    throw new PawsaurError('labels/class', 'A class cannot be merged into itself.', 'Choose two classes.');
  }
  return dropClass(labelling, from, into);
}

/** Drops a class; its pictures lose their label and their truth. Throws 'labels/class'. */
function removeClass(labelling: Labelling, label: number): Labelling {
  checkClass(labelling, label);
  return dropClass(labelling, label, noClass);
}

/** Without class `dropped`, whose pictures become `heir` (a number as before the drop, or −1). */
function dropClass({ classNames, truth, given }: Labelling, dropped: number, heir: number): Labelling {
  const moved = (label: number) => (label > dropped ? label - 1 : label);
  const follow = (label: number) => moved(label === dropped ? heir : label);
  return { classNames: classNames.toSpliced(dropped, 1), truth: truth.map(follow), given: given.map(follow) };
}

/** A copy of `labels` with `label` at `indices`. */
function filled(labels: Int32Array, indices: ArrayLike<number>, label: number): Int32Array {
  const result = labels.slice();
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (!Number.isInteger(index) || index < 0 || index >= labels.length) {
      throw new PawsaurError(
        'labels/picture',
        `There is no picture number ${index}: the data set has ${labels.length}.`,
      );
    }
    result[index] = label;
  }
  return result;
}

function checkClass({ classNames }: Labelling, label: number): void {
  if (Number.isInteger(label) && label >= 0 && label < classNames.length) return;
  throw new PawsaurError(
    'labels/class',
    `There is no class number ${label}: there are ${classNames.length}.`,
  );
}

function pictures({ length }: ArrayLike<number>): string {
  return length === 1 ? 'one picture' : `${length} pictures`;
}

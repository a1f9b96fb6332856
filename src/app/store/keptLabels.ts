/**
 * Labels by hand as the library keeps them: row by row of a stored set, so that they find their pictures again when
 * others were added or left out.
 */

import { createLabelling, type Labelling, withGiven } from '../../labels';
import type { KeptLabels } from '../../session/library';
import type { PictureList } from '../../session/protocol';
import { library } from './libraryState';

/** The true class of a row that was not there when labels were kept. */
const unseen = -2;

/** A run waits for the labels of its pictures, but not for a library that does not answer, ms. */
const patienceMs = 3000;

/**
 * What the library keeps under a key; null where that is nothing, and undefined where it did not say: nothing may be
 * written over it then. `cameLate` gets what it said later.
 */
export async function keptLabels(
  key: string,
  cameLate: (labels: KeptLabels | null) => void,
): Promise<KeptLabels | null | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLate = false;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      isLate = true;
      resolve(undefined);
    }, patienceMs);
  });
  const asked = library().then(async (from) => {
    const labels = await from.labels(key);
    if (isLate) cameLate(labels);
    return labels;
  });
  try {
    return await Promise.race([asked, late]);
  } catch {
    // Without what was kept, the pictures are as they came.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** The labelling of pictures as they came: their classes, and the labels that a list told apart from these. */
export function labellingAtFirst({ classNames, truth, given }: PictureList): Labelling {
  return withGiven(createLabelling(classNames, truth), given);
}

/** The labelling of these pictures as it was kept; those that came later are as they came. null where it is none. */
export function labellingOf(kept: KeptLabels, pictures: PictureList): Labelling | null {
  const classNames = [...kept.classNames];
  /** The number here of a class of the pictures. */
  const numberOf = (label: number) => {
    if (label < 0) return -1;
    const name = pictures.classNames[label]!;
    const known = classNames.indexOf(name);
    return known >= 0 ? known : classNames.push(name) - 1;
  };
  const isNew = (row: number) => (kept.truth[row] ?? unseen) === unseen;
  const [truth, given] = (['truth', 'given'] as const).map((column) =>
    pictures.rows.map((row, i) => (isNew(row) ? numberOf(pictures[column][i]!) : kept[column][row]!)),
  ) as [Int32Array, Int32Array];
  try {
    return withGiven(createLabelling(classNames, truth), given);
  } catch {
    return null;
  }
}

/** What is to be kept of a labelling, with what was `before` of rows that are not among its pictures now. */
export function mergedLabels(labelling: Labelling, rows: Int32Array, before: KeptLabels | null): KeptLabels {
  const classNames = [...labelling.classNames];
  const length = rows.reduce((most, row) => Math.max(most, row + 1), before?.given.length ?? 0);
  const carriedOver = (labels: Int32Array | undefined, none: number) => {
    const all = new Int32Array(length).fill(none);
    labels?.forEach((label, row) => {
      all[row] = label < 0 ? label : classNames.indexOf(before!.classNames[label]!);
    });
    return all;
  };
  const given = carriedOver(before?.given, -1);
  const truth = carriedOver(before?.truth, unseen);
  rows.forEach((row, i) => {
    given[row] = labelling.given[i]!;
    truth[row] = labelling.truth[i]!;
  });
  return { classNames, given, truth };
}

/**
 * The labels of the pictures in use: who said what, with undo, for the set-up, the labelling surface and the ballot.
 * The worker is told of every change a moment after it, and so is the library, which keeps them beyond the visit.
 * Going to another set and back, leaving pictures out, or starting the worker again, loses none.
 */

import { useMemo } from 'react';
import { create } from 'zustand';
import {
  drawBudget,
  edit,
  type LabelEdit,
  type LabelHistory,
  type Labelling,
  labelCounts,
  record,
  redo,
  redoWords,
  startHistory,
  undo,
  undoWords,
  withGiven,
} from '../../labels';
import { PawsaurError } from '../../platform/errors';
import type { Recipe } from '../../recipe';
import type { KeptLabels } from '../../session/library';
import type { PictureList } from '../../session/protocol';
import { keptLabels, labellingAtFirst, labellingOf, mergedLabels } from './keptLabels';
import { library, useLibrary } from './libraryState';
import { reportError } from './notify';
import { isUnderWay, session, useRun } from './run';
import { labelsKey, setFields, useSetup } from './setup';

export interface Labels {
  /** The pictures the labels belong to; null until the worker has listed them. */
  pictures: PictureList | null;
  /** [trainCount] those of them that may be trained on. */
  trainIndices: Int32Array;
  /** What was labelled by hand, with what can be undone. */
  history: LabelHistory | null;
  /** Pictures chosen for the person to label, in order; empty when none were. */
  picked: readonly number[];
  /** The labelling that was downloaded or kept last. */
  saved: Labelling | null;
  /** Why nobody may change labels now; null where they may. */
  frozen: string | null;
}

const nothing: Labels = {
  pictures: null,
  trainIndices: new Int32Array(0),
  history: null,
  picked: [],
  saved: null,
  frozen: null,
};

export const useLabels = create<Labels>(() => nothing);

const { getState: get, setState: set } = useLabels;

/** Labels of pictures that are not in use now. */
interface Kept {
  history: LabelHistory;
  /** [n] rows of the pictures in their set. */
  rows: Int32Array;
  /** What the library keeps, of pictures that are left out, too; null where nobody labelled any. */
  stored: KeptLabels | null;
}

/** The labels of this visit, by `labelsKey`; the latest few. */
const kept = new Map<string, Kept>();
const mostKept = 8;
let key: string | null = null;
/** What the library keeps under `key`. */
let stored: KeptLabels | null = null;
/** Whether the library said what it keeps there: only then is anything written over it. */
let isHeard = false;

/** Rest after the last change before the worker is told, ms. */
const restMs = 120;
/** Rest after the last change before the library keeps it, ms. */
const keepMs = 400;
/** What the worker knows, and the timer of what it will be told. */
let told: Labelling | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let telling: Promise<void> = Promise.resolve();
/** Settles, never badly, when the pictures that came last are listed. */
let listed: Promise<void> = Promise.resolve();
/** The timer of what the library will be told. */
let keeping: ReturnType<typeof setTimeout> | undefined;

/** Puts the labels back to a page without pictures. */
export function forgetLabels(): void {
  clearTimeout(timer);
  clearTimeout(keeping);
  keeping = undefined;
  kept.clear();
  key = null;
  stored = null;
  isHeard = false;
  told = null;
  set(nothing, true);
}

/** Keeps the labels up with the pictures. Returns the way to stop that. */
export function followLabels(): () => void {
  let generation: number | null = null;
  const look = () => {
    const { dataset, connection } = useRun.getState();
    if (connection !== 'ready' || dataset === null) {
      generation = null;
      return;
    }
    if (dataset.generation === generation) return;
    generation = dataset.generation;
    listed = list(generation);
  };
  const stop = useRun.subscribe(look);
  look();
  return stop;
}

async function list(generation: number): Promise<void> {
  try {
    const pictures = await session().listPictures();
    const { loaded } = useSetup.getState();
    const next = loaded === null ? null : labelsKey(loaded);
    keep();
    const cameLate = (labels: KeptLabels | null) => takeLate(pictures, next, labels);
    const before = next === null ? null : (kept.get(next)?.stored ?? (await keptLabels(next, cameLate)));
    if (pictures.generation !== useRun.getState().dataset?.generation) return;
    take(pictures, next, before);
  } catch (thrown) {
    // Overtaken by other pictures, which are listed in turn.
    if (useRun.getState().dataset?.generation === generation) reportError(thrown);
  }
}

/** Goes on with the labels of other pictures: as they were in this visit, else as the library kept them. */
function take(pictures: PictureList, next: string | null, said: KeptLabels | null | undefined): void {
  const fromLibrary = said ?? null;
  const before = next === null ? undefined : kept.get(next);
  const same = before !== undefined && sameRows(before.rows, pictures.rows) ? before.history : null;
  const restored = fromLibrary === null ? null : labellingOf(fromLibrary, pictures);
  const history = same ?? startHistory(restored ?? labellingAtFirst(pictures));
  const all = Int32Array.from(pictures.names.keys());
  key = next;
  stored = fromLibrary;
  isHeard = said !== undefined;
  clearTimeout(keeping);
  keeping = undefined;
  set({
    pictures,
    trainIndices: all.filter((index) => pictures.heldOut[index] === 0),
    history,
    picked: [],
    ...(same === null && restored !== null && { saved: restored }),
  });
  const toldByList = restored === null && pictures.given.some((label) => label >= 0);
  if ((restored !== null || toldByList) && before === undefined) setFields({ label_source: 'hand' });
  // Labels that nobody gave are no news.
  told = restored !== null || history.past.length > 0 ? null : history.present;
  tellSoon();
}

/**
 * Goes on with what the library kept though it came late, unless somebody labels already, or a run goes: what is kept
 * stays as it is then, and leaving the page asks first.
 */
function takeLate(pictures: PictureList, next: string | null, fromLibrary: KeptLabels | null): void {
  const { history, pictures: now } = get();
  if (now !== pictures || key !== next) return;
  if (fromLibrary === null) {
    isHeard = true;
    keepInLibrary();
    return;
  }
  if (isUnderWay(useRun.getState().run)) return;
  if (history?.past.length === 0 && keeping === undefined) take(pictures, next, fromLibrary);
}

const sameRows = (a: Int32Array, b: Int32Array) => a.length === b.length && a.every((row, i) => row === b[i]);

function keep(): void {
  keepInLibrary();
  const { history, pictures } = get();
  if (key === null || history === null || pictures === null) return;
  kept.delete(key);
  kept.set(key, { history, rows: pictures.rows, stored });
  for (const oldest of kept.keys()) {
    if (kept.size <= mostKept) break;
    kept.delete(oldest);
  }
}

/** Has the library keep what was labelled since it was told last. */
function keepInLibrary(): void {
  if (keeping === undefined || !isHeard) return;
  clearTimeout(keeping);
  keeping = undefined;
  const { history, pictures } = get();
  if (key === null || history === null || pictures === null) return;
  const [{ present }, where] = [history, key];
  const labels = mergedLabels(present, pictures.rows, stored);
  stored = labels;
  void library()
    .then((to) => to.keepLabels(where, labels))
    .then(() => {
      const isKept = useLibrary.getState().storage?.problem === null;
      if (isKept && get().history?.present === present) set({ saved: present });
    })
    .catch(reportError);
}

function tellSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void tellLabels().catch(reportError), restMs);
}

/** Tells the worker what it does not know yet, once its pictures are listed. Resolves when it does. */
export async function tellLabels(): Promise<void> {
  await listed;
  clearTimeout(timer);
  const { history, pictures } = get();
  if (history === null || pictures === null || history.present === told) return telling;
  const { present } = history;
  if (pictures.generation !== useRun.getState().dataset?.generation) return telling;
  told = present;
  telling = session()
    .setLabels({
      generation: pictures.generation,
      classNames: [...present.classNames],
      given: present.given.slice(),
      truth: present.truth.slice(),
    })
    .catch((thrown: unknown) => {
      if (told === present) told = null;
      throw thrown;
    });
  return telling;
}

function go(history: LabelHistory): void {
  set({ history });
  tellSoon();
  clearTimeout(keeping);
  keeping = setTimeout(keepInLibrary, keepMs);
}

function current(): LabelHistory {
  const { history } = get();
  if (history === null) throw new PawsaurError('labels/none', 'There are no pictures to label yet.');
  return history;
}

/** Marks the labels by hand as downloaded. */
export function markLabelsSaved(): void {
  set({ saved: get().history?.present ?? null });
}

/** Whether leaving the page loses labels by hand. */
export function areLabelsUnsaved(): boolean {
  const { history, saved } = get();
  return history !== null && history.past.length > 0 && history.present !== saved;
}

/** Lets nobody change labels, for the reason given, or everybody again (null). */
export function freezeLabels(reason: string | null): void {
  set({ frozen: reason });
}

/** @throws PawsaurError when labels may not be changed now */
function requireFree(): void {
  const { frozen } = get();
  if (frozen !== null) throw new PawsaurError('labels/frozen', frozen);
}

/** Why classes cannot be changed now; null where they can. */
function whyClassesAreFixed(): string | null {
  const { frozen } = get();
  if (frozen !== null) return frozen;
  return isUnderWay(useRun.getState().run)
    ? 'A run keeps its classes. Stop it to add, rename, merge or remove some.'
    : null;
}

/**
 * Does what a person asked for. The first label that is given or taken back ends the draw of a budget: from then on
 * labels are by hand, beginning with those drawn. @throws PawsaurError, and then nothing has happened
 */
export function changeLabels(change: LabelEdit): void {
  requireFree();
  const gives = change.kind === 'give' || change.kind === 'takeBack';
  const fixed = gives ? null : whyClassesAreFixed();
  if (fixed !== null) throw new PawsaurError('labels/fixed', fixed);
  go(edit(gives ? byHand() : current(), change));
}

/** Goes on with other labels altogether, such as those of a file; they are by hand. */
export function takeLabelling(labelling: Labelling, words: string): void {
  requireFree();
  const { classNames } = current().present;
  const fixed = whyClassesAreFixed();
  const same =
    classNames.length === labelling.classNames.length &&
    classNames.every((name, label) => name === labelling.classNames[label]);
  if (fixed !== null && !same) throw new PawsaurError('labels/fixed', fixed);
  go(record(byHand(), labelling, words));
}

/** Labels by hand from now on. Where none were given yet, those that were drawn are the beginning. */
export function labelByHand(): void {
  requireFree();
  if (get().history !== null) go(byHand());
}

/** The history under labels by hand. */
function byHand(): LabelHistory {
  const history = current();
  const { recipe } = useSetup.getState();
  if (recipe.label_source === 'hand') return history;
  const shown = shownLabels(recipe, get());
  setFields({ label_source: 'hand' });
  if (shown === null || !shown.given.some((label) => label >= 0)) return history;
  return record(history, withGiven(history.present, shown.given), 'begin with the labels that were drawn');
}

/** Takes the last change back. Returns what that was, in words; null where there was none or classes are fixed. */
export function undoLabels(): string | null {
  return travel(undo, undoWords);
}

/** Does again what was undone. Returns what that was, in words. */
export function redoLabels(): string | null {
  return travel(redo, redoWords);
}

function travel(
  move: (history: LabelHistory) => LabelHistory,
  wordsOf: (history: LabelHistory) => string | null,
): string | null {
  const history = current();
  const words = wordsOf(history);
  if (words === null) return null;
  requireFree();
  const next = move(history);
  const fixed = whyClassesAreFixed();
  if (fixed !== null && next.present.classNames !== history.present.classNames)
    throw new PawsaurError('labels/fixed', fixed);
  go(next);
  return words;
}

/**
 * Has varied pictures chosen until `count` of each class are labelled by hand: labelled at once where their classes
 * are known, else for the person to label. Returns how many, and whether they are labelled.
 */
export async function pickLabels(
  count: number,
  seed: number,
): Promise<{ picked: number; labelled: boolean }> {
  requireFree();
  await tellLabels();
  const indices = [...(await session().pickLabels(count, seed))];
  const history = current();
  const { truth, given } = history.present;
  const labelled = indices.every((index) => truth[index]! >= 0);
  setFields({ label_source: 'hand' });
  if (labelled && indices.length > 0) {
    const more = given.slice();
    for (const index of indices) more[index] = truth[index]!;
    go(record(history, withGiven(history.present, more), `label ${indices.length} varied pictures`));
  }
  set({ picked: indices });
  return { picked: indices.length, labelled };
}

type LabelRecipe = Pick<Recipe, 'label_source' | 'labels_per_class' | 'label_seed'>;

/** The labelling with the labels that training would be given: those by hand, or those that are drawn. */
export function shownLabels(
  { label_source, labels_per_class, label_seed }: LabelRecipe,
  { history, trainIndices }: Pick<Labels, 'history' | 'trainIndices'>,
): Labelling | null {
  if (history === null) return null;
  const { present } = history;
  if (label_source === 'hand' || !(labels_per_class >= 1) || !(label_seed >= 0)) return present;
  return withGiven(present, drawBudget(present, trainIndices, labels_per_class, label_seed));
}

/** [classes] labelled training pictures of each class. */
export function trainingCounts(labelling: Labelling, trainIndices: Int32Array): Int32Array {
  return labelCounts(labelling, trainIndices);
}

/** `shownLabels` of what is on the page. */
export function useShownLabels(): Labelling | null {
  const history = useLabels((s) => s.history);
  const trainIndices = useLabels((s) => s.trainIndices);
  const label_source = useSetup((s) => s.recipe.label_source);
  const labels_per_class = useSetup((s) => s.recipe.labels_per_class);
  const label_seed = useSetup((s) => s.recipe.label_seed);
  return useMemo(
    () => shownLabels({ label_source, labels_per_class, label_seed }, { history, trainIndices }),
    [label_source, labels_per_class, label_seed, history, trainIndices],
  );
}

/** `whyClassesAreFixed` of what is on the page. */
export function useWhyClassesAreFixed(): string | null {
  return useRun(() => whyClassesAreFixed());
}

/**
 * Undo and redo of what is done to a labelling. A history is never changed: every step gives a new one. It keeps
 * whole labellings, which share what an edit left alone.
 */
import { applyEdit, describeEdit, type LabelEdit } from './edits';
import type { Labelling } from './labelling';

/** Most edits that can be undone. */
export const historyLimit = 100;

interface Step {
  /** The labelling that undoing (or redoing) leads to. */
  readonly labelling: Labelling;
  /** What was done, without a full stop: 'give 3 pictures the class ‘cat’'. */
  readonly words: string;
}

/** A labelling with what came before it and what was undone. */
export interface LabelHistory {
  readonly present: Labelling;
  /** Oldest first. */
  readonly past: readonly Step[];
  /** What was undone last comes first. */
  readonly future: readonly Step[];
}

/** A history that begins here. */
export function startHistory(labelling: Labelling): LabelHistory {
  return { present: labelling, past: [], future: [] };
}

/** Applies an edit; what was undone before is gone. Throws as `applyEdit` does, and then nothing has happened. */
export function edit(history: LabelHistory, change: LabelEdit): LabelHistory {
  const { present } = history;
  return record(history, applyEdit(present, change), describeEdit(present, change));
}

/** Goes on with another labelling altogether, such as a draw or an import, told in `words` without a full stop. */
export function record(history: LabelHistory, labelling: Labelling, words: string): LabelHistory {
  const past = [...history.past, { labelling: history.present, words }];
  return { present: labelling, past: past.slice(-historyLimit), future: [] };
}

/** Takes the last edit back; the same history where there is none. */
export function undo(history: LabelHistory): LabelHistory {
  const step = history.past.at(-1);
  if (!step) return history;
  return {
    present: step.labelling,
    past: history.past.slice(0, -1),
    future: [{ labelling: history.present, words: step.words }, ...history.future],
  };
}

/** Does again what was undone last; the same history where there is nothing. */
export function redo(history: LabelHistory): LabelHistory {
  const [step, ...future] = history.future;
  if (!step) return history;
  return {
    present: step.labelling,
    past: [...history.past, { labelling: history.present, words: step.words }],
    future,
  };
}

/** What `undo` would take back, in words; null where there is nothing. */
export function undoWords(history: LabelHistory): string | null {
  return history.past.at(-1)?.words ?? null;
}

/** What `redo` would do again, in words; null where there is nothing. */
export function redoWords(history: LabelHistory): string | null {
  return history.future[0]?.words ?? null;
}

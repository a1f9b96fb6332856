/** The runs of this visit: each as what was changed and what came of it, with its numbers for the download. */

import { create } from 'zustand';
import {
  builtinParams,
  type FieldName,
  type FieldValue,
  isFieldName,
  type Recipe,
  recipeField,
  recipeFields,
} from '../../recipe';
import type { ClientState, LiveChange, RunFile } from '../../session/client';
import { areLabelsUnsaved } from './labels';
import { session, useRun } from './run';
import { changedFields, presetRecipe } from './setup';

/** How a run ended, or stands, in a few words. */
export interface Outcome {
  text: string;
  bad: boolean;
}

/** A run whose numbers the session has let go. */
export interface PastRun {
  id: number;
  title: string;
  preset: string | null;
  recipe: Recipe;
  dataName: string;
  outcome: Outcome;
  endedAt: Date;
  file: RunFile;
  csv: string;
  /** Whether its weights or numbers were downloaded to its end. */
  saved: boolean;
}

export const useHistory = create<{
  runs: readonly PastRun[];
  /** Step of the current run up to which its weights or numbers were downloaded. */
  savedStep: number;
}>(() => ({ runs: [], savedStep: 0 }));

let nextId = 1;

/** Does what may replace the current run; if it does, the run it replaced joins the list. */
export async function replacingRun<T>(action: () => Promise<T>): Promise<T> {
  const before = useRun.getState();
  const kept = describeRun(before);
  try {
    return await action();
  } finally {
    const after = useRun.getState();
    const replaced =
      after.stepsRecorded < before.stepsRecorded || after.evaluations[0] !== before.evaluations[0];
    if (kept !== null && replaced)
      useHistory.setState(({ runs }) => ({ runs: [kept, ...runs], savedStep: 0 }));
  }
}

/** The current run as the list will show it; null when it took no step. */
function describeRun(state: ClientState): PastRun | null {
  const file = session().runJson();
  if (state.recipe === null || file === null || state.stepsRecorded === 0) return null;
  return {
    id: nextId++,
    title: runTitle(state.preset, state.recipe),
    preset: state.preset,
    recipe: state.recipe,
    dataName: state.dataset?.name ?? state.recipe.data,
    outcome: outcomeOf(state),
    endedAt: new Date(),
    file,
    csv: session().metricsCsv(),
    saved: state.stepsRecorded <= useHistory.getState().savedStep,
  };
}

/** Marks the current run as saved up to where it is. */
export function markSaved(): void {
  useHistory.setState({ savedStep: useRun.getState().stepsRecorded });
}

/** Marks an earlier run as saved. */
export function markPastSaved(id: number): void {
  useHistory.setState(({ runs }) => ({
    runs: runs.map((run) => (run.id === id ? { ...run, saved: true } : run)),
  }));
}

/** Whether leaving the page loses training or labels that were never downloaded. */
export function isUnsaved(): boolean {
  const { runs, savedStep } = useHistory.getState();
  const trained = useRun.getState().stepsRecorded > savedStep || runs.some(({ saved }) => !saved);
  return trained || areLabelsUnsaved();
}

/** A value of a recipe as it is written on the page. */
export function showValue(name: FieldName, value: FieldValue): string {
  const spec = recipeFields[name];
  if (spec.kind === 'boolean') return value ? 'on' : 'off';
  if (spec.kind === 'choice') return spec.optionLabels?.[String(value)] ?? String(value);
  return String(value);
}

/** A run in a line: what differs from its preset and from the built-in set as it comes, or that nothing does. */
export function runTitle(preset: string | null, recipe: Readonly<Recipe>): string {
  const name = preset ?? 'official';
  const base = presetRecipe(name);
  const shown = Object.keys(builtinParams(recipe)).filter(isFieldName);
  const changes = [...changedFields(name, recipe), ...shown].map((field) => {
    const { label } = recipeField(field, recipe.method);
    return `${label} ${showValue(field, base[field])} → ${showValue(field, recipe[field])}`;
  });
  return changes.length === 0 ? name : changes.join(', ');
}

/** What was changed while a run went, in a line; empty when nothing was. */
export function liveTitle(changes: readonly LiveChange[]): string {
  return changes
    .map(({ step, field, value }) =>
      isFieldName(field)
        ? `${recipeFields[field].label} → ${showValue(field, value)} after step ${step}`
        : '',
    )
    .filter((text) => text !== '')
    .join(', ');
}

type Ended = Pick<ClientState, 'run' | 'evaluations' | 'diagnosis' | 'stepsRecorded'>;

/** What came of a run so far, from its diagnosis and its last scores. */
export function outcomeOf({ run, evaluations, diagnosis, stepsRecorded }: Ended): Outcome {
  const scores = evaluations.at(-1);
  const parts: string[] = [];
  const bad =
    diagnosis !== null && ['uniform', 'one-hot', 'vanishing classes', 'diverged'].includes(diagnosis.state);
  if (run.phase === 'failed') parts.push('failed');
  if (bad) parts.push(diagnosis.title.toLowerCase());
  const told = scores?.classification?.readOuts.find(({ id }) => id === scores.classification?.shown);
  if (told?.heldOut != null) parts.push(`${told.heldOut.toFixed(1)} % right from the labels`);
  if (scores?.jaccardHeadMean != null) parts.push(`Jaccard ${scores.jaccardHeadMean.toFixed(1)}`);
  const knn = scores?.knn10 ?? scores?.looKnn10;
  if (knn != null) parts.push(`k-NN ${knn.toFixed(1)} %`);
  parts.push(`step ${stepsRecorded}`);
  return { text: parts.join(' · '), bad: bad || run.phase === 'failed' };
}

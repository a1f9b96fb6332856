/** What panels ask of the run whose numbers are on the page: its method, its answers, its classes. */

import type { MethodName, Recipe } from '../../recipe';
import { useRun } from '../store/run';
import type { ColourName } from './plot/theme';

/** The method of the run, also of one whose pictures have been replaced since; DINO before the first. */
export function useMethod(): MethodName {
  return useRun((run) => run.prepared?.method ?? run.recipe?.method ?? 'dino');
}

/** Answers that the loss compares: K prototypes or C classes; null before the first run. */
export function useOutDim(): number | null {
  return useRun(
    (run) =>
      run.prepared?.outDim ??
      (run.recipe && outputsOf(run.recipe)) ??
      run.evaluations.at(-1)?.classification?.classNames.length ??
      null,
  );
}

function outputsOf(recipe: Recipe): number | null {
  if (recipe.method === 'dino') return recipe.out_dim;
  return recipe.method === 'swav' ? recipe.nmb_prototypes : null;
}

const noNames: readonly string[] = [];

/** Names of the classes that the run tells apart, none where they are unknown. */
export function useClassNames(): readonly string[] {
  return useRun(
    (run) =>
      run.evaluations.at(-1)?.classification?.classNames ??
      run.ballots?.classNames ??
      run.dataset?.classNames ??
      noNames,
  );
}

/** The network that is scored, in a word, and its colour. */
export function scoredNetwork(method: MethodName): { word: string; colour: ColourName } {
  return method === 'dino' ? { word: 'teacher', colour: 'teacher' } : { word: 'network', colour: 'student' };
}

/** What the recipe in the form is checked against, and what stands against starting it. */

import { checkRecipe, type FieldProblem, type Recipe, type RunFacts } from '../../recipe';
import type { DatasetSummary, SessionState } from '../../session/protocol';
import { useRun } from './run';
import { dataKey, type Setup, useSetup } from './setup';

/** The built-in sets before they are loaded: 1,600 training pictures of 64 px, 10 classes. */
const builtinFacts: RunFacts = { trainImages: 1600, imageSize: 64, classes: 10 };

/** Facts of the pictures that the recipe asks for; no pictures where a folder is still missing. */
function factsFor(
  setup: Pick<Setup, 'recipe' | 'folder' | 'loaded'>,
  dataset: DatasetSummary | null,
): RunFacts {
  if (dataset !== null && setup.loaded !== null && setup.loaded === dataKey(setup.recipe, setup.folder)) {
    return { trainImages: dataset.trainCount, imageSize: dataset.size, classes: dataset.classNames.length };
  }
  if (setup.recipe.data !== 'folder') return builtinFacts;
  return { trainImages: 0, imageSize: 80, classes: 0 };
}

/** All that stands against starting the recipe, and warnings; what the session refused comes first. */
export function problemsOf(setup: Setup, dataset: DatasetSummary | null): FieldProblem[] {
  const { recipe, folder, refusals } = setup;
  const loading = setup.loading !== null && setup.loading === dataKey(recipe, folder);
  const checked = checkRecipe(recipe, factsFor(setup, dataset));
  const known = new Set(refusals.map(({ field }) => field));
  return [...refusals, ...checked.filter(({ field }) => !known.has(field) && !(loading && field === 'data'))];
}

/** `problemsOf` what is on the page. */
export function useProblems(): FieldProblem[] {
  const setup = useSetup();
  const dataset = useRun((s) => s.dataset);
  return problemsOf(setup, dataset);
}

/** Facts of the pictures on the page. */
export function useFacts(): RunFacts {
  const setup = useSetup();
  const dataset = useRun((s) => s.dataset);
  return factsFor(setup, dataset);
}

/** Whether a run has begun and not ended: its recipe and pictures are fixed until it is stopped or reset. */
export function isUnderWay({ phase, step }: Pick<SessionState, 'phase' | 'step'>): boolean {
  return phase === 'preparing' || phase === 'running' || (phase === 'paused' && step > 0);
}

/** `isUnderWay` of the run on the page. */
export function useUnderWay(): boolean {
  return useRun((s) => isUnderWay(s.run));
}

/** Whether two recipes say the same. */
export function sameRecipe(a: Readonly<Recipe>, b: Readonly<Recipe>): boolean {
  return (Object.keys(a) as (keyof Recipe)[]).every((name) => a[name] === b[name]);
}

/** What the recipe in the form is checked against, and what stands against starting it. */

import { checkLabels } from '../../labels';
import { checkRecipe, type FieldProblem, methodFacts, type Recipe, type RunFacts } from '../../recipe';
import type { ClientState } from '../../session/client';
import type { PlanReport } from '../../session/protocol';
import { useLabels } from './labels';
import { planOf, usePlan } from './plan';
import { isUnderWay, useRun } from './run';
import { dataKey, type Setup, useSetup } from './setup';

/** A built-in set before it is loaded. */
const builtinFacts = ({ train_pictures, data_classes }: Recipe): RunFacts => ({
  trainImages: train_pictures,
  imageSize: 64,
  classes: data_classes,
});

/** What the session knows of the pictures. */
type Known = Pick<ClientState, 'dataset' | 'connection'>;

/** Facts of the pictures that the recipe asks for, none where they are still missing. */
function factsFor(setup: Pick<Setup, 'recipe' | 'own' | 'loaded'>, { dataset }: Known): RunFacts {
  if (dataset !== null && setup.loaded !== null && setup.loaded === dataKey(setup.recipe, setup.own)) {
    const { trainCount: trainImages, size: imageSize, classNames } = dataset;
    return { trainImages, imageSize, classes: classNames.length };
  }
  if (setup.recipe.data !== 'folder') return builtinFacts(setup.recipe);
  return { trainImages: 0, imageSize: 80, classes: 0 };
}

/**
 * All that stands against starting the recipe, and warnings; what the session refused comes first. Whether it fits
 * into memory is the worker's to say: it plans the run.
 */
export function problemsOf(setup: Setup, known: Known): FieldProblem[] {
  const { recipe, own, refusals } = setup;
  const loading = setup.loading !== null && setup.loading === dataKey(recipe, own);
  const planned = planOf(setup, known)?.problems ?? [];
  const checked = [
    ...checkRecipe(recipe, factsFor(setup, known)),
    ...planned,
    ...labelProblems(setup, known),
  ];
  const refused = new Set(refusals.map(({ field }) => field));
  return [
    ...refusals,
    ...checked.filter(({ field }) => !refused.has(field) && !(loading && field === 'data')),
  ];
}

/** What stands against the labels; none while the pictures they belong to are not there. */
function labelProblems({ recipe, own, loaded }: Setup, { dataset }: Known): FieldProblem[] {
  const { pictures, history, trainIndices } = useLabels.getState();
  if (history === null || pictures === null || pictures.generation !== dataset?.generation) return [];
  if (loaded === null || loaded !== dataKey(recipe, own)) return [];
  return checkLabels(recipe, history.present, trainIndices);
}

/** `problemsOf` what is on the page. */
export function useProblems(): FieldProblem[] {
  const setup = useSetup();
  const dataset = useRun((s) => s.dataset);
  const connection = useRun((s) => s.connection);
  usePlan();
  useLabels();
  return problemsOf(setup, { dataset, connection });
}

/** Facts of the pictures on the page. */
export function useFacts(): RunFacts {
  const setup = useSetup();
  const dataset = useRun((s) => s.dataset);
  const connection = useRun((s) => s.connection);
  return factsFor(setup, { dataset, connection });
}

/** What the recipe in the form takes, once the worker has planned it. */
export function usePlanned(): PlanReport | null {
  const setup = useSetup();
  const dataset = useRun((s) => s.dataset);
  const connection = useRun((s) => s.connection);
  return planOf(setup, { dataset, connection }, usePlan());
}

/** `isUnderWay` of the run on the page. */
export function useUnderWay(): boolean {
  return useRun((s) => isUnderWay(s.run));
}

/** What a recipe's method is called; the documented extra of PAWS is part of its name. */
export function methodTitle({
  method,
  support_ce_weight,
}: Pick<Recipe, 'method' | 'support_ce_weight'>): string {
  const { title } = methodFacts[method];
  return method === 'paws' && support_ce_weight > 0 ? `${title} + CE` : title;
}

/** Whether two recipes say the same. */
export function sameRecipe(a: Readonly<Recipe>, b: Readonly<Recipe>): boolean {
  return (Object.keys(a) as (keyof Recipe)[]).every((name) => a[name] === b[name]);
}

/**
 * What runs would take on the pictures that are there: each recipe is planned once, and a recipe that does not fit
 * is made smaller until it does.
 */

import { checkLabels } from '../labels';
import {
  checkRecipe,
  estimateCost,
  type FieldProblem,
  type Recipe,
  type RunFacts,
  searchMemory,
} from '../recipe';
import type { ShelvedData } from './dataShelf';
import type { PlannedMemory, SessionDependencies } from './dependencies';
import { labelsInForce } from './labelsInForce';
import type { PlanReport } from './protocol';

/** Plans that are kept. */
const mostPlans = 200;

/** Whether a recipe must not start because of this. */
export function isRefusal({ kind }: FieldProblem): boolean {
  return kind === 'refusal';
}

function labelProblems(recipe: Recipe, { labelling, trainIndices }: ShelvedData): FieldProblem[] {
  return checkLabels(recipe, labelling, trainIndices);
}

export class RunPlans {
  readonly #dependencies: SessionDependencies;
  /** By recipe, for the pictures and labels that are there. */
  readonly #plans = new WeakMap<ShelvedData, Map<string, PlannedMemory | null>>();

  constructor(dependencies: SessionDependencies) {
    this.#dependencies = dependencies;
  }

  /** All that stands against starting a recipe on these pictures. Plans take tens of ms. */
  check(recipe: Recipe, data: ShelvedData): FieldProblem[] {
    return [...checkRecipe(recipe, this.#facts(data)), ...labelProblems(recipe, data)];
  }

  /**
   * The memory of a recipe, and what would fit where it does not.
   * @param turn runs a plan when it is its turn; may throw to end the search
   * @returns the refusals, memory apart, of a recipe that cannot be planned because of them
   */
  async report(
    recipe: Recipe,
    data: ShelvedData,
    turn: <T>(plan: () => T) => Promise<T>,
  ): Promise<PlanReport | FieldProblem[]> {
    const facts = this.#facts(data);
    const { budgetBytes: _, maxBufferBytes: __, ...withoutLimits } = facts;
    const problems = [...checkRecipe(recipe, withoutLimits), ...labelProblems(recipe, data)];
    const refusals = problems.filter(isRefusal);
    if (refusals.length > 0) return refusals;
    const search = searchMemory(recipe, facts);
    let next = search.next();
    while (!next.done) {
      const candidate = next.value;
      const cost = await turn(() => estimateCost(candidate, facts));
      next = search.next(cost);
    }
    const { gpuBytes, largestBufferBytes, planned } = estimateCost(recipe, facts);
    const { stateBytes = null, dispatches = null } = this.#plan(recipe, data) ?? {};
    return { exact: planned, gpuBytes, largestBufferBytes, stateBytes, dispatches, problems: next.value };
  }

  #facts(data: ShelvedData): RunFacts {
    const { trainCount, size, classNames } = data.summary;
    const { maxBufferBytes, budgetBytes } = this.#dependencies;
    return {
      trainImages: trainCount,
      imageSize: size,
      classes: classNames.length,
      maxBufferBytes,
      budgetBytes,
      plan: (recipe) => this.#plan(recipe, data),
    };
  }

  #plan(recipe: Recipe, data: ShelvedData): PlannedMemory | null {
    const plans = this.#plans.get(data) ?? new Map<string, PlannedMemory | null>();
    this.#plans.set(data, plans);
    const key = JSON.stringify(recipe);
    const known = plans.get(key);
    if (known !== undefined) return known;
    const { labels } = labelsInForce(recipe, data);
    const plan = this.#dependencies.planRun?.(recipe, data.dataset, labels) ?? null;
    if (plans.size >= mostPlans) plans.clear();
    plans.set(key, plan);
    return plan;
  }
}

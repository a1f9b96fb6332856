/**
 * What runs would take on the pictures that are there: each recipe is planned once, and a recipe that does not fit
 * is made smaller until it does.
 */

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
import type { PlanReport } from './protocol';

/** Plans that are kept. */
const mostPlans = 200;

/** Whether a recipe must not start because of this. */
export function isRefusal({ kind }: FieldProblem): boolean {
  return kind === 'refusal';
}

export class RunPlans {
  readonly #dependencies: SessionDependencies;
  /** By data set and recipe. */
  readonly #plans = new Map<string, PlannedMemory | null>();

  constructor(dependencies: SessionDependencies) {
    this.#dependencies = dependencies;
  }

  /** All that stands against starting a recipe on these pictures. Plans take tens of ms. */
  check(recipe: Recipe, data: ShelvedData): FieldProblem[] {
    return checkRecipe(recipe, this.#facts(data));
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
    const refusals = checkRecipe(recipe, withoutLimits).filter(isRefusal);
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

  #plan(recipe: Recipe, { dataset, summary }: ShelvedData): PlannedMemory | null {
    const key = JSON.stringify([summary.generation, recipe]);
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const plan = this.#dependencies.planRun?.(recipe, dataset) ?? null;
    if (this.#plans.size >= mostPlans) this.#plans.clear();
    this.#plans.set(key, plan);
    return plan;
  }
}

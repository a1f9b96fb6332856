/**
 * What the recipe in the form would take, as the worker plans it: asked for whenever the recipe or the pictures
 * change, a moment after the last change. An answer counts only for exactly what it was asked for.
 */

import { create } from 'zustand';
import type { Recipe } from '../../recipe';
import type { ClientState } from '../../session/client';
import type { PlanReport } from '../../session/protocol';
import { session, useRun } from './run';
import { dataKey, type Setup, useSetup } from './setup';

/** Rest after the last change, ms: a slider that is dragged is not planned at every stop. */
const restMs = 200;

/** The latest plan and what it is of; a null report belongs to a recipe that cannot be planned. */
export const usePlan = create<{ key: string | null; report: PlanReport | null }>(() => ({
  key: null,
  report: null,
}));

type Asked = Pick<Setup, 'recipe' | 'own' | 'loaded'>;
type Known = Pick<ClientState, 'dataset' | 'connection'>;

/** What a plan is of: the recipe and the pictures it asks for; null while the worker has others. */
function planKey({ recipe, own, loaded }: Asked, { dataset, connection }: Known): string | null {
  if (dataset === null || connection !== 'ready') return null;
  if (loaded === null || loaded !== dataKey(recipe, own)) return null;
  return JSON.stringify([dataset.generation, recipe]);
}

/** The plan of exactly this set-up, if it is known. */
export function planOf(setup: Asked, known: Known, { key, report } = usePlan.getState()): PlanReport | null {
  return report !== null && key === planKey(setup, known) ? report : null;
}

/** Keeps the plan up with the form. Returns the way to stop that. */
export function followPlan(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted: string | null = null;
  const ask = async (key: string, recipe: Recipe) => {
    try {
      const report = await session().plan(recipe);
      if (key === wanted) usePlan.setState({ key, report });
    } catch {
      // Overtaken, or the worker is gone, which is told elsewhere: there is no plan then.
      if (key === wanted) wanted = null;
    }
  };
  const look = () => {
    const setup = useSetup.getState();
    const known = useRun.getState();
    // The recipe of a run that goes is fixed, and planned already.
    const { phase } = known.run;
    const key = phase === 'running' || phase === 'preparing' ? null : planKey(setup, known);
    if (key === null) {
      // What was about to be asked is of no use any more.
      clearTimeout(timer);
      wanted = null;
      return;
    }
    if (key === wanted || key === usePlan.getState().key) return;
    wanted = key;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(key, setup.recipe), restMs);
  };
  const stops = [useSetup.subscribe(look), useRun.subscribe(look)];
  look();
  return () => {
    clearTimeout(timer);
    wanted = null;
    for (const stop of stops) stop();
  };
}

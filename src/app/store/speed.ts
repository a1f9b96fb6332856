/**
 * How fast this adapter has been, so that a preset can say how long it would take here. Speeds are remembered
 * per adapter and kind of network in the browser's local storage; nothing is guessed before one was measured.
 */

import { create } from 'zustand';
import { estimateCost, planRun, type Recipe, type RunFacts } from '../../recipe';
import { useRun } from './run';

/** Operations a second, by `adapter kind`. */
type Speeds = Readonly<Record<string, number>>;

const storageKey = 'pawsaur.speeds';
/** The first steps compile kernels; later ones say how fast the adapter is. */
const settledStep = 5;

/** What local storage holds, or nothing where it is refused or holds something else. */
function readSpeeds(): Speeds {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    return Object.fromEntries(
      Object.entries(stored).filter(([, speed]) => typeof speed === 'number' && speed > 0),
    ) as Speeds;
  } catch {
    return {};
  }
}

export const useSpeeds = create<{ speeds: Speeds }>(() => ({ speeds: readSpeeds() }));

const keyOf = (adapter: string, recipe: Pick<Recipe, 'arch'>) => `${adapter} ${recipe.arch}`;

/** Learns from the timing of the run that goes. */
export function followTiming(): () => void {
  return useRun.subscribe(({ timing, recipe, engine, dataset, run }, before) => {
    if (timing === before.timing || timing === null || recipe === null || engine === null) return;
    if (dataset === null || run.step < settledStep || !(timing.stepMs > 0)) return;
    const { flopsPerStep } = estimateCost(recipe, {
      trainImages: dataset.trainCount,
      imageSize: dataset.size,
    });
    const key = keyOf(engine.adapter, recipe);
    const speed = (flopsPerStep / timing.stepMs) * 1000;
    const known = useSpeeds.getState().speeds[key];
    if (known !== undefined && Math.abs(known / speed - 1) < 0.1) return;
    const speeds = { ...useSpeeds.getState().speeds, [key]: speed };
    useSpeeds.setState({ speeds });
    try {
      localStorage.setItem(storageKey, JSON.stringify(speeds));
    } catch {
      // Without storage the speed is known for this visit only.
    }
  });
}

/** Seconds of training that a recipe would take here; null before this adapter was measured with such a network. */
export function estimateSeconds(
  recipe: Recipe,
  facts: RunFacts,
  adapter: string | undefined,
  speeds: Speeds,
): number | null {
  if (adapter === undefined) return null;
  const speed = speeds[keyOf(adapter, recipe)];
  if (speed === undefined) return null;
  const { totalSteps } = planRun(recipe, facts.trainImages);
  return (totalSteps * estimateCost(recipe, facts).flopsPerStep) / speed;
}

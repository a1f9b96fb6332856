/**
 * Experiments that the page does for the person: one change each, with what it was measured to do. Changes to
 * live fields act on the run that goes; the others start a fresh one.
 */

import type { MethodName } from '../../recipe';
import { dinoExperiments } from './dinoExperiments';
import type { Bench, Experiment } from './experiment';
import { pawsExperiments, supervisedExperiments, swavExperiments } from './labelledExperiments';

/** All experiments by the method they are about. */
export const experiments: Readonly<Record<MethodName, readonly Experiment[]>> = {
  dino: dinoExperiments,
  paws: pawsExperiments,
  swav: swavExperiments,
  supervised: supervisedExperiments,
};

/** Cards shown at once. */
const most: Record<MethodName, number> = { dino: 2, paws: 4, swav: 2, supervised: 2 };

/** The experiments that make sense now, most telling first. */
export function experimentsFor(bench: Bench): Experiment[] {
  const { method } = bench.recipe;
  return experiments[method].filter((experiment) => experiment.fits(bench)).slice(0, most[method]);
}

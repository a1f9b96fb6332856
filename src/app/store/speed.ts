/**
 * How fast this adapter has been, so that a preset can say how long it would take here. Steps that were measured
 * are remembered in the browser's local storage; a recipe is compared with the measured step most like it, and
 * nothing is guessed where none is alike: small steps are all overhead and say little about large ones.
 */

import * as v from 'valibot';
import { create } from 'zustand';
import { estimateCost, planRun, type Recipe, type RunFacts } from '../../recipe';
import { useRun } from './run';

/** One measured kind of step: its floating-point operations, and how long it took. */
const measurementSchema = v.object({
  adapter: v.string(),
  arch: v.string(),
  flops: v.pipe(v.number(), v.finite(), v.minValue(1)),
  ms: v.pipe(v.number(), v.finite(), v.minValue(0.01)),
});
export type Measurement = v.InferOutput<typeof measurementSchema>;

const storageKey = 'pawsaur.speeds';
/** The first steps compile kernels; later ones say how fast the adapter is. */
const settledStep = 5;
/** Steps up to so many times larger or smaller are alike enough to compare. */
const alike = 8;
/** Kept measurements; the oldest go first. */
const mostKept = 40;

/** What local storage holds, or nothing where it is refused or holds something else. */
function readMeasurements(): Measurement[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    const result = v.safeParse(v.array(measurementSchema), stored);
    return result.success ? result.output.slice(-mostKept) : [];
  } catch {
    return [];
  }
}

export const useSpeeds = create<{ measured: readonly Measurement[] }>(() => ({
  measured: readMeasurements(),
}));

/** Learns from the timing of the run that goes. Returns the way to stop that. */
export function followTiming(): () => void {
  return useRun.subscribe(({ timing, recipe, engine, dataset, run }, before) => {
    if (timing === before.timing || timing === null || recipe === null || engine === null) return;
    if (dataset === null || run.step < settledStep || !(timing.stepMs > 0)) return;
    const facts = {
      trainImages: dataset.trainCount,
      imageSize: dataset.size,
      classes: dataset.classNames.length,
    };
    const flops = estimateCost(recipe, facts).flopsPerStep;
    remember({ adapter: engine.adapter, arch: recipe.arch, flops, ms: timing.stepMs });
  });
}

function remember(measurement: Measurement): void {
  const { measured } = useSpeeds.getState();
  const same = ({ adapter, arch, flops }: Measurement) =>
    adapter === measurement.adapter && arch === measurement.arch && flops === measurement.flops;
  const known = measured.find(same);
  if (known !== undefined && Math.abs(known.ms / measurement.ms - 1) < 0.1) return;
  const next = [...measured.filter((m) => !same(m)), measurement].slice(-mostKept);
  useSpeeds.setState({ measured: next });
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // Without storage the speed is known for this visit only.
  }
}

/** Seconds of training that a recipe would take here; null before a step like its own was measured on this adapter. */
export function estimateSeconds(
  recipe: Recipe,
  facts: RunFacts,
  adapter: string | undefined,
  measured: readonly Measurement[],
): number | null {
  const flops = estimateCost(recipe, facts).flopsPerStep;
  const distance = (m: Measurement) => Math.abs(Math.log(m.flops / flops));
  const nearest = measured
    .filter((m) => m.adapter === adapter && m.arch === recipe.arch && distance(m) <= Math.log(alike))
    .sort((a, b) => distance(a) - distance(b))[0];
  if (nearest === undefined) return null;
  const { totalSteps } = planRun(recipe, facts.trainImages);
  return (totalSteps * nearest.ms * (flops / nearest.flops)) / 1000;
}

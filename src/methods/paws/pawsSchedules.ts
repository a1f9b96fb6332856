/**
 * The scalars of every PAWS step, from the recipe's schedules and the settings that are live: the official learning
 * rate, and as extras the ramps of the PAWS loss and of me-max.
 */
import type { Recipe, RunPlan } from '../../recipe';
import type { LiveSettings } from '../method';
import { RateSchedule } from '../singleNetwork';
import type { PawsControls } from './pawsControls';

/**
 * How far a ramp has risen at `step` of `total`: 0 until the share `start` of the run, 1 from `end` on, straight in
 * between; a step at `end` where it does not lie behind `start`.
 */
function rampAt(step: number, total: number, start: number, end: number): number {
  const share = step / total;
  if (share >= end) return 1;
  return share <= start ? 0 : (share - start) / (end - start);
}

export class PawsSchedules {
  readonly plan: RunPlan;
  private readonly rates: RateSchedule;

  constructor(
    private readonly recipe: Recipe,
    trainImages: number,
  ) {
    this.rates = new RateSchedule(recipe, trainImages);
    this.plan = this.rates.plan;
  }

  /** The scalars of `step`. */
  at(step: number, live: LiveSettings): PawsControls {
    const { recipe } = this;
    const ramp = (start: number, end: number) => rampAt(step, this.plan.totalSteps, start, end);
    return {
      ...this.rates.at(step, live),
      temperature: live.temperature,
      sharpen: live.sharpen,
      pawsWeight: ramp(recipe.paws_ramp_start, recipe.paws_ramp_end),
      meMaxWeight: live.me_max ? ramp(recipe.me_max_ramp_start, recipe.me_max_ramp_end) : 0,
      supportCeWeight: recipe.support_ce_weight,
      labelSmoothing: recipe.label_smoothing,
    };
  }
}

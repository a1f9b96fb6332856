/**
 * The scalars of every DINO step, from the recipe's schedules and the settings that are live. Schedules depend
 * on live values only through their base, so a change counts from the next step on, without a restart.
 */
import { cosineSchedule, teacherTemperatures } from '../../optimizers/schedules';
import { planRun, type Recipe, type RunPlan } from '../../recipe';
import type { LiveSettings } from '../method';
import type { DinoControls } from './dinoControls';

export class DinoSchedules {
  readonly plan: RunPlan;
  private readonly lr: Float64Array;
  private readonly weightDecay: Float64Array;
  private momentum: { base: number; values: Float64Array };

  constructor(
    private readonly recipe: Recipe,
    trainImages: number,
  ) {
    this.plan = planRun(recipe, trainImages);
    const { totalSteps, warmupSteps, peakLr } = this.plan;
    this.lr = cosineSchedule(peakLr, recipe.min_lr, totalSteps, warmupSteps);
    this.weightDecay = cosineSchedule(recipe.weight_decay, recipe.weight_decay_end, totalSteps);
    this.momentum = this.momentumFrom(recipe.momentum_teacher);
  }

  /** The scalars of `step`. */
  at(step: number, live: LiveSettings): DinoControls {
    if (live.momentum_teacher !== this.momentum.base)
      this.momentum = this.momentumFrom(live.momentum_teacher);
    const { recipe } = this;
    return {
      lr: (this.lr[step] as number) * live.lr_scale,
      weightDecay: this.weightDecay[step] as number,
      momentum: this.momentum.values[step] as number,
      clip: recipe.clip_grad,
      trainLastLayer: step >= this.plan.frozenSteps,
      teacherTemp: live.sharpening_on ? this.teacherTemp(step, live) : live.student_temp,
      studentTemp: live.student_temp,
      centerMomentum: recipe.center_momentum,
      centering: live.centering_on ? live.centering : 'none',
    };
  }

  private teacherTemp(step: number, live: LiveSettings): number {
    const epoch = Math.floor(step / this.plan.stepsPerEpoch);
    const warmup = Math.round(this.recipe.warmup_teacher_temp_epochs);
    const temperatures = teacherTemperatures(live.warmup_teacher_temp, live.teacher_temp, warmup, epoch + 1);
    return temperatures[epoch] as number;
  }

  private momentumFrom(base: number) {
    return { base, values: cosineSchedule(base, 1, this.plan.totalSteps) };
  }
}

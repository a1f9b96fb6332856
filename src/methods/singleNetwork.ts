/**
 * What methods without a teacher share: the schedule of the learning rate, and the optimiser of one network.
 */
import type { ParameterSet } from '../models/parameters';
import { AdamW, type AdamWOptions } from '../optimizers/adamw';
import { Lars } from '../optimizers/lars';
import { control, isDecayed, type OptimizedParameter, type Optimizer } from '../optimizers/optimizer';
import { warmupCosineSchedule } from '../optimizers/schedules';
import { Sgd } from '../optimizers/sgd';
import { planRun, type Recipe, type RunPlan } from '../recipe';
import type { LiveSettings } from './method';

/** What an optimiser is told in a step. */
export interface Rates {
  lr: number;
  weightDecay: number;
  /** Longest gradient of a tensor; 0 = no clipping. */
  clip: number;
  /** False while what is marked late is frozen. */
  trainLast: boolean;
}

/** Writes the rates to a control vector. */
export function writeRates(controls: Float32Array, { lr, weightDecay, clip, trainLast }: Rates): void {
  controls[control.lr] = lr;
  controls[control.weightDecay] = weightDecay;
  controls[control.clip] = clip;
  controls[control.lastLayer] = trainLast ? 1 : 0;
  controls[control.always] = 1;
}

/** `start_lr` → `lr` → `min_lr` as the official PAWS has it, times the live scale. */
export class RateSchedule {
  readonly plan: RunPlan;
  private readonly lr: Float64Array;

  constructor(
    private readonly recipe: Recipe,
    trainImages: number,
  ) {
    this.plan = planRun(recipe, trainImages);
    const { totalSteps, warmupSteps, peakLr } = this.plan;
    this.lr = warmupCosineSchedule(peakLr, recipe.min_lr, totalSteps, warmupSteps, recipe.start_lr);
  }

  /** The rates of `step`. */
  at(step: number, live: Pick<LiveSettings, 'lr_scale'>): Rates {
    const { weight_decay, clip_grad } = this.recipe;
    return {
      lr: (this.lr[step] as number) * live.lr_scale,
      weightDecay: weight_decay,
      clip: clip_grad,
      trainLast: step >= this.plan.frozenSteps,
    };
  }
}

/** Left out of LARS, and of its decay, by name: biases and norms (the official init_model of paws_train.py). */
const outsideLars = /bias|bn|norm/;

/** Which parameters decay: by DINO's rule, or by that of the official PAWS, which is LARS's. */
export type DecayRule = 'dino' | 'lars';

/** What a network trains, as its optimiser takes it. @param late whether a name is frozen while `Rates.trainLast` is false */
export function optimizedParameters(
  network: ParameterSet,
  rule: DecayRule,
  late: (name: string) => boolean = () => false,
): OptimizedParameter[] {
  const specs = network.specs.filter(({ kind }) => kind === undefined || kind === 'trained');
  return specs.map(({ name, shape }) => ({
    name,
    student: network.get(name),
    teacher: null,
    decay: rule === 'lars' ? !outsideLars.test(name) : isDecayed(name, shape),
    active: late(name) ? control.lastLayer : control.always,
  }));
}

/** The optimiser of a network that nobody follows, and the names of what it trains, in its order. */
export interface NetworkOptimizer {
  optimizer: Optimizer;
  trained: readonly string[];
}

/**
 * The optimiser that a recipe asks for: AdamW and SGD with DINO's rule of decay, LARS as the official PAWS has it.
 * @param late whether a name is frozen while `Rates.trainLast` is false
 */
export function optimizerOf(
  recipe: Pick<Recipe, 'optimizer' | 'nesterov'>,
  network: ParameterSet,
  { late, adamw }: { late?: (name: string) => boolean; adamw?: AdamWOptions | undefined } = {},
): NetworkOptimizer {
  const { optimizer: kind, nesterov } = recipe;
  const parameters = optimizedParameters(network, kind === 'lars' ? 'lars' : 'dino', late);
  const make = (): Optimizer => {
    if (kind === 'lars') return new Lars(parameters, { form: 'paws', nesterov });
    if (kind === 'sgd') return new Sgd(parameters);
    return new AdamW(parameters, adamw);
  };
  return { optimizer: make(), trained: parameters.map(({ name }) => name) };
}

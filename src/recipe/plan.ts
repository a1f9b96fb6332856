/**
 * How long a run is. Official rule (main_dino.py, train_dino): one epoch is floor(pictures / batch) steps, the
 * incomplete last batch is dropped, and DINO's peak learning rate is lr × batch / 256.
 */
import type { Recipe } from './fields';

/** Steps and rates that follow from a recipe and the number of training pictures. */
export interface RunPlan {
  /** Optimiser steps per epoch; 0 when the batch is larger than the set. */
  stepsPerEpoch: number;
  totalSteps: number;
  /** Steps of the learning-rate warm-up; the official linspace includes both its ends. */
  warmupSteps: number;
  /** The last layer (DINO) or the prototypes (SwAV) get no gradient while step < frozenSteps. */
  frozenSteps: number;
  /** Learning rate after the warm-up, before `lr_scale`. */
  peakLr: number;
}

type PlanFields = Pick<
  Recipe,
  'method' | 'batch_size' | 'epochs' | 'steps_per_epoch' | 'warmup_epochs' | 'freeze_last_layer' | 'lr'
>;

/** Plans a run on `trainImages` pictures. Never throws; nonsense gives 0 steps, which `checkRecipe` refuses. */
export function planRun(recipe: PlanFields, trainImages: number): RunPlan {
  const stepsPerEpoch =
    recipe.steps_per_epoch > 0 ? recipe.steps_per_epoch : Math.floor(trainImages / recipe.batch_size);
  // 0.1 epochs of 30 steps are 3, not 3.0000000000000004.
  const steps = (epochs: number) => Number((epochs * stepsPerEpoch).toFixed(6));
  return {
    stepsPerEpoch,
    totalSteps: Math.round(steps(recipe.epochs)),
    warmupSteps: Math.floor(steps(recipe.warmup_epochs)),
    frozenSteps: Math.ceil(steps(recipe.freeze_last_layer)),
    peakLr: recipe.method === 'dino' ? (recipe.lr * recipe.batch_size) / 256 : recipe.lr,
  };
}

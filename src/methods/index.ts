/** The methods by name. */
import type { PlannedRun } from '../engine';
import type { MethodName, Recipe } from '../recipe';
import {
  createTraining,
  type MethodMaker,
  type PlannedImages,
  planTraining,
  type TrainingOptions,
} from './capturedTraining';
import { dinoParts } from './dino/dinoTraining';
import type { TrainingImages, TrainingMethod } from './method';
import { pawsParts } from './paws/pawsTraining';
import { supervisedParts } from './supervised/supervisedTraining';
import { swavParts } from './swav/swavTraining';

// A method's own outputs concern nobody but itself.
type AnyMaker = MethodMaker<string>;

const makers: Record<MethodName, AnyMaker> = {
  dino: dinoParts as AnyMaker,
  paws: pawsParts as AnyMaker,
  swav: swavParts as AnyMaker,
  supervised: supervisedParts as AnyMaker,
};

/** A run of the recipe's method. */
export function createMethod(
  recipe: Recipe,
  images: TrainingImages,
  options: TrainingOptions = {},
): TrainingMethod {
  return createTraining(makers[recipe.method], recipe, images, options);
}

/** What a run of the recipe would take on this device, to the byte; null without WebGPU. */
export function planMethod(recipe: Recipe, images: PlannedImages): PlannedRun | null {
  return planTraining(makers[recipe.method], recipe, images);
}

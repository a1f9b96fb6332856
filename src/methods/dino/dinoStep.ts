/**
 * A DINO step as the engine captures it: its inputs, which are all that changes from step to step, and the
 * function from them to the step's outputs. Crops are made on the device from their parameters, as part of it.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { cropStream, drawCrops, type ImageStore, viewGroups } from '../../augmentation';
import type { StepDefinition } from '../../engine';
import type { Recipe } from '../../recipe';
import type { StepInputs } from '../capturedTraining';
import { StepViews } from '../stepViews';
import type { Dino, DinoOutputs } from './dino';
import { CONTROLS, controlVector, type DinoControls } from './dinoControls';

export class DinoStep {
  readonly definition: StepDefinition<string, keyof DinoOutputs>;
  private readonly views: StepViews;

  /** @param dropPathCalls rows of uniform draws that the trunk needs; 0 for none */
  constructor(
    private readonly recipe: Recipe,
    private readonly store: ImageStore,
    dropPathCalls: number,
    dino: Dino,
  ) {
    const sources = viewGroups(recipe).map((group) => ({ group, batch: recipe.batch_size }));
    this.views = new StepViews(recipe, store, dropPathCalls, sources);
    this.definition = {
      inputs: { controls: { shape: [CONTROLS] }, ...this.views.inputs },
      step: (given) => ({
        ...dino.step({ groups: this.views.make(given), controls: given.controls as tf.Tensor }),
      }),
      read: ['metrics'],
    };
  }

  /** All that goes into step number `step`: a function of it, the recipe's seed and the scalars. */
  inputsAt(step: number, indices: Int32Array, scalars: DinoControls): StepInputs {
    const drawn = drawCrops(this.recipe, cropStream(this.recipe.seed, step), indices, this.store);
    const values = { controls: controlVector(scalars), ...this.views.valuesAt(step, drawn) };
    const { lr, weightDecay, momentum, teacherTemp, studentTemp } = scalars;
    return { indices, drawn, values, known: { lr, weightDecay, momentum, teacherTemp, studentTemp } };
  }
}

/**
 * A DINO step as the engine captures it: its inputs, which are all that changes from step to step, and the
 * function from them to the step's outputs. Crops are made on the device from their parameters, as part of it.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  augment,
  COLUMNS,
  cropStream,
  type DrawnCrops,
  drawCrops,
  type ImageStore,
  viewGroups,
} from '../augmentation';
import type { StepDefinition } from '../engine';
import { randomStream } from '../platform/random';
import type { Recipe } from '../recipe';
import type { Dino, DinoOutputs } from './dino';
import { CONTROLS, controlVector, type DinoControls } from './dinoControls';

/** `controls`, `crops 0` and `crops 1` (the parameters of the crops), `drop path 0` and `drop path 1`. */
type InputName = string;

export type DinoStepDefinition = StepDefinition<InputName, keyof DinoOutputs>;

/** What a step was given. */
export interface DinoStepInputs {
  indices: Int32Array;
  drawn: DrawnCrops[];
  values: Record<InputName, Float32Array>;
}

/** Batches that go through the trunk: rows of crops, and which groups of views they hold. */
interface TrunkBatch {
  rows: number;
  groups: number[];
}

export class DinoStep {
  readonly definition: DinoStepDefinition;
  private readonly batches: TrunkBatch[];

  /** @param dropPathCalls rows of uniform draws that the trunk needs; 0 for none */
  constructor(
    private readonly recipe: Recipe,
    private readonly store: ImageStore,
    private readonly dropPathCalls: number,
    dino: Dino,
  ) {
    const groups = viewGroups(recipe);
    const rows = groups.map(({ views }) => views.length * recipe.batch_size);
    const oneSize = groups.every(({ size }) => size === groups[0]?.size);
    // Neighbours of one size form one batch, as in the official wrapper.
    this.batches = oneSize
      ? [{ rows: rows.reduce((a, b) => a + b), groups: groups.map((_, i) => i) }]
      : rows.map((count, i) => ({ rows: count, groups: [i] }));
    const inputs: DinoStepDefinition['inputs'] = { controls: { shape: [CONTROLS] } };
    rows.forEach((count, i) => {
      inputs[`crops ${i}`] = { shape: [count, COLUMNS] };
    });
    if (dropPathCalls > 0) {
      this.batches.forEach((batch, i) => {
        inputs[`drop path ${i}`] = { shape: [dropPathCalls, batch.rows] };
      });
    }
    this.definition = {
      inputs,
      step: (given) => {
        const crops = groups.map((group, i) =>
          augment(store, given[`crops ${i}`] as tf.Tensor, group.size, group),
        );
        const views = this.batches.map((batch, i) => {
          const parts = batch.groups.map((group) => crops[group] as tf.Tensor);
          const dropPath = given[`drop path ${i}`];
          const merged = parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts);
          return { crops: merged, ...(dropPath ? { dropPath } : {}) };
        });
        return { ...dino.step({ groups: views, controls: given.controls as tf.Tensor }) };
      },
      read: ['metrics'],
    };
  }

  /** All that goes into step number `step`: a function of it, the recipe's seed and the scalars. */
  inputsAt(step: number, indices: Int32Array, scalars: DinoControls): DinoStepInputs {
    const { seed } = this.recipe;
    const drawn = drawCrops(this.recipe, cropStream(seed, step), indices, this.store);
    const values: Record<InputName, Float32Array> = { controls: controlVector(scalars) };
    drawn.forEach(({ parameters }, i) => {
      values[`crops ${i}`] = parameters;
    });
    if (this.dropPathCalls > 0) {
      const rng = randomStream(seed, `drop path ${step}`);
      this.batches.forEach(({ rows }, i) => {
        values[`drop path ${i}`] = Float32Array.from({ length: this.dropPathCalls * rows }, () =>
          rng.uniform(),
        );
      });
    }
    return { indices, drawn, values };
  }
}

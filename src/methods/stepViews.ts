/**
 * The views of a captured step: from rows of crop parameters, which are inputs, to the batches that go through
 * the trunk. Neighbouring groups of one size form one batch, as in the official multi-crop wrappers: its crops are
 * made together, by every stage that some group needs, since each row says for itself what happens to it.
 */
import type * as tf from '@tensorflow/tfjs-core';
import {
  augment,
  COLUMNS,
  type DrawnCrops,
  type ImageStore,
  type Stages,
  type ViewGroup,
} from '../augmentation';
import type { InputSpec } from '../engine';
import type { ViewBatch } from '../models/viewBatch';
import { randomStream } from '../platform/random';
import type { Recipe } from '../recipe';

/** Views of `batch` pictures, all of one size. */
export interface ViewSource {
  group: ViewGroup;
  batch: number;
}

/** Batches that go through the trunk: rows of crops, how they are made, and which sources they hold. */
interface TrunkBatch extends Pick<ViewGroup, 'size' | 'stages' | 'interpolation'> {
  rows: number;
  sources: number[];
}

export class StepViews {
  /** `crops 0` … (the parameters of the crops of each batch), `drop path 0` … (of each batch). */
  readonly inputs: Record<string, InputSpec> = {};
  private readonly batches: TrunkBatch[] = [];

  /** @param dropPathCalls rows of uniform draws that the trunk needs; 0 for none */
  constructor(
    private readonly recipe: Recipe,
    private readonly store: ImageStore,
    private readonly dropPathCalls: number,
    sources: readonly ViewSource[],
  ) {
    sources.forEach(({ group, batch }, i) => {
      const { size, stages, interpolation } = group;
      const rows = group.views.length * batch;
      const last = this.batches.at(-1);
      if (last?.size === size) {
        last.rows += rows;
        last.sources.push(i);
        last.stages = either(last.stages, stages);
      } else this.batches.push({ size, stages, interpolation, rows, sources: [i] });
    });
    this.batches.forEach(({ rows }, i) => {
      this.inputs[`crops ${i}`] = { shape: [rows, COLUMNS] };
      if (dropPathCalls > 0) this.inputs[`drop path ${i}`] = { shape: [dropPathCalls, rows] };
    });
  }

  /** The batches of a step, in order. */
  make(given: Readonly<Record<string, tf.Tensor>>): ViewBatch[] {
    return this.batches.map((batch, i) => {
      const crops = augment(this.store, given[`crops ${i}`] as tf.Tensor, batch.size, batch);
      const dropPath = given[`drop path ${i}`];
      return { crops, ...(dropPath ? { dropPath } : {}) };
    });
  }

  /**
   * The values of `inputs` in step number `step`, which has to be the next thing that the device is sent.
   * @param drawn the crops of each source
   */
  valuesAt(step: number, drawn: readonly DrawnCrops[]): Record<string, Float32Array> {
    const values: Record<string, Float32Array> = {};
    const parameters = new Float32Array(this.batches.reduce((sum, { rows }) => sum + rows * COLUMNS, 0));
    let at = 0;
    for (const source of this.batches.flatMap(({ sources }) => sources)) {
      const own = (drawn[source] as DrawnCrops).parameters;
      parameters.set(own, at);
      at += own.length;
    }
    // All pictures of a step have to be there together.
    const placed = this.store.place(parameters);
    let from = 0;
    this.batches.forEach(({ rows }, i) => {
      values[`crops ${i}`] = placed.subarray(from, from + rows * COLUMNS);
      from += rows * COLUMNS;
    });
    if (this.dropPathCalls > 0) {
      const rng = randomStream(this.recipe.seed, `drop path ${step}`);
      this.batches.forEach(({ rows }, i) => {
        const draws = { length: this.dropPathCalls * rows };
        values[`drop path ${i}`] = Float32Array.from(draws, () => rng.uniform());
      });
    }
    return values;
  }
}

/** The stages that crops of the one or of the other kind need. */
const either = (one: Stages, other: Stages): Stages => ({
  colour: one.colour || other.colour,
  blur: Math.max(one.blur, other.blur),
  solarize: one.solarize || other.solarize,
  equalize: one.equalize || other.equalize,
});

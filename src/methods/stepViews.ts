/**
 * The views of a captured step: from rows of crop parameters, which are inputs, to the batches that go through
 * the trunk. Neighbouring groups of one size form one batch, as in the official multi-crop wrappers.
 */
import * as tf from '@tensorflow/tfjs-core';
import { augment, COLUMNS, type DrawnCrops, type ImageStore, type ViewGroup } from '../augmentation';
import type { InputSpec } from '../engine';
import type { ViewBatch } from '../models/viewBatch';
import { randomStream } from '../platform/random';
import type { Recipe } from '../recipe';

/** Views of `batch` pictures, all of one size. */
export interface ViewSource {
  group: ViewGroup;
  batch: number;
}

/** Batches that go through the trunk: rows of crops, and which sources they hold. */
interface TrunkBatch {
  size: number;
  rows: number;
  sources: number[];
}

export class StepViews {
  /** `crops 0` … (the parameters of the crops of each source), `drop path 0` … (of each batch). */
  readonly inputs: Record<string, InputSpec> = {};
  private readonly batches: TrunkBatch[] = [];

  /** @param dropPathCalls rows of uniform draws that the trunk needs; 0 for none */
  constructor(
    private readonly recipe: Recipe,
    private readonly store: ImageStore,
    private readonly dropPathCalls: number,
    private readonly sources: readonly ViewSource[],
  ) {
    sources.forEach(({ group, batch }, i) => {
      const rows = group.views.length * batch;
      this.inputs[`crops ${i}`] = { shape: [rows, COLUMNS] };
      const last = this.batches.at(-1);
      if (last?.size === group.size) {
        last.rows += rows;
        last.sources.push(i);
      } else this.batches.push({ size: group.size, rows, sources: [i] });
    });
    if (dropPathCalls === 0) return;
    this.batches.forEach(({ rows }, i) => {
      this.inputs[`drop path ${i}`] = { shape: [dropPathCalls, rows] };
    });
  }

  /** The batches of a step, in order. */
  make(given: Readonly<Record<string, tf.Tensor>>): ViewBatch[] {
    const crops = this.sources.map(({ group }, i) =>
      augment(this.store, given[`crops ${i}`] as tf.Tensor, group.size, group),
    );
    return this.batches.map(({ sources }, i) => {
      const parts = sources.map((source) => crops[source] as tf.Tensor);
      const dropPath = given[`drop path ${i}`];
      const merged = parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts);
      return { crops: merged, ...(dropPath ? { dropPath } : {}) };
    });
  }

  /** The values of `inputs` in step number `step`. @param drawn the crops of each source */
  valuesAt(step: number, drawn: readonly DrawnCrops[]): Record<string, Float32Array> {
    const values: Record<string, Float32Array> = {};
    drawn.forEach(({ parameters }, i) => {
      values[`crops ${i}`] = parameters;
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

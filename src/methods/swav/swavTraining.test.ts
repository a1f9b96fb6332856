/** A SwAV run over its whole life. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { engineMemory, startEngine } from '../../engine';
import { estimateCost, officialRecipeOf, type Recipe } from '../../recipe';
import type { TrainingOptions } from '../capturedTraining';
import { createMethod, planMethod } from '../index';
import type { StepReport, TrainingMethod } from '../method';
import { noisePictures } from '../testing/images';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const COUNT = 12;
const SIZE = 20;
const PROTOTYPES = 10;

const tiny: Recipe = {
  ...officialRecipeOf('swav'),
  ...{ arch: 'cnn', cnn_width: 4, cnn_blocks: 1, cnn_pool: 1 },
  ...{ global_crops_size: 16, local_crops_size: 8, local_crops_number: 2, batch_size: 4 },
  ...{
    head_hidden_dim: 12,
    output_dim: 8,
    nmb_prototypes: PROTOTYPES,
    queue_length: 8,
    epoch_queue_starts: 1,
  },
  ...{ optimizer: 'adamw', lr: 0.01, start_lr: 0, min_lr: 1e-4 },
  ...{ epochs: 40, steps_per_epoch: 5, warmup_epochs: 0.4, freeze_last_layer: 0.4 },
};
const vit: Partial<Recipe> = {
  ...{ arch: 'vit', patch_size: 8, embed_dim: 12, depth: 2, num_heads: 3, drop_path: 0.2, init: 'fan_in' },
};

function build(recipe: Recipe, options?: TrainingOptions) {
  const images = noisePictures(recipe, COUNT, SIZE);
  const method = createMethod(recipe, images, options);
  const dispose = () => {
    method.dispose();
    images.store.dispose();
  };
  return { method, dispose };
}

async function train(recipe: Recipe, steps: number, options?: TrainingOptions): Promise<StepReport[]> {
  const { method, dispose } = build(recipe, options);
  await method.calibrate();
  const reports: StepReport[] = [];
  for (let i = 0; i < steps; i++) reports.push(await method.trainStep(recipe));
  dispose();
  return reports;
}

const losses = (reports: readonly StepReport[]) => reports.map(({ loss }) => loss);
const stateOf = async (method: TrainingMethod, name: string) =>
  (await method.stateDict()).find((tensor) => tensor.name === name)!.data;

describe('a SwAV run', () => {
  it.each<[string, Partial<Recipe>]>([
    ['the small CNN, AdamW and a queue', {}],
    ['a Vision Transformer with drop path', vit],
    ['no queue and no local crops', { queue_length: 0, local_crops_number: 0 }],
    ['LARS', { optimizer: 'lars', lr: 0.5 }],
    ['SGD', { optimizer: 'sgd' }],
  ])('learns the same with %s, captured or eager, twice with the same bits', async (_, changes) => {
    const recipe = { ...tiny, ...changes };
    const first = losses(await train(recipe, 8));
    expect(first.every(Number.isFinite)).toBe(true);
    expect(new Set(first).size).toBe(8);
    expect(losses(await train(recipe, 8, { mode: 'eager' }))).toEqual(first);
    expect(losses(await train(recipe, 8))).toEqual(first);
  });

  it('starts near ln K and gets below it', async () => {
    const recipe = { ...tiny, queue_length: 0 };
    const reports = await train(recipe, 120);
    const mean = (part: StepReport[]) => losses(part).reduce((a, b) => a + b) / part.length;
    expect(mean(reports.slice(0, 3))).toBeGreaterThan(0.9 * Math.log(PROTOTYPES));
    expect(mean(reports.slice(-10))).toBeLessThan(mean(reports.slice(0, 3)) - 0.3);
    for (const { loss, assignmentEntropy, meanAssignmentEntropy, kl } of reports as Array<
      Record<string, number>
    >) {
      expect(kl).toBeCloseTo(loss! - assignmentEntropy!, 6);
      expect(assignmentEntropy).toBeLessThanOrEqual(meanAssignmentEntropy! + 1e-5);
      expect(meanAssignmentEntropy).toBeLessThanOrEqual(Math.log(PROTOTYPES) + 1e-5);
    }
  });

  it('takes what was planned, to the byte, and gives it back', async () => {
    const held = () => ({ tensors: tf.memory().numTensors, used: engineMemory().used });
    const { trainIndices, labels, store } = noisePictures(tiny, COUNT, SIZE);
    store.dispose();
    const plan = planMethod(tiny, { slots: COUNT, size: SIZE, trainIndices, labels })!;
    const before = held();
    const { method, dispose } = build(tiny);
    await method.prepare();
    expect(held().used - before.used).toBe(plan.stateBytes + plan.bytes);
    await method.trainStep(tiny);
    const during = held();
    for (let i = 0; i < 6; i++) await method.trainStep(tiny);
    expect(held()).toEqual(during);
    dispose();
    expect(held()).toEqual(before);
  });

  it('has as many weights as the form says', async () => {
    const { method, dispose } = build(tiny);
    const weights = (await method.stateDict()).filter(
      ({ name }) => name !== 'queue' && !name.includes('running_'),
    );
    const count = weights.reduce((sum, { data }) => sum + data.length, 0);
    const facts = { trainImages: COUNT, imageSize: SIZE, classes: 3 };
    expect(estimateCost(tiny, facts).parameters).toBe(count);
    dispose();
  });

  it('keeps prototypes of length 1 where they are while they are frozen', async () => {
    const { method, dispose } = build(tiny);
    const units = async () => {
      const rows = await stateOf(method, 'prototypes.weight');
      return Array.from({ length: PROTOTYPES }, (_, k) => {
        const row = rows.slice(8 * k, 8 * k + 8);
        const length = Math.hypot(...row);
        return [...row].map((value) => value / length);
      });
    };
    const change = (a: number[][], b: number[][]) =>
      Math.max(...a.flatMap((row, k) => row.map((value, i) => Math.abs(value - b[k]![i]!))));
    const start = await units();
    await method.trainStep(tiny);
    await method.trainStep(tiny);
    expect(change(await units(), start)).toBeLessThan(1e-6);
    await method.trainStep(tiny);
    expect(change(await units(), start)).toBeGreaterThan(1e-4);
    dispose();
  });

  it('fills the queue from the first step on and uses it from its epoch on, but never before it is full', async () => {
    const later = losses(await train({ ...tiny, epoch_queue_starts: 100 }, 8));
    const fromEpoch = losses(await train(tiny, 8));
    expect(fromEpoch.slice(0, 5)).toEqual(later.slice(0, 5));
    expect(fromEpoch[5]).not.toBe(later[5]);
    const fromStart = losses(await train({ ...tiny, epoch_queue_starts: 0 }, 8));
    expect(fromStart.slice(0, 2)).toEqual(later.slice(0, 2));
    expect(fromStart[2]).not.toBe(later[2]);

    const { method, dispose } = build(tiny);
    await method.trainStep(tiny);
    const queue = await stateOf(method, 'queue');
    // Each view's places: the newest four have length 1, the others are empty.
    const lengths = Array.from({ length: 16 }, (_, i) => Math.hypot(...queue.slice(8 * i, 8 * i + 8)));
    for (const [i, length] of lengths.entries()) expect(length).toBeCloseTo(i % 8 < 4 ? 1 : 0, 5);
    dispose();
  });

  it('obeys the live temperature and learning-rate scale from the next step on', async () => {
    const { method, dispose } = build(tiny);
    await method.trainStep(tiny);
    const { lr, loss } = (await method.trainStep({ ...tiny, lr_scale: 0.5, temperature: 1 })) as Record<
      string,
      number
    >;
    const plain = (await train(tiny, 2))[1] as Record<string, number>;
    expect(lr).toBeCloseTo(plain.lr! / 2, 10);
    expect(Math.abs(loss! - Math.log(PROTOTYPES))).toBeLessThan(Math.abs(plain.loss! - Math.log(PROTOTYPES)));
    dispose();
  });

  it('shows the assignments and predictions of the last step', async () => {
    const { method, dispose } = build(tiny);
    const { loss } = (await method.trainStep(tiny)) as Record<string, number>;
    const { views, answers } = (await method.views(2))!;
    expect(views.map(({ name }) => name)).toEqual(['global 1', 'global 2', 'local 1', 'local 2']);
    const { terms, targets, predictions } = answers!;
    expect([...terms].map((term) => term !== 0)).toEqual([false, true, true, true, true, false, true, true]);
    expect(terms.reduce((a, b) => a + b) / 6).toBeCloseTo(loss!, 4);
    for (const [rows, count] of [
      [targets, 2],
      [predictions, 4],
    ] as const) {
      expect(rows).toHaveLength(count * PROTOTYPES);
      for (let v = 0; v < count; v++) {
        const sum = rows.slice(PROTOTYPES * v, PROTOTYPES * (v + 1)).reduce((a, b) => a + b);
        expect(sum).toBeCloseTo(1, 4);
      }
    }
    dispose();
  });

  it('embeds features through the head in evaluation mode, row by row', async () => {
    const { method, dispose } = build(tiny);
    await method.calibrate();
    const features = await method.features(Int32Array.of(0, 1, 2), 'student');
    const width = method.featureDim;
    const all = await method.embed!(features, 3);
    expect(all).toHaveLength(3 * 8);
    const alone = await method.embed!(features.slice(width, 2 * width), 1);
    for (const [i, value] of alone.entries()) expect(value).toBeCloseTo(all[8 + i]!, 5);
    dispose();
  });
});

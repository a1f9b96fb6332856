/** A supervised run over its whole life, and what it does with labels that are few, uneven or gone. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { engineMemory, readBack, startEngine } from '../../engine';
import { normals } from '../../engine/testing/twins';
import { estimateCost, officialRecipeOf, type Recipe } from '../../recipe';
import type { TrainingOptions } from '../capturedTraining';
import { createMethod, planMethod } from '../index';
import { LabelledBatches } from '../labelledBatches';
import type { StepReport, TrainingImages } from '../method';
import { noisePictures } from '../testing/images';
import { labelControls, labelLoss } from './labelLoss';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const COUNT = 12;
const SIZE = 20;
const CLASSES = 3;

const tiny: Recipe = {
  ...officialRecipeOf('supervised'),
  ...{ arch: 'cnn', cnn_width: 4, cnn_blocks: 1, cnn_pool: 2 },
  ...{ global_crops_size: 16, global_crops_scale_min: 0.9, batch_size: 6, jitter_prob: 0, gray_prob: 0 },
  ...{ equalize_prob: 0, solarize_prob: 0, hflip_prob: 0 },
  ...{ optimizer: 'adamw', lr: 0.01, start_lr: 0, min_lr: 1e-4 },
  ...{ epochs: 40, steps_per_epoch: 5, warmup_epochs: 1 },
};
const vit: Partial<Recipe> = {
  ...{ arch: 'vit', patch_size: 8, embed_dim: 12, depth: 2, num_heads: 3, drop_path: 0.2, init: 'fan_in' },
};

function build(recipe: Recipe, options?: TrainingOptions) {
  const images = noisePictures(recipe, COUNT, SIZE, CLASSES);
  const method = createMethod(recipe, images, options);
  const dispose = () => {
    method.dispose();
    images.store.dispose();
  };
  return { images, method, dispose };
}

async function train(recipe: Recipe, steps: number, options?: TrainingOptions): Promise<StepReport[]> {
  const { method, dispose } = build(recipe, options);
  await method.calibrate();
  const reports: StepReport[] = [];
  for (let i = 0; i < steps; i++) reports.push(await method.trainStep(recipe));
  dispose();
  return reports;
}

const numbersOf = (reports: readonly StepReport[], name: string) =>
  reports.map((report) => report[name] as number);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

describe('a supervised run', () => {
  it.each<[string, Partial<Recipe>]>([
    ['the small CNN and AdamW', {}],
    ['a Vision Transformer with drop path', vit],
    ['LARS with Nesterov momentum', { optimizer: 'lars', lr: 0.5, nesterov: true }],
    ['SGD', { optimizer: 'sgd' }],
    ['a Wide ResNet', { arch: 'wide_resnet', wrn_depth: 10, wrn_widen: 1 }],
  ])('learns the same with %s, captured or eager, twice with the same bits', async (_, changes) => {
    const recipe = { ...tiny, ...changes };
    const first = numbersOf(await train(recipe, 5), 'loss');
    expect(first.every(Number.isFinite)).toBe(true);
    expect(new Set(first).size).toBe(5);
    expect(numbersOf(await train(recipe, 5, { mode: 'eager' }), 'loss')).toEqual(first);
    expect(numbersOf(await train(recipe, 5), 'loss')).toEqual(first);
  });

  it('starts near ln C, learns its labels by heart, and tells the pictures apart', async () => {
    const { images, method, dispose } = build(tiny);
    await method.calibrate();
    const reports: StepReport[] = [];
    for (let i = 0; i < 120; i++) reports.push(await method.trainStep(tiny));
    const [losses, correct] = [numbersOf(reports, 'loss'), numbersOf(reports, 'batchCorrect')];
    expect(Math.abs(mean(losses.slice(0, 3)) - Math.log(CLASSES))).toBeLessThan(0.4);
    expect(mean(losses.slice(-10))).toBeLessThan(mean(losses.slice(0, 3)) - 0.4);
    expect(mean(correct.slice(-10))).toBeGreaterThan(mean(correct.slice(0, 10)) + 20);
    for (const share of correct) expect(share * 12).toBeCloseTo(100 * Math.round((share * 12) / 100), 3);

    const features = await method.features(images.trainIndices, 'student');
    const probabilities = await method.classify!(features, COUNT);
    const told = Array.from({ length: COUNT }, (_, i) => {
      const row = [...probabilities.slice(CLASSES * i, CLASSES * (i + 1))];
      expect(mean(row) * CLASSES).toBeCloseTo(1, 5);
      return row.indexOf(Math.max(...row));
    });
    const right = told.filter((label, i) => label === images.labels.given[i]).length;
    expect(right).toBeGreaterThanOrEqual(9);
    expect(method.embed).toBeUndefined();
    dispose();
  });

  it('takes what was planned, to the byte, and gives it back', async () => {
    const held = () => ({ tensors: tf.memory().numTensors, used: engineMemory().used });
    const { trainIndices, labels, store } = noisePictures(tiny, COUNT, SIZE, CLASSES);
    store.dispose();
    const plan = planMethod(tiny, { slots: COUNT, size: SIZE, trainIndices, labels })!;
    const before = held();
    const { method, dispose } = build(tiny);
    await method.prepare();
    expect(held().used - before.used).toBe(plan.stateBytes + plan.bytes);
    await method.trainStep(tiny);
    const during = held();
    for (let i = 0; i < 4; i++) await method.trainStep(tiny);
    await method.views(2);
    expect(held()).toEqual(during);
    dispose();
    expect(held()).toEqual(before);
  });

  it('has as many weights as the form says', async () => {
    const { method, dispose } = build(tiny);
    const weights = (await method.stateDict()).filter(({ name }) => !name.includes('running_'));
    const count = weights.reduce((sum, { data }) => sum + data.length, 0);
    const facts = { trainImages: COUNT, imageSize: SIZE, classes: CLASSES };
    expect(estimateCost(tiny, facts).parameters).toBe(count);
    dispose();
  });

  it('shows two global views of labelled pictures, local crops or not', async () => {
    const { method, dispose } = build({ ...tiny, local_crops_number: 3 });
    await method.trainStep(tiny);
    const { views, answers } = (await method.views(2))!;
    expect(views.map(({ name }) => name)).toEqual(['global 1', 'global 2']);
    expect(answers).toBeNull();
    dispose();
  });

  it('says what is missing where no training picture has a label', async () => {
    const { images, method, dispose } = build(tiny);
    images.labels.given = new Int32Array(COUNT).fill(-1);
    await expect(method.trainStep(tiny)).rejects.toThrow('No training picture has a label');
    dispose();
  });

  it('follows labels that change between two steps', async () => {
    const { images, method, dispose } = build(tiny);
    await method.trainStep(tiny);
    const given = images.labels.given.slice();
    given.fill(-1, 1);
    images.labels.given = given;
    await method.trainStep(tiny);
    expect(new Set((await method.views(6))!.indices)).toEqual(new Set([0]));
    dispose();
  });
});

describe('batches of labelled pictures', () => {
  const labelled = (labels: number[], rows: number) => {
    const given = Int32Array.from(labels);
    const images: Pick<TrainingImages, 'trainIndices' | 'labels'> = {
      trainIndices: Int32Array.from(labels.keys()),
      labels: { classes: 4, given, truth: given },
    };
    return { images, batches: new LabelledBatches(images, rows, 1) };
  };

  it('take every labelled class equally often, and pictures again where there are few', () => {
    const { images, batches } = labelled([0, 0, 0, 0, 1, -1, 3, 3], 9);
    for (let step = 0; step < 5; step++) {
      const { indices, classes } = batches.at(step);
      for (const label of [0, 1, 3]) expect(classes.filter((c) => c === label)).toHaveLength(3);
      for (const [row, index] of indices.entries()) expect(images.labels.given[index]).toBe(classes[row]);
      expect(indices.filter((index) => index === 4)).toHaveLength(3);
    }
    expect(batches.at(3)).toEqual(batches.at(3));
    expect(batches.at(3)).not.toEqual(batches.at(4));
  });

  it('take other classes each time where there are fewer rows than classes', () => {
    const { batches } = labelled([0, 1, 2, 3], 2);
    const seen = new Set(Array.from({ length: 20 }, (_, step) => [...batches.at(step).classes]).flat());
    expect(seen.size).toBe(4);
  });

  it('go on as they were when all labels are taken back', () => {
    const { images, batches } = labelled([0, 1, 2, 3], 4);
    const before = batches.at(7);
    images.labels.given = new Int32Array(4).fill(-1);
    expect(batches.at(7)).toEqual(before);
  });
});

describe('the label loss', () => {
  it.each([0, 0.1])(
    'is the cross-entropy with targets smoothed by %s, and so is its gradient',
    async (smoothing) => {
      const classes = tf.tensor1d([2, 0, 0, 4]);
      const controls = tf.tensor1d(
        labelControls({ lr: 0, weightDecay: 0, clip: 0, trainLast: true }, smoothing),
      );
      const logits = normals('label loss')([4, 5], 2);
      const plain = (x: tf.Tensor) => {
        const targets = tf.add(tf.mul(tf.oneHot(tf.cast(classes, 'int32'), 5), 1 - smoothing), smoothing / 5);
        return tf.losses.softmaxCrossEntropy(targets, x) as tf.Tensor;
      };
      const ours = (x: tf.Tensor) => labelLoss({ logits: x, classes }, controls).loss;
      expect((await readBack(ours(logits)))[0]).toBeCloseTo((await readBack(plain(logits)))[0]!, 5);
      const [mine, theirs] = [await readBack(tf.grad(ours)(logits)), await readBack(tf.grad(plain)(logits))];
      for (const [i, value] of mine.entries()) expect(value).toBeCloseTo(theirs[i]!, 5);
      const hits = (await readBack(labelLoss({ logits, classes }, controls).statistics)).slice(4);
      const greatest = await tf.argMax(logits, 1).data();
      expect([...hits]).toEqual([2, 0, 0, 4].map((label, row) => Number(greatest[row] === label)));
    },
  );
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { COLUMNS } from '../../augmentation';
import { engineMemory, startEngine } from '../../engine';
import { blankParameters } from '../../models/parameters';
import { findPreset, methodFacts, type Recipe } from '../../recipe';
import type { TrainingOptions } from '../capturedTraining';
import { createMethod, planMethod } from '../index';
import type { TrainingImages, TrainingMethod } from '../method';
import { noisePictures } from '../testing/images';
import { pawsParts } from './pawsTraining';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const COUNT = 12;
const SIZE = 20;
const CLASSES = 3;

const tiny: Partial<Recipe> = {
  cnn_width: 4,
  cnn_blocks: 1,
  cnn_pool: 1,
  head_hidden_dim: 16,
  output_dim: 8,
  global_crops_size: 16,
  local_crops_size: 8,
  batch_size: 4,
  supervised_imgs_per_class: 2,
  epochs: 30,
  steps_per_epoch: 5,
  warmup_epochs: 1,
  paws_ramp_start: 0,
  paws_ramp_end: 0,
};

function recipeOf(changes: Partial<Recipe> = {}): Recipe {
  return { ...findPreset('grey-paws-quick')!.recipe, ...tiny, ...changes };
}

/** A run, and what must be disposed with it. */
function build(recipe: Recipe, options?: TrainingOptions, given?: number[]) {
  const images = noisePictures(recipe, COUNT, SIZE, CLASSES);
  if (given) images.labels.given = Int32Array.from(given);
  const method = createMethod(recipe, images, options);
  const dispose = () => {
    method.dispose();
    images.store.dispose();
  };
  return { method, images, dispose };
}

async function losses(recipe: Recipe, steps: number, options?: TrainingOptions): Promise<number[]> {
  const { method, dispose } = build(recipe, options);
  await method.calibrate();
  const seen: number[] = [];
  for (let i = 0; i < steps; i++) seen.push((await method.trainStep(recipe)).loss);
  dispose();
  return seen;
}

const vit: Partial<Recipe> = {
  arch: 'vit',
  embed_dim: 12,
  depth: 2,
  num_heads: 3,
  patch_size: 8,
  drop_path: 0.2,
};
const variants: Array<[string, Partial<Recipe>]> = [
  ['the small CNN and its label loss', {}],
  ['no label loss', { support_ce_weight: 0 }],
  ['small views and a prediction head', { local_crops_number: 2, use_pred_head: true }],
  [
    'views of one size, one view a vote',
    { local_crops_number: 1, local_crops_size: 16, supervised_views: 1 },
  ],
  ['two of three classes a step', { classes_per_batch: 2 }],
  ['more votes than there are labels', { supervised_imgs_per_class: 6 }],
  ['a Vision Transformer with drop path', vit],
  [
    'a ResNet and LARS',
    { arch: 'resnet', resnet_depth: 18, resnet_width: 4, resnet_stem: 'small', optimizer: 'lars' },
  ],
  ['a Wide ResNet and SGD', { arch: 'wide_resnet', wrn_depth: 10, wrn_widen: 1, optimizer: 'sgd', lr: 0.01 }],
];

describe('a PAWS run', () => {
  it.each(variants)('learns with %s: captured as eager, bit for bit', async (_, changes) => {
    const recipe = recipeOf(changes);
    const captured = await losses(recipe, 4);
    expect(captured.every(Number.isFinite)).toBe(true);
    expect(new Set(captured).size).toBe(4);
    expect(await losses(recipe, 4)).toEqual(captured);
    expect(await losses(recipe, 4, { mode: 'eager' })).toEqual(captured);
  });

  it('crops the support apart from the pictures it votes on, and asks for columns of hidden classes', () => {
    const recipe = recipeOf({ classes_per_batch: 2, batch_size: 6, jitter_prob: 1 });
    const images = noisePictures(recipe, COUNT, SIZE, CLASSES);
    const isGiven = (index: number) => index < 7;
    images.labels.given = images.labels.given.map((label, index) => (isGiven(index) ? label : -1));
    const parts = pawsParts(recipe, images, blankParameters);
    const crops = new Set<string>();
    for (const step of [0, 1, 2]) {
      const { values } = parts.inputsAt(step, recipe);
      const rows = values['crops 0']!;
      expect(rows).toHaveLength((2 * 4 + 2 * 6) * COLUMNS);
      for (let at = 0; at < rows.length; at += COLUMNS) crops.add(rows.slice(at + 1, at + COLUMNS).join());
      const [one, two] = values['support classes']!;
      const columns = [0, 1, 2].map((label) => [one, two].indexOf(label));
      const batch = images.batchAt(step);
      const hidden = [...batch].map((index) => (isGiven(index) ? -1 : columns[index % CLASSES]!));
      expect([...values.truth!]).toEqual(hidden);
    }
    // No two crops of all three steps are alike.
    expect(crops.size).toBe(3 * (2 * 4 + 2 * 6));
    parts.dispose();
    images.store.dispose();
  });

  it('takes another course with another seed', async () => {
    expect(await losses(recipeOf({ seed: 1 }), 2)).not.toEqual(await losses(recipeOf({ seed: 2 }), 2));
  });

  it('takes what was planned, to the byte, and gives it back', async () => {
    const recipe = recipeOf({ local_crops_number: 2 });
    const { trainIndices, labels, store } = noisePictures(recipe, COUNT, SIZE, CLASSES);
    store.dispose();
    const plan = planMethod(recipe, { trainIndices, labels, slots: COUNT, size: SIZE })!;
    const before = { tensors: tf.memory().numTensors, used: engineMemory().used };
    const { method, dispose } = build(recipe);
    await method.prepare();
    expect(engineMemory().used - before.used).toBe(plan.stateBytes + plan.bytes);
    dispose();
    expect({ tensors: tf.memory().numTensors, used: engineMemory().used }).toEqual(before);
  });

  it('leaves no tensor behind from step to step', async () => {
    const recipe = recipeOf();
    const { method, dispose } = build(recipe);
    await method.trainStep(recipe);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await method.trainStep(recipe);
    await method.views(2);
    await method.ballots!(Int32Array.of(0, 1));
    const features = await method.features(Int32Array.of(0, 1), 'student');
    await method.embed!(features, 2);
    await method.classify!(features, 2);
    expect(tf.memory().numTensors).toBe(before);
    dispose();
  });

  it('reports its series, and ramps the votes over its share of the run', async () => {
    const recipe = recipeOf({ paws_ramp_start: 0.02, paws_ramp_end: 0.04, epochs: 30 });
    const { method, dispose } = build(recipe);
    const reports = [];
    for (let i = 0; i < 8; i++) reports.push(await method.trainStep(recipe));
    expect(Object.keys(reports[0]!).sort()).toEqual(Object.keys(methodFacts.paws.series).sort());
    expect(method.totalSteps).toBe(150);
    expect(reports.map(({ pawsWeight }) => Math.round(100 * pawsWeight!))).toEqual([
      0, 0, 0, 0, 33, 67, 100, 100,
    ]);
    for (const { loss, pawsWeight, pawsLoss, meMaxLoss, supportCe } of reports) {
      expect(loss).toBeCloseTo(pawsWeight! * (pawsLoss! + meMaxLoss!) + supportCe!, 4);
    }
    dispose();
  });

  it('obeys live settings from the next step on, and says what it does not know', async () => {
    const recipe = recipeOf({ support_ce_weight: 0 });
    const { method, images, dispose } = build(recipe);
    images.labels.truth.fill(-1);
    images.labels.given = Int32Array.from([0, 1, 2, -1, -1, -1, -1, -1, -1, -1, -1, -1]);
    const first = await method.trainStep(recipe);
    expect(first.meMaxLoss).toBeCloseTo(-first.meanEntropy!, 6);
    expect(first.supportCe).toBe(0);
    expect(first.supportCorrect).toBeNaN();
    // Nothing is known of it but the labels that were given.
    expect(first.pseudoCorrect).toBeNaN();
    const off = await method.trainStep({ ...recipe, me_max: false });
    expect(off.pseudoCorrect).toBeNaN();
    expect(off.meMaxLoss).toBe(0);
    expect(off.loss).toBeCloseTo(off.pawsLoss!, 6);
    expect(off.meanEntropy).toBeGreaterThan(0);
    expect(method.classify).toBeUndefined();
    dispose();
  });

  it('shows the views of the latest step and what they were asked', async () => {
    const recipe = recipeOf({ local_crops_number: 1 });
    const { method, dispose } = build(recipe);
    expect(await method.views(2)).toBeNull();
    await method.trainStep(recipe);
    const { indices, views, answers } = (await method.views(2))!;
    expect([...indices]).toEqual([0, 1]);
    expect(views.map(({ name, size }) => [name, size])).toEqual([
      ['global 1', 16],
      ['global 2', 16],
      ['local 1', 8],
    ]);
    expect([answers!.terms.length, answers!.targets.length, answers!.predictions.length]).toEqual([6, 6, 9]);
    dispose();
  });

  it('keeps official names, and a classifier only for the label loss', async () => {
    const names = async (changes: Partial<Recipe>) => {
      const { method, dispose } = build(recipeOf(changes));
      const found = (await method.stateDict()).map(({ name }) => name);
      dispose();
      return found;
    };
    const all = await names({});
    expect(all).toEqual(expect.arrayContaining(['conv1.weight', 'fc.fc3.bias', 'fc.bn2.running_var']));
    expect(all.filter((name) => name.startsWith('classifier'))).toEqual([
      'classifier.weight',
      'classifier.bias',
    ]);
    const pure = await names({ support_ce_weight: 0, use_pred_head: true });
    expect(pure.some((name) => name.startsWith('classifier'))).toBe(false);
    expect(pure).toContain('pred.bn1.running_mean');
  });
});

describe('labels', () => {
  it('change from one step to the next', async () => {
    const recipe = recipeOf();
    const second = async (relabel: (images: TrainingImages) => void) => {
      const { method, images, dispose } = build(recipe);
      await method.trainStep(recipe);
      relabel(images);
      const { loss } = await method.trainStep(recipe);
      dispose();
      return loss;
    };
    const same = await second(() => undefined);
    expect(await second(({ labels }) => (labels.given = labels.given.slice()))).toBe(same);
    const swapped = await second(({ labels }) => {
      labels.given = labels.given.map((label) => (label === 0 ? 1 : label === 1 ? 0 : label));
    });
    expect(Math.abs(swapped! - same!)).toBeGreaterThan(1e-4);
  });

  it('may lose a class, or all, without stopping a run', async () => {
    const recipe = recipeOf();
    const { method, images, dispose } = build(recipe);
    await method.trainStep(recipe);
    images.labels.given = images.labels.given.map((label) => (label === 2 ? -1 : label));
    const without = await method.trainStep(recipe);
    expect(Number.isFinite(without.loss)).toBe(true);
    const [ballot] = await method.ballots!(Int32Array.of(2));
    // The rows of the class that went are filled by the two that are left.
    expect([...ballot!.supportLabels].sort()).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...ballot!.supportLabels]).toEqual([...ballot!.support].map((index) => index % CLASSES));
    images.labels.given = new Int32Array(COUNT).fill(-1);
    expect(Number.isFinite((await method.trainStep(recipe)).loss)).toBe(true);
    dispose();
  });

  it('are asked for in words where there were never any', async () => {
    const recipe = recipeOf();
    const { method, dispose } = build(recipe, {}, new Array(COUNT).fill(-1));
    await expect(method.trainStep(recipe)).rejects.toThrow('No training picture has a label.');
    dispose();
  });

  it('of a class without any do not matter to the others', async () => {
    const recipe = recipeOf();
    const { method, dispose } = build(recipe, {}, [0, 1, -1, 0, 1, -1, -1, -1, -1, -1, -1, -1]);
    const report = await method.trainStep(recipe);
    expect(Number.isFinite(report.loss)).toBe(true);
    const [ballot] = await method.ballots!(Int32Array.of(2));
    expect(ballot!.probabilities[2]).toBe(0);
    dispose();
  });
});

describe('ballots', () => {
  const sum = (values: Float32Array) => values.reduce((a, b) => a + b);
  const cast = async (method: TrainingMethod, index: number) =>
    (await method.ballots!(Int32Array.of(index)))[0]!;

  it('are held before the first step, and are the same for a picture whoever else is asked about', async () => {
    const { method, dispose } = build(recipeOf());
    await method.calibrate();
    const alone = await cast(method, 5);
    const [other, beside] = await method.ballots!(Int32Array.of(3, 5));
    expect(beside).toEqual(alone);
    expect(other!.views[0]!.boxes).not.toEqual(alone.views[0]!.boxes);
    expect(alone.index).toBe(5);
    expect(alone.views.map(({ name, size, pixels }) => [name, size, pixels.length])).toEqual([
      ['global 1', 16, 16 * 16 * 4],
      ['global 2', 16, 16 * 16 * 4],
    ]);
    expect(alone.support).toHaveLength(6);
    expect([...alone.supportLabels]).toEqual([...alone.support].map((index) => index % CLASSES));
    for (const rows of [alone.votes, alone.probabilities, alone.targets]) {
      for (const view of [0, 1]) {
        const length = rows.length / 2;
        expect(sum(rows.slice(view * length, (view + 1) * length))).toBeCloseTo(1, 5);
      }
    }
    // Sharpening makes the likeliest class likelier.
    expect(Math.max(...alone.targets.slice(0, 3))).toBeGreaterThan(
      Math.max(...alone.probabilities.slice(0, 3)),
    );
    dispose();
  });

  it('count a picture once that its class repeats for want of others', async () => {
    const { method, dispose } = build(recipeOf({ supervised_imgs_per_class: 3 }), {}, [
      ...[0, 1, 2, 0, 1, -1, -1, -1, -1, -1, -1, -1],
    ]);
    const ballot = await cast(method, 5);
    expect([...ballot.support].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(ballot.votes).toHaveLength(2 * 5);
    expect(sum(ballot.votes)).toBeCloseTo(2, 5);
    expect(Math.max(...ballot.similarities)).toBeLessThanOrEqual(1 + 1e-6);
    expect(await method.ballots!(new Int32Array())).toEqual([]);
    dispose();
  });

  it('follow a changed label at once, the voters staying the same', async () => {
    const recipe = recipeOf();
    const { method, images, dispose } = build(recipe);
    await method.trainStep(recipe);
    const before = await cast(method, 5);
    const voter = before.support[0]!;
    images.labels.given = images.labels.given.map((label, index) =>
      index === voter ? (label + 1) % CLASSES : label,
    );
    const after = await cast(method, 5);
    expect(after.support).toEqual(before.support);
    expect(after.similarities).toEqual(before.similarities);
    expect(after.supportLabels[0]).toBe((before.supportLabels[0]! + 1) % CLASSES);
    const share = before.votes[0]!;
    const lost =
      before.probabilities[before.supportLabels[0]!]! - after.probabilities[before.supportLabels[0]!]!;
    expect(lost).toBeCloseTo(0.9 * share, 5);
    dispose();
  });
});

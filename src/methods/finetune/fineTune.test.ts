/** Fine-tuning of finished runs, whatever their method: copies learn the labels, the run stays as it is. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { engineMemory, startEngine } from '../../engine';
import { officialRecipeOf, type Recipe } from '../../recipe';
import type { TrainingOptions } from '../capturedTraining';
import { createMethod } from '../index';
import type { FineTuned, FineTuneOptions, FineTuneReport } from '../method';
import { noisePictures } from '../testing/images';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const COUNT = 12;
const SIZE = 20;
const CLASSES = 3;
const everything = Int32Array.from({ length: COUNT }, (_, i) => i);

const shared: Partial<Recipe> = {
  ...{ arch: 'cnn', cnn_width: 4, cnn_blocks: 1, cnn_pool: 2 },
  ...{ global_crops_size: 16, global_crops_scale_min: 0.9, local_crops_size: 8, local_crops_number: 0 },
  ...{
    batch_size: 6,
    head_hidden_dim: 12,
    head_bottleneck_dim: 6,
    out_dim: 16,
    output_dim: 8,
    hflip_prob: 0,
  },
  ...{
    nmb_prototypes: 6,
    supervised_imgs_per_class: 2,
    optimizer: 'adamw',
    lr: 0.003,
    start_lr: 0,
    min_lr: 1e-4,
  },
  ...{ epochs: 40, steps_per_epoch: 5, warmup_epochs: 1 },
};
const recipeOf = (method: Recipe['method'], changes: Partial<Recipe> = {}): Recipe => ({
  ...officialRecipeOf(method),
  ...shared,
  ...changes,
});
const vit: Partial<Recipe> = {
  ...{ arch: 'vit', patch_size: 8, embed_dim: 24, depth: 2, num_heads: 3, drop_path: 0.2, init: 'fan_in' },
};

async function build(recipe: Recipe, options?: TrainingOptions) {
  const images = noisePictures(recipe, COUNT, SIZE, CLASSES);
  const method = createMethod(recipe, images, options);
  await method.calibrate();
  for (let i = 0; i < 2; i++) await method.trainStep(recipe);
  const dispose = () => {
    method.dispose();
    images.store.dispose();
  };
  const tune = (given: FineTuneOptions) => method.fineTune!(given);
  return { images, method, tune, dispose };
}

const lossOf = (reports: readonly FineTuneReport[]) =>
  reports.reduce((sum, { loss }) => sum + loss, 0) / reports.length;

/** How many of all pictures are told right. */
async function told(tuned: FineTuned, given: Int32Array): Promise<number> {
  const probabilities = await tuned.classify(everything);
  expect(probabilities).toHaveLength(COUNT * CLASSES);
  return given.filter((label, i) => {
    const row = [...probabilities.slice(CLASSES * i, CLASSES * (i + 1))];
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
    return row.indexOf(Math.max(...row)) === label;
  }).length;
}

const held = () => ({ tensors: tf.memory().numTensors, used: engineMemory().used });

const methods: Array<[string, Recipe]> = [
  ['DINO with a Vision Transformer', recipeOf('dino', vit)],
  ['DINO with a small CNN', recipeOf('dino')],
  ['PAWS', recipeOf('paws')],
  ['SwAV', recipeOf('swav')],
  [
    'the supervised baseline with a Wide ResNet',
    recipeOf('supervised', { arch: 'wide_resnet', wrn_depth: 10, wrn_widen: 1, global_crops_size: 8 }),
  ],
];

describe.each(methods)('fine-tuning after %s', (_, recipe) => {
  it.each([
    ['a classifier on frozen features', { kind: 'linear', trunk: false, lr: 0.05 }],
    ['a classifier with its trunk', { kind: 'linear', trunk: true, lr: 0.02 }],
    ['SuNCEt', { kind: 'suncet', trunk: true, lr: 2 }],
  ] as const)('%s learns, leaves the run as it was, and gives back what it took', async (_name, kind) => {
    const { images, method, tune, dispose } = await build(recipe);
    const before = held();
    const state = await method.stateDict();
    const seen: FineTuneReport[] = [];
    const steps = 100;
    const tuned = await tune({ ...kind, steps, onStep: (report) => seen.push(report) });
    expect(tuned.history).toEqual(seen);
    expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (__, i) => i + 1));
    expect(lossOf(seen.slice(-10))).toBeLessThan(lossOf(seen.slice(0, 10)));
    // By chance four would be.
    expect(await told(tuned, images.labels.given)).toBeGreaterThan(7);
    expect(await method.stateDict()).toEqual(state);
    tuned.dispose();
    expect(held()).toEqual(before);
    dispose();
  });
});

describe('fine-tuning', () => {
  const recipe = recipeOf('paws');

  it('begins at ln C, since the classifier starts at zero', async () => {
    const { tune, dispose } = await build(recipe);
    const { history } = await tune({ kind: 'linear', trunk: false, steps: 1 });
    expect(history[0]!.loss).toBeCloseTo(Math.log(CLASSES), 5);
    dispose();
  });

  it.each([
    { kind: 'linear', trunk: false, steps: 4 },
    { kind: 'linear', trunk: true, steps: 4 },
    { kind: 'suncet', trunk: true, steps: 4 },
  ] as const)('$kind, trunk $trunk: is the same with the same bits, captured or eager', async (options) => {
    const run = async (training?: TrainingOptions) => {
      const { tune, dispose } = await build(recipe, training);
      const tuned = await tune(options);
      const result = { history: tuned.history, probabilities: await tuned.classify(everything) };
      tuned.dispose();
      dispose();
      return result;
    };
    const first = await run();
    expect(new Set(first.history.map(({ loss }) => loss)).size).toBe(4);
    expect(await run()).toEqual(first);
    expect(await run({ mode: 'eager' })).toEqual(first);
  });

  it('moves the trunk only where it is told to', async () => {
    const { tune, dispose } = await build(recipe);
    const losses = async (trunk: boolean) =>
      (await tune({ kind: 'linear', trunk, steps: 3 })).history.map(({ loss }) => loss);
    expect(await losses(true)).not.toEqual(await losses(false));
    dispose();
  });

  it('goes on with the labels it began with while others are given', async () => {
    const { images, tune, dispose } = await build(recipe);
    const plain = await tune({ kind: 'linear', trunk: false, steps: 3 });
    const given = images.labels.given;
    const disturbed = await tune({
      ...{ kind: 'linear', trunk: false, steps: 3 },
      onStep: () => {
        images.labels.given = given.map((label) => (label + 1) % CLASSES);
      },
    });
    expect(disturbed.history).toEqual(plain.history);
    dispose();
  });

  it('stops when it is told to, and gives back what it took', async () => {
    const { tune, dispose } = await build(recipe);
    const before = held();
    const stop = new AbortController();
    const reached: number[] = [];
    const tuning = tune({
      ...{ kind: 'suncet', trunk: true, steps: 50, signal: stop.signal },
      onStep: ({ step }) => {
        reached.push(step);
        if (step === 3) stop.abort();
      },
    });
    await expect(tuning).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(reached).toEqual([1, 2, 3]);
    expect(held()).toEqual(before);
    dispose();
  });

  it('says so where the rate is far too high, and gives back what it took', async () => {
    const { tune, dispose } = await build(recipe);
    const before = held();
    const tuning = tune({ kind: 'linear', trunk: false, steps: 60, lr: 3e38 });
    expect(
      await tuning.then(
        () => 'done',
        ({ code }) => code,
      ),
    ).toBe('diverged');
    expect(held()).toEqual(before);
    dispose();
  });

  it('refuses labels that nothing can be learnt from', async () => {
    const { images, tune, dispose } = await build(recipe);
    const before = held();
    const options = { kind: 'linear', trunk: false, steps: 2 } as const;
    images.labels.given = new Int32Array(COUNT).fill(-1);
    await expect(tune(options)).rejects.toMatchObject({ code: 'labels/none' });
    images.labels.given = images.labels.given.map((_, i) => (i < 3 ? 1 : -1));
    await expect(tune(options)).rejects.toMatchObject({ code: 'labels/one-class' });
    expect(held()).toEqual(before);
    dispose();
  });
});

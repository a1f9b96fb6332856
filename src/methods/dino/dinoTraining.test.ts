import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../engine';
import { findPreset, type Recipe } from '../../recipe';
import { createMethod } from '../index';
import { noisePictures } from '../testing/images';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const COUNT = 12;
const SIZE = 20;

const tiny: Partial<Recipe> = {
  embed_dim: 12,
  depth: 2,
  num_heads: 3,
  patch_size: 8,
  global_crops_size: 16,
  local_crops_size: 8,
  local_crops_number: 2,
  batch_size: 4,
  out_dim: 16,
  head_hidden_dim: 16,
  head_bottleneck_dim: 8,
  epochs: 4,
  steps_per_epoch: 5,
  warmup_epochs: 1,
  freeze_last_layer: 0.4,
};

function recipeOf(preset: string, changes: Partial<Recipe> = {}): Recipe {
  return { ...findPreset(preset)!.recipe, ...tiny, ...changes };
}

function build(recipe: Recipe) {
  return createMethod(recipe, noisePictures(recipe, COUNT, SIZE));
}

async function losses(recipe: Recipe, steps: number): Promise<number[]> {
  const method = build(recipe);
  await method.calibrate();
  const seen: number[] = [];
  for (let i = 0; i < steps; i++) seen.push((await method.trainStep(recipe)).loss);
  method.dispose();
  return seen;
}

const variants: Array<[string, string, Partial<Recipe>]> = [
  ['a Vision Transformer', 'confetti-quick', {}],
  [
    'official centring and drop path',
    'confetti-quick',
    { centering: 'ema', drop_path: 0.3, init: 'official' },
  ],
  ['a convolutional stem', 'confetti-quick', { conv_stem: true, embed_dim: 48 }],
  ['global and local crops of one size', 'confetti-quick', { local_crops_size: 16 }],
  ['no local crops', 'confetti-quick', { local_crops_number: 0 }],
  ['batch norm in the head', 'confetti-quick', { use_bn_in_head: true }],
  ['SGD', 'confetti-quick', { optimizer: 'sgd' }],
  ['LARS', 'confetti-quick', { optimizer: 'lars' }],
  ['trained gains of the last layer', 'confetti-quick', { norm_last_layer: false }],
  ['the small CNN, its last map smaller than the grid', 'photos-quick', { cnn_pool: 4, cnn_width: 4 }],
];

describe('a DINO run', () => {
  it.each(variants)('trains with %s, twice with the same bits', async (_, preset, changes) => {
    const recipe = recipeOf(preset, changes);
    const first = await losses(recipe, 4);
    expect(first.every(Number.isFinite)).toBe(true);
    expect(new Set(first).size).toBe(4);
    expect(await losses(recipe, 4)).toEqual(first);
  });

  it('takes another course with another seed', async () => {
    const [a, b] = await Promise.all([0, 1].map((seed) => losses(recipeOf('confetti-quick', { seed }), 2)));
    expect(a).not.toEqual(b);
  });

  it('leaves no tensor behind from step to step', async () => {
    const recipe = recipeOf('confetti-quick');
    const method = build(recipe);
    await method.trainStep(recipe);
    await method.trainStep(recipe);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await method.trainStep(recipe);
    await method.views(2);
    await method.features(Int32Array.of(0, 1), 'teacher');
    await method.attention(Int32Array.of(0, 1), 'student');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('freezes the last layer at first, and follows it with the teacher later', async () => {
    const recipe = recipeOf('confetti-quick');
    const method = build(recipe);
    const lastLayer = async (who: string) =>
      (await method.stateDict()).find(({ name }) => name === `${who}.head.last_layer.weight_v`)!.data;
    const start = await lastLayer('student');
    await method.trainStep(recipe);
    await method.trainStep(recipe);
    expect(await lastLayer('student')).toEqual(start);
    await method.trainStep(recipe);
    expect(await lastLayer('student')).not.toEqual(start);
    expect(await lastLayer('teacher')).not.toEqual(start);
    expect(await lastLayer('teacher')).not.toEqual(await lastLayer('student'));
  });

  it('shows the views, terms and distributions of the last step', async () => {
    const recipe = recipeOf('confetti-quick');
    const method = build(recipe);
    expect(await method.views(2)).toBeNull();
    const { loss } = await method.trainStep(recipe);
    const views = (await method.views(2))!;
    expect([...views.indices]).toEqual([0, 1]);
    expect(views.views.map(({ name, size }) => [name, size])).toEqual([
      ['global 1', 16],
      ['global 2', 16],
      ['local 1', 8],
      ['local 2', 8],
    ]);
    expect(views.views[0]!.pixels).toHaveLength(2 * 16 * 16 * 4);
    const pairs = [...views.answers!.terms].filter((term) => term !== 0);
    expect(pairs).toHaveLength(6);
    expect(pairs.reduce((a, b) => a + b) / 6).toBeCloseTo(loss, 4);
    for (const rows of [views.answers!.targets, views.answers!.predictions]) {
      const sums = Array.from({ length: rows.length / 16 }, (_, v) =>
        rows.slice(16 * v, 16 * v + 16).reduce((a, b) => a + b),
      );
      for (const sum of sums) expect(sum).toBeCloseTo(1, 4);
    }
  });

  it('looks at whole images of any size: features and attention', async () => {
    const method = build(recipeOf('confetti-quick'));
    const indices = Int32Array.of(3, 5, 7);
    expect(await method.features(indices, 'teacher')).toHaveLength(3 * 12);
    for (const [size, side] of [
      [16, 2],
      [32, 4],
    ] as const) {
      const attention = (await method.attention(indices, 'teacher', size))!;
      expect([attention.heads, attention.rows, attention.cols]).toEqual([3, side, side]);
      const first = attention.weights.slice(0, side * side).reduce((a, b) => a + b);
      expect(first).toBeGreaterThan(0.1);
      expect(first).toBeLessThan(1);
    }
    expect(await build(recipeOf('photos-quick')).attention(indices, 'teacher')).toBeNull();
  });

  it('obeys live settings from the next step on', async () => {
    const recipe = recipeOf('confetti-quick');
    const method = build(recipe);
    await method.trainStep(recipe);
    const changed = {
      ...recipe,
      teacher_temp: 0.05,
      warmup_teacher_temp: 0.05,
      lr_scale: 0.5,
      momentum_teacher: 0.9,
    };
    const report = await method.trainStep(changed);
    expect(report.teacherTemp).toBe(0.05);
    expect(report.momentum).toBeLessThan(0.92);
    const blunt = await method.trainStep({ ...recipe, sharpening_on: false });
    expect(blunt.teacherTemp).toBe(recipe.student_temp);
    const plain = build(recipe);
    await plain.trainStep(recipe);
    expect(report.lr).toBeCloseTo((await plain.trainStep(recipe)).lr / 2, 10);
  });

  it('centres the batch statistics of the CNN before step 0 is scored', async () => {
    const method = build(recipeOf('photos-quick', { cnn_width: 4 }));
    const running = async () =>
      (await method.stateDict()).find(({ name }) => name === 'teacher.backbone.bn1.running_var')!.data;
    expect([...(await running())]).toEqual([1, 1, 1, 1]);
    await method.calibrate();
    expect([...(await running())].some((value) => Math.abs(value - 1) > 0.1)).toBe(true);
  });
});

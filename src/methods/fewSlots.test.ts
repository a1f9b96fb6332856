/** Sets larger than the room on the device train, and are looked at, as if there were room for all. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../engine';
import { findPreset, type Recipe } from '../recipe';
import type { TrainingOptions } from './capturedTraining';
import { createMethod } from './index';
import { noisePictures } from './testing/images';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const COUNT = 24;
const SIZE = 20;
const tiny: Partial<Recipe> = {
  global_crops_size: 16,
  local_crops_size: 8,
  batch_size: 4,
  cnn_width: 4,
  cnn_blocks: 1,
  cnn_pool: 1,
  head_hidden_dim: 16,
  epochs: 4,
  steps_per_epoch: 5,
  warmup_epochs: 0,
};
const recipes: [method: string, recipe: Recipe, fewest: number][] = [
  ['DINO', { ...findPreset('photos-quick')!.recipe, ...tiny, out_dim: 32, head_bottleneck_dim: 8 }, 4],
  // Four to train on, and two that vote of each class.
  [
    'PAWS',
    { ...findPreset('grey-paws-quick')!.recipe, ...tiny, output_dim: 8, supervised_imgs_per_class: 2 },
    10,
  ],
  [
    'supervised training',
    { ...findPreset('grey-paws-quick')!.recipe, ...tiny, output_dim: 8, method: 'supervised' },
    4,
  ],
];

/** Everything that a short run and looks at it come to. */
async function runWith(recipe: Recipe, slots: number, options?: TrainingOptions) {
  const images = noisePictures(recipe, COUNT, SIZE, 3, slots);
  const method = createMethod(recipe, images, options);
  await method.calibrate();
  const network = method.networks.at(-1)!;
  const reports: unknown[] = [];
  for (let step = 0; step < 6; step++) {
    reports.push(await method.trainStep(recipe));
    // Looks take other pictures in between two steps.
    if (step % 2 === 0) reports.push(await method.features(Int32Array.of(20, 3, 11, 7, 15, 1), network));
  }
  reports.push(await method.views(4), await method.ballots?.(Int32Array.of(2, 23, 9)));
  // Steps that are under way together, as the session sends them.
  reports.push(...(await Promise.all([0, 1, 2].map(() => method.trainStep(recipe)))));
  method.dispose();
  images.store.dispose();
  return reports;
}

describe('room for the pictures of a step only', () => {
  it.each(recipes)('changes no bit of %s', async (_, recipe, fewest) => {
    const all = await runWith(recipe, COUNT);
    expect(await runWith(recipe, fewest)).toEqual(all);
    expect(await runWith(recipe, fewest + 3)).toEqual(all);
  });

  it('changes no bit of eager steps', async () => {
    const [, recipe, fewest] = recipes[0]!;
    const eager = { mode: 'eager' } as const;
    expect(await runWith(recipe, fewest, eager)).toEqual(await runWith(recipe, COUNT, eager));
  });

  it('changes no bit of fine-tuning', async () => {
    const recipe = recipes[1]![1];
    const tuned = async (slots: number) => {
      const images = noisePictures(recipe, COUNT, SIZE, 3, slots);
      const method = createMethod(recipe, images);
      const network = await method.fineTune!({ kind: 'suncet', trunk: true, steps: 4 });
      const told = [...network.history, await network.classify(Int32Array.of(0, 5, 23, 17, 9, 12, 4))];
      network.dispose();
      method.dispose();
      images.store.dispose();
      return told;
    };
    expect(await tuned(6)).toEqual(await tuned(COUNT));
  });

  it('says so where a step needs more', async () => {
    const [, recipe] = recipes[0]!;
    const images = noisePictures(recipe, COUNT, SIZE, 3, 3);
    const method = createMethod(recipe, images);
    await expect(method.trainStep(recipe)).rejects.toThrow(/4 pictures are needed at once.* room for 3 /);
    method.dispose();
    images.store.dispose();
  });
});

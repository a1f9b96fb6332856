/** A run over its whole life: what it takes, that it takes no more, and that a captured step is the eager one. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { engineMemory, onEngineFailure, startEngine, webgpu } from '../../engine';
import { findPreset, type Recipe } from '../../recipe';
import type { TrainingOptions } from '../capturedTraining';
import { createMethod, planMethod } from '../index';
import { allLabelled, noisePictures } from '../testing/images';

const COUNT = 12;
const SIZE = 20;
const failures: unknown[] = [];

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
  onEngineFailure((error) => failures.push(error));
});

const shared: Partial<Recipe> = {
  local_crops_size: 8,
  batch_size: 4,
  out_dim: 16,
  head_hidden_dim: 16,
  head_bottleneck_dim: 8,
  epochs: 120,
  steps_per_epoch: 5,
  warmup_epochs: 1,
  freeze_last_layer: 0.4,
  global_crops_size: 16,
};
const recipes: Array<[string, Recipe]> = [
  [
    'a tiny Vision Transformer',
    {
      ...findPreset('confetti-quick')!.recipe,
      ...shared,
      embed_dim: 12,
      depth: 2,
      num_heads: 3,
      drop_path: 0.1,
    },
  ],
  [
    'a tiny CNN',
    { ...findPreset('photos-quick')!.recipe, ...shared, cnn_width: 4, cnn_blocks: 1, cnn_pool: 1 },
  ],
];

/** Does something on a device that binds at most `bytes` at once. */
async function binding<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  const { device } = webgpu()!;
  const { limits } = device;
  const less = new Proxy(limits, {
    get: (all, name) => (name === 'maxStorageBufferBindingSize' ? bytes : all[name as keyof typeof all]),
  });
  Object.defineProperty(device, 'limits', { value: less, configurable: true, writable: true });
  try {
    return await work();
  } finally {
    Object.defineProperty(device, 'limits', { value: limits, configurable: true, writable: true });
  }
}

function build(recipe: Recipe, options?: TrainingOptions) {
  const images = noisePictures(recipe, COUNT, SIZE);
  const method = createMethod(recipe, images, options);
  const dispose = () => {
    method.dispose();
    images.store.dispose();
  };
  return { method, dispose };
}

const planned = (recipe: Recipe) => planMethod(recipe, { ...allLabelled(COUNT), slots: COUNT, size: SIZE });

const held = () => ({ tensors: tf.memory().numTensors, ...engineMemory() });

async function train(recipe: Recipe, steps: number, options?: TrainingOptions): Promise<number[]> {
  const { method, dispose } = build(recipe, options);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await method.trainStep(recipe)).loss);
  dispose();
  return losses;
}

describe.each(recipes)('a run of %s', (_, recipe) => {
  it('takes what was planned, to the byte, and gives it back', async () => {
    const plan = planned(recipe)!;
    const before = held();
    const { method, dispose } = build(recipe);
    await method.prepare();
    expect(held().used - before.used).toBe(plan.stateBytes + plan.bytes);
    dispose();
    expect(held()).toMatchObject({ tensors: before.tensors, used: before.used });
  });

  it('takes no more after 500 steps than after 50', async () => {
    const { method, dispose } = build(recipe);
    const trainTo = async (end: number) => {
      while (method.step < end) {
        await Promise.all([1, 2, 3].slice(0, end - method.step).map(() => method.trainStep(recipe)));
      }
    };
    await trainTo(50);
    const before = held();
    await trainTo(550);
    expect(held()).toEqual(before);
    dispose();
  });

  it('learns the same, captured or eager, over 50 steps', async () => {
    const captured = await train(recipe, 50);
    expect(new Set(captured).size).toBe(50);
    expect(await train(recipe, 50, { mode: 'eager' })).toEqual(captured);
  });

  it('frees what a preparation still makes after it was given up', async () => {
    const before = held();
    const { method, dispose } = build(recipe);
    const preparing = method.prepare();
    dispose();
    await preparing;
    expect(held()).toMatchObject({ tensors: before.tensors, used: before.used });
    // A mistake with freed buffers would be told of by the next submit.
    await train(recipe, 1);
    expect(failures).toEqual([]);
  });
});

describe('a run on a small device', () => {
  const [, recipe] = recipes[0]!;

  it.each(['adamw', 'lars', 'sgd'] as const)(
    'learns the same in several buffers, by %s',
    async (optimizer) => {
      const own = { ...recipe, optimizer };
      const losses = await train(own, 10);
      const { dispatches } = planned(own)!;
      // Room for the pictures and for the largest tensor, but not for all parameters.
      await binding(4 * COUNT * SIZE * SIZE, async () => {
        expect(planned(own)!.dispatches).toBeGreaterThan(dispatches);
        expect(await train(own, 10)).toEqual(losses);
      });
      expect(failures).toEqual([]);
    },
  );

  it('leaves nothing behind where a tensor is too large to be planned', async () => {
    const before = held();
    await binding(4096, async () => {
      expect(() => planned(recipe)).toThrow('binds at most');
    });
    expect(held()).toEqual(before);
  });
});

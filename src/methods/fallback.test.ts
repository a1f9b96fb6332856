import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startEngine } from '../engine';
import { officialRecipeOf, type Recipe } from '../recipe';
import { createMethod } from './index';
import { noisePictures } from './testing/images';

const shared: Partial<Recipe> = {
  ...{ arch: 'cnn', cnn_width: 4, cnn_blocks: 1, cnn_pool: 1 },
  ...{ global_crops_size: 16, local_crops_size: 8, local_crops_number: 1, batch_size: 4 },
  ...{ head_hidden_dim: 12, output_dim: 8, nmb_prototypes: 6, queue_length: 4, epoch_queue_starts: 0 },
  ...{ optimizer: 'adamw', lr: 0.01, start_lr: 0.001, min_lr: 1e-4 },
  ...{ epochs: 4, steps_per_epoch: 5, warmup_epochs: 0.2, freeze_last_layer: 0 },
};

async function train(recipe: Recipe, backend: 'webgpu' | 'cpu') {
  await startEngine({ backend });
  expect(tf.getBackend()).toBe(backend);
  const method = createMethod(recipe, noisePictures(recipe, 8, 20));
  await method.calibrate();
  const losses: number[] = [];
  for (let i = 0; i < 3; i++) losses.push((await method.trainStep(recipe)).loss!);
  const features = await method.features(Int32Array.of(4, 5), 'student');
  const read = (await (method.embed ?? method.classify)?.(features, 2)) as Float32Array;
  method.dispose();
  return { losses, read };
}

describe('without WebGPU', () => {
  it.each(['swav', 'supervised'] as const)('%s trains the same on the CPU', async (kind) => {
    const recipe: Recipe = { ...officialRecipeOf(kind), ...shared };
    const [cpu, gpu] = [await train(recipe, 'cpu'), await train(recipe, 'webgpu')];
    for (const [i, loss] of cpu.losses.entries()) expect(loss).toBeCloseTo(gpu.losses[i]!, 3);
    for (const [i, value] of cpu.read.entries()) expect(value).toBeCloseTo(gpu.read[i]!, 2);
  });
});

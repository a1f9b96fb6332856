import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startEngine } from '../../engine';
import { findPreset, type Recipe } from '../../recipe';
import { createMethod } from '../index';
import { noisePictures } from '../testing/images';

const COUNT = 8;
const SIZE = 20;

async function train(recipe: Recipe, backend: 'webgpu' | 'cpu') {
  const info = await startEngine({ backend });
  expect(tf.getBackend()).toBe(backend);
  const method = createMethod(recipe, noisePictures(recipe, COUNT, SIZE));
  await method.calibrate();
  const losses: number[] = [];
  for (let i = 0; i < 3; i++) losses.push((await method.trainStep(recipe)).loss);
  const features = await method.features(Int32Array.of(4, 5), 'teacher');
  method.dispose();
  return { losses, features, info };
}

describe('without WebGPU', () => {
  it.each([
    ['confetti-quick', {}],
    ['photos-quick', { cnn_width: 4 }],
  ] as const)('%s trains the same on the CPU, with a notice', async (preset, changes) => {
    const recipe: Recipe = {
      ...findPreset(preset)!.recipe,
      embed_dim: 12,
      depth: 2,
      num_heads: 3,
      global_crops_size: 16,
      local_crops_size: 8,
      batch_size: 4,
      out_dim: 16,
      head_hidden_dim: 16,
      head_bottleneck_dim: 8,
      blur_prob_global1: 0.5,
      epochs: 4,
      steps_per_epoch: 5,
      warmup_epochs: 0.2,
      ...changes,
    };
    const cpu = await train(recipe, 'cpu');
    expect(cpu.info.notice).toContain('plain JavaScript');
    const gpu = await train(recipe, 'webgpu');
    expect(gpu.info.notice).toBeUndefined();
    for (const [i, loss] of cpu.losses.entries()) expect(loss).toBeCloseTo(gpu.losses[i]!, 3);
    for (const [i, value] of cpu.features.entries()) expect(value).toBeCloseTo(gpu.features[i]!, 2);
  });
});

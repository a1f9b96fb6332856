/** Without WebGPU: the same calls, computed by the reference. A file of its own, since a process has one engine. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { readBack, startEngine } from '../engine';
import { officialRecipe } from '../recipe';
import { augment, COLUMNS, cropStream, drawCrops, evaluationBatch, openImages } from './index';
import { packedPictures } from './testing/packed';

it('augments on the CPU backend', async () => {
  expect((await startEngine({ backend: 'cpu' })).backend).toBe('cpu');
  const store = openImages(packedPictures(new Uint32Array(2 * 64).fill(0xff0000ff), 64), 2, 8);
  const recipe = { ...officialRecipe, global_crops_size: 8, jitter_prob: 0, gray_prob: 0, solarize_prob: 0 };
  const { group, parameters } = drawCrops(recipe, cropStream(0, 0), [0, 1], 8)[0]!;
  const crops = augment(store, tf.tensor2d(parameters, [4, COLUMNS]), group.size, group);
  expect(crops.shape).toEqual([4, 3, 8, 8]);
  // Red pictures stay red, whatever is cut out of them.
  for (const batch of [crops, evaluationBatch(store, [0, 1, 0, 1], 8)]) {
    const values = await readBack(batch);
    for (let i = 0; i < values.length; i++) {
      const channel = Math.floor(i / 64) % 3;
      const want = [(1 - 0.485) / 0.229, -0.456 / 0.224, -0.406 / 0.225][channel]!;
      expect(values[i]).toBeCloseTo(want, 4);
    }
  }
});

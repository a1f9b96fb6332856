/** Whole short runs: that PAWS learns from a few labels, and that it does the same without WebGPU. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { openImages } from '../../augmentation';
import { createSampler, makeBuiltinDataset, trainIndices } from '../../dataset';
import { startEngine } from '../../engine';
import { createLabelling, drawBudget } from '../../labels';
import { findPreset, type Recipe } from '../../recipe';
import { createMethod } from '../index';
import type { StepReport, TrainingImages } from '../method';
import { noisePictures } from '../testing/images';

const preset = findPreset('grey-paws-quick')!.recipe;

describe('PAWS + CE', () => {
  /** Colours tell the class, and nothing turns them: learnt within seconds. */
  const recipe: Recipe = {
    ...preset,
    ...{ cnn_width: 8, head_hidden_dim: 32, output_dim: 16, global_crops_size: 32 },
    ...{ batch_size: 16, supervised_imgs_per_class: 2 },
    ...{ jitter_prob: 0, gray_prob: 0, solarize_prob: 0 },
    ...{
      epochs: 40,
      steps_per_epoch: 1,
      warmup_epochs: 4,
      lr: 1e-2,
      paws_ramp_start: 0.2,
      paws_ramp_end: 0.4,
    },
  };

  it('learns ten classes from three labels of each', async () => {
    expect((await startEngine()).backend).toBe('webgpu');
    const set = makeBuiltinDataset('confetti', { train: 200, heldOut: 20, hueSpread: 0.2 });
    const train = trainIndices(set);
    const given = drawBudget(createLabelling(set.classNames, set.labels), train, 3, 0);
    expect(given.filter((label) => label >= 0)).toHaveLength(30);
    const images: TrainingImages = {
      store: openImages(set.pixels, set.count, set.size),
      trainIndices: train,
      batchAt: createSampler(train, recipe.batch_size, 0).batchIndices,
      labels: { classes: 10, given, truth: set.labels },
    };
    const method = createMethod(recipe, images);
    const reports: StepReport[] = [];
    while (method.step < method.totalSteps) reports.push(await method.trainStep(recipe));
    const mean = (name: string, steps: StepReport[]) =>
      steps.reduce((sum, report) => sum + report[name]!, 0) / steps.length;
    const [first, last] = [reports.slice(0, 5), reports.slice(-5)];
    expect(mean('loss', last)).toBeLessThan(mean('loss', first) - 2);
    expect(mean('supportCe', last)).toBeLessThan(mean('supportCe', first) - 0.8);
    expect(mean('pawsLoss', last)).toBeLessThan(0.5);
    expect(mean('pseudoCorrect', first)).toBeLessThan(55);
    expect(mean('pseudoCorrect', last)).toBeGreaterThan(75);

    // Pictures that no step has seen are voted on rightly, too.
    const unseen = Int32Array.from({ length: 20 }, (_, i) => 200 + i);
    const ballots = await method.ballots!(unseen);
    const right = ballots.filter(({ index, probabilities }) => {
      const view = probabilities.slice(0, 10);
      return view.indexOf(Math.max(...view)) === set.labels[index];
    });
    expect(right.length).toBeGreaterThan(12);
    method.dispose();
    images.store.dispose();
  });
});

describe('PAWS without WebGPU', () => {
  const recipe: Recipe = {
    ...preset,
    ...{ cnn_width: 4, cnn_blocks: 1, head_hidden_dim: 16, output_dim: 8 },
    ...{ global_crops_size: 16, local_crops_size: 8, local_crops_number: 1, batch_size: 3 },
    ...{ supervised_imgs_per_class: 2, epochs: 4, steps_per_epoch: 5, warmup_epochs: 0.2 },
    ...{ paws_ramp_start: 0, paws_ramp_end: 0, use_pred_head: true },
  };

  async function train(backend: 'webgpu' | 'cpu') {
    await startEngine({ backend });
    expect(tf.getBackend()).toBe(backend);
    const method = createMethod(recipe, noisePictures(recipe, 9, 20));
    await method.calibrate();
    const reports: StepReport[] = [];
    for (let i = 0; i < 3; i++) reports.push(await method.trainStep(recipe));
    const [ballot] = await method.ballots!(Int32Array.of(4));
    method.dispose();
    return { reports, ballot: ballot! };
  }

  it('takes the same steps and holds the same ballots', async () => {
    const [gpu, cpu] = [await train('webgpu'), await train('cpu')];
    for (const [i, report] of gpu.reports.entries()) {
      for (const [name, value] of Object.entries(report)) {
        expect(Number.isNaN(cpu.reports[i]![name]!)).toBe(Number.isNaN(value));
        if (Number.isNaN(value)) continue;
        const apart = Math.abs(cpu.reports[i]![name]! - value);
        expect(apart, `${name} of step ${i}`).toBeLessThan(0.005 * (1 + Math.abs(value)));
      }
    }
    expect(cpu.ballot.support).toEqual(gpu.ballot.support);
    for (const [i, share] of gpu.ballot.votes.entries()) expect(cpu.ballot.votes[i]).toBeCloseTo(share, 2);
  });
});

import { describe, expect, it } from 'vitest';
import { officialRecipe } from './fields';
import { planRun } from './plan';

describe('planRun', () => {
  it('drops the incomplete last batch, as the official loader does', () => {
    expect(planRun(officialRecipe, 1_281_167)).toMatchObject({ stepsPerEpoch: 20018, totalSteps: 2_001_800 });
    expect(planRun({ ...officialRecipe, batch_size: 32, epochs: 10 }, 79).totalSteps).toBe(20);
  });

  it('scales the official rate with the batch', () => {
    expect(planRun(officialRecipe, 1600).peakLr).toBe(0.000125);
    expect(planRun({ ...officialRecipe, lr: 0.008, batch_size: 32 }, 1600).peakLr).toBe(0.001);
  });

  it('agrees with the golden schedule of 10 epochs of 7 steps, 3 of them warm-up', () => {
    const plan = planRun({ ...officialRecipe, epochs: 10, warmup_epochs: 3 }, 7 * 64 + 5);
    expect(plan).toEqual({
      stepsPerEpoch: 7,
      totalSteps: 70,
      warmupSteps: 21,
      frozenSteps: 7,
      peakLr: 0.000125,
    });
  });

  it('takes a fixed number of steps per epoch whatever the set', () => {
    const recipe = { ...officialRecipe, steps_per_epoch: 10, epochs: 25, warmup_epochs: 2.5 };
    expect(planRun(recipe, 70)).toMatchObject({ stepsPerEpoch: 10, totalSteps: 250, warmupSteps: 25 });
  });

  it('is not fooled by binary fractions', () => {
    const recipe = { ...officialRecipe, steps_per_epoch: 30, epochs: 1, freeze_last_layer: 0.1 };
    expect(planRun(recipe, 100).frozenSteps).toBe(3);
    expect(planRun({ ...recipe, warmup_epochs: 0.7 }, 100).warmupSteps).toBe(21);
  });

  it('gives no steps when the batch is larger than the set', () => {
    expect(planRun(officialRecipe, 63)).toMatchObject({ stepsPerEpoch: 0, totalSteps: 0 });
  });
});

import { describe, expect, it } from 'vitest';
import { checkRecipe } from '../check';
import { fieldNames, officialRecipe } from '../fields';
import { parseRecipe } from '../parse';
import { planRun } from '../plan';
import { colourSide, colourSwitch, findPreset, presets } from './index';

const recipeOf = (name: string) => findPreset(name)!.recipe;

describe('the presets', () => {
  it.each([
    ['confetti-quick', 250, 1e-3],
    ['confetti-standard', 800, 1e-3],
    ['confetti-long', 1500, 1e-3],
    ['photos-quick', 400, 3e-3],
    ['photos-standard', 800, 3e-3],
    ['photos-attention', 400, 1e-3],
    ['official', 2500, 1.25e-4],
  ])('%s lasts %i steps at a peak rate of %f, a tenth of them warming up', (name, steps, rate) => {
    const plan = planRun(recipeOf(name), 1600);
    expect(plan.totalSteps).toBe(steps);
    expect(plan.peakLr).toBeCloseTo(rate, 12);
    expect(plan.warmupSteps).toBe(steps / 10);
  });

  it('last as long on a folder of 320 pictures, except the official one', () => {
    const steps = presets.map(({ recipe }) => planRun(recipe, 320).totalSteps);
    expect(steps).toEqual([250, 800, 1500, 400, 800, 400, 500]);
  });

  it('freeze the last layer for 5 % of the short runs', () => {
    expect(planRun(recipeOf('confetti-quick'), 1600).frozenSteps).toBe(13);
    expect(planRun(recipeOf('photos-quick'), 320).frozenSteps).toBe(20);
  });

  it('are valid, and start without a word on the pictures they are made for', () => {
    for (const { name, recipe, data } of presets) {
      expect(parseRecipe(recipe).problems, name).toEqual([]);
      expect(recipe.data).toBe(data);
      const facts = { trainImages: data === 'folder' ? 320 : 1600, imageSize: 64, classes: 10 };
      expect(checkRecipe(recipe, { ...facts, maxBufferBytes: 2 ** 27, budgetBytes: 2 ** 30 }), name).toEqual(
        [],
      );
    }
  });

  it('change nothing but sizes in the official one', () => {
    const official = recipeOf('official');
    const changed = fieldNames.filter((name) => official[name] !== officialRecipe[name]);
    expect(changed.sort()).toEqual([
      'depth',
      'embed_dim',
      'global_crops_size',
      'head_bottleneck_dim',
      'head_hidden_dim',
      'local_crops_size',
      'num_heads',
      'out_dim',
      'patch_size',
    ]);
  });

  it('train the same network in confetti-standard and official, so that only the recipe differs', () => {
    const sizes = ['embed_dim', 'depth', 'num_heads', 'out_dim', 'patch_size', 'global_crops_size'] as const;
    for (const name of sizes) expect(recipeOf('official')[name]).toBe(recipeOf('confetti-standard')[name]);
  });

  it('cannot be changed by who uses them', () => {
    expect(() => Object.assign(recipeOf('confetti-quick'), { lr: 1 })).toThrow(TypeError);
  });
});

describe('the colour switch', () => {
  it('is on the nuisance side in the photo presets, and lays down what is there already', () => {
    const recipe = recipeOf('photos-quick');
    expect(colourSide(recipe)).toBe('nuisance');
    expect({ ...recipe, ...colourSwitch(recipe, 'nuisance') }).toEqual(recipe);
  });

  it('goes over and comes back', () => {
    const recipe = recipeOf('photos-quick');
    const over = { ...recipe, ...colourSwitch(recipe, 'matters') };
    expect(colourSide(over)).toBe('matters');
    expect(over).toMatchObject({
      jitter_prob: 0,
      gray_prob: 0,
      solarize_prob: 0,
      hflip_prob: 0.5,
      cnn_pool: 2,
    });
    expect(over).toMatchObject({ local_crops_number: 2, global_crops_scale_min: 0.5 });
    expect({ ...over, ...colourSwitch(over, 'nuisance') }).toEqual(recipe);
  });

  it('leaves the grid of a network without one alone', () => {
    expect(colourSwitch({ arch: 'vit' }, 'matters')).not.toHaveProperty('cnn_pool');
  });
});

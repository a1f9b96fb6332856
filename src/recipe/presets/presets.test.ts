import { describe, expect, it } from 'vitest';
import { checkRecipe } from '../check';
import { fieldApplies } from '../field';
import { fieldNames, officialRecipe, officialRecipeOf, recipeFields } from '../fields';
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
    ['grey-paws-quick', 700, 2e-3],
    ['photos-paws-quick', 400, 2e-3],
    ['swav-quick', 250, 1e-3],
    ['supervised-quick', 700, 2e-3],
  ])('%s lasts %i steps at a peak rate of %f, a tenth of them warming up', (name, steps, rate) => {
    const plan = planRun(recipeOf(name), 1600);
    expect(plan.totalSteps).toBe(steps);
    expect(plan.peakLr).toBeCloseTo(rate, 12);
    expect(plan.warmupSteps).toBe(steps / 10);
  });

  it('last as long on a folder of 320 pictures, except the official ones', () => {
    const steps = presets.map(({ recipe }) => planRun(recipe, 320).totalSteps);
    expect(steps).toEqual([250, 800, 1500, 400, 800, 400, 500, 700, 1500, 400, 800, 500, 250, 700]);
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

  it('train PAWS and its supervised baseline with the same network, labels, views and rates', () => {
    const [paws, alone] = [recipeOf('grey-paws-quick'), recipeOf('supervised-quick')];
    const applying = fieldNames.filter((name) => fieldApplies(recipeFields[name], alone));
    const differing = applying.filter((name) => paws[name] !== alone[name]);
    expect(differing.sort()).toEqual(['batch_size', 'method']);
  });

  it('keep every official value of PAWS but sizes', () => {
    const official = officialRecipeOf('paws');
    const changed = fieldNames.filter((name) => recipeOf('paws-official')[name] !== official[name]);
    expect(changed.sort()).toEqual([
      'batch_size',
      'data',
      'epochs',
      'labels_per_class',
      'supervised_imgs_per_class',
      'wrn_depth',
    ]);
    expect(official).toMatchObject({
      arch: 'wide_resnet',
      wrn_depth: 28,
      wrn_widen: 2,
      batch_size: 256,
      supervised_imgs_per_class: 64,
      supervised_views: 2,
      temperature: 0.1,
      sharpen: 0.25,
      me_max: true,
      label_smoothing: 0.1,
      local_crops_number: 6,
      output_dim: 128,
      use_pred_head: false,
      optimizer: 'lars',
      start_lr: 0.8,
      lr: 3.2,
      min_lr: 0.032,
      weight_decay: 1e-6,
      epochs: 600,
      warmup_epochs: 10,
      nesterov: false,
      support_ce_weight: 0,
      paws_ramp_end: 0,
      me_max_ramp_end: 0,
    });
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

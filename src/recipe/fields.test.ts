import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { fieldNames, isFieldName, liveFields, officialRecipe, recipeFields, recipeGroups } from './fields';
import { fieldSchemas, recipeSchema } from './schema';

describe('the field table', () => {
  it('holds the defaults of the official training script', () => {
    expect(officialRecipe).toMatchObject({
      patch_size: 16,
      out_dim: 65536,
      norm_last_layer: true,
      momentum_teacher: 0.996,
      use_bn_in_head: false,
      warmup_teacher_temp: 0.04,
      teacher_temp: 0.04,
      warmup_teacher_temp_epochs: 0,
      student_temp: 0.1,
      center_momentum: 0.9,
      weight_decay: 0.04,
      weight_decay_end: 0.4,
      clip_grad: 3,
      batch_size: 64,
      epochs: 100,
      freeze_last_layer: 1,
      lr: 0.0005,
      warmup_epochs: 10,
      min_lr: 1e-6,
      optimizer: 'adamw',
      drop_path: 0.1,
      global_crops_scale_min: 0.4,
      global_crops_scale_max: 1,
      local_crops_number: 8,
      local_crops_scale_min: 0.05,
      local_crops_scale_max: 0.4,
      seed: 0,
    });
  });

  it('turns every extra off in the official recipe', () => {
    expect(officialRecipe).toMatchObject({
      centering: 'ema',
      init: 'official',
      conv_stem: false,
      steps_per_epoch: 0,
      lr_scale: 1,
      centering_on: true,
      sharpening_on: true,
    });
  });

  it('accepts its own defaults and refuses what lies just outside each range', () => {
    expect(v.safeParse(recipeSchema, officialRecipe).success).toBe(true);
    for (const name of fieldNames) {
      const spec = recipeFields[name];
      const accepts = (value: unknown) => v.safeParse(fieldSchemas[name], value).success;
      if (spec.kind === 'number' || spec.kind === 'integer') {
        expect(accepts(spec.min), name).toBe(true);
        expect(accepts(spec.max), name).toBe(true);
        expect(accepts(spec.min - 1), name).toBe(false);
        expect(accepts(spec.max + 1), name).toBe(false);
        expect(accepts(Number.NaN), name).toBe(false);
        expect(accepts(String(spec.min)), name).toBe(false);
        if (spec.kind === 'integer') expect(accepts(spec.min + 0.5), name).toBe(false);
      } else expect(accepts('something else'), name).toBe(false);
    }
  });

  it('refuses a whole recipe that lacks a field or has one too many', () => {
    const { seed: _, ...withoutSeed } = officialRecipe;
    expect(v.safeParse(recipeSchema, withoutSeed).success).toBe(false);
    expect(v.safeParse(recipeSchema, { ...officialRecipe, arch_size: 3 }).success).toBe(false);
  });

  it('lists exactly the live fields as live', () => {
    expect(fieldNames.filter((name) => recipeFields[name].live).sort()).toEqual([...liveFields].sort());
  });

  it('puts every field in a section of the form and says what it does', () => {
    const groups = recipeGroups.map(({ group }) => group);
    for (const name of fieldNames) {
      expect(groups).toContain(recipeFields[name].group);
      expect(recipeFields[name].help, name).toMatch(/^[A-Z0-9].*\.$/);
    }
  });

  it('does not take names every object inherits for fields', () => {
    expect(['__proto__', 'constructor', 'toString', 'hasOwnProperty'].filter(isFieldName)).toEqual([]);
  });

  it('shows fields only where they have an effect', () => {
    const applies = (
      name: 'patch_size' | 'cnn_pool' | 'center_momentum' | 'local_crops_size',
      changes: object,
    ) => recipeFields[name].appliesTo?.({ ...officialRecipe, ...changes });
    expect(applies('patch_size', { arch: 'vit' })).toBe(true);
    expect(applies('patch_size', { arch: 'cnn' })).toBe(false);
    expect(applies('cnn_pool', { arch: 'cnn' })).toBe(true);
    expect(applies('center_momentum', { centering: 'sinkhorn' })).toBe(false);
    expect(applies('local_crops_size', { local_crops_number: 0 })).toBe(false);
  });
});

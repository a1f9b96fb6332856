import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { checkRecipe } from './check';
import { estimateCost, type RunFacts } from './cost';
import { isFieldName, type Recipe } from './fields';
import { findPreset } from './presets';
import { fieldSchemas } from './schema';
import { arbitraryRecipe } from './testing/arbitraryRecipe';

const facts: RunFacts = { trainImages: 1600, imageSize: 64, classes: 10 };
const vit = (changes: Partial<Recipe> = {}): Recipe => ({
  ...findPreset('confetti-quick')!.recipe,
  ...changes,
});
const cnn = (changes: Partial<Recipe> = {}): Recipe => ({
  ...findPreset('photos-quick')!.recipe,
  ...changes,
});

const method = (name: string, changes: Partial<Recipe> = {}): Recipe => ({
  ...findPreset(name)!.recipe,
  ...changes,
});

const refusals = (recipe: Recipe, changes: Partial<RunFacts> = {}) =>
  checkRecipe(recipe, { ...facts, ...changes }).filter(({ kind }) => kind === 'refusal');
const warnings = (recipe: Recipe) => checkRecipe(recipe, facts).filter(({ kind }) => kind === 'warning');

describe('checkRecipe refuses', () => {
  const cases: [string, Recipe, Partial<RunFacts>, string, unknown][] = [
    [
      'votes that count fully before they begin',
      method('grey-paws-quick', { paws_ramp_end: 0.1 }),
      {},
      'paws_ramp_start',
      0.1,
    ],
    [
      'an embedding too narrow for the prediction head',
      method('grey-paws-quick', { use_pred_head: true, output_dim: 3 }),
      {},
      'output_dim',
      4,
    ],
    ['a queue of part of a batch', method('swav-quick', { queue_length: 100 }), {}, 'queue_length', 96],
    ['no pictures', cnn(), { trainImages: 0 }, 'data', 'confetti'],
    ['no number of pictures', cnn(), { trainImages: Number.NaN }, 'data', 'confetti'],
    ['one picture', cnn(), { trainImages: 1 }, 'data', 'confetti'],
    ['a batch larger than the set', vit(), { trainImages: 31 }, 'batch_size', 16],
    ['a patch larger than the pictures', vit(), { imageSize: 6 }, 'patch_size', 4],
    ['a width that does not divide by the heads', vit({ num_heads: 3 }), {}, 'num_heads', 4],
    [
      'a global view smaller than a patch',
      vit({ patch_size: 16, global_crops_size: 8 }),
      {},
      'global_crops_size',
      64,
    ],
    [
      'a local view smaller than a patch',
      vit({ patch_size: 16, local_crops_size: 8 }),
      {},
      'local_crops_size',
      64,
    ],
    ['a width the stem cannot group', vit({ conv_stem: true, embed_dim: 56 }), {}, 'embed_dim', 64],
    ['a stem on half a patch', vit({ conv_stem: true, local_crops_size: 36 }), {}, 'local_crops_size', 32],
    [
      'a map smaller than its grid',
      cnn({ cnn_blocks: 3, global_crops_size: 32 }),
      {},
      'global_crops_size',
      64,
    ],
    [
      'a global scale the wrong way round',
      vit({ global_crops_scale_max: 0.3 }),
      {},
      'global_crops_scale_min',
      0.3,
    ],
    [
      'a local scale the wrong way round',
      vit({ local_crops_scale_min: 0.7 }),
      {},
      'local_crops_scale_min',
      0.5,
    ],
    ['a warm-up longer than the run', vit({ warmup_epochs: 26 }), {}, 'warmup_epochs', 2.5],
    [
      'a temperature warm-up longer than the run',
      vit({ warmup_teacher_temp_epochs: 30 }),
      {},
      'warmup_teacher_temp_epochs',
      0,
    ],
    ['a run of no steps', vit({ epochs: 0.01 }), {}, 'epochs', 2.5],
    ['a run of ten million steps', vit({ epochs: 10000, steps_per_epoch: 1000 }), {}, 'epochs', 1000],
    [
      'batch norm over one picture',
      vit({ batch_size: 1, use_bn_in_head: true }),
      {},
      'use_bn_in_head',
      false,
    ],
    ['one output', vit({ out_dim: 1 }), {}, 'out_dim', 2],
    ['a rate that is no number', vit({ lr: Number.NaN }), {}, 'lr', 0.0005],
  ];

  it.each(cases)('%s, naming the field and a value that works', (_, recipe, changes, field, suggestion) => {
    const found = refusals(recipe, changes);
    expect(found.map((problem) => problem.field)).toEqual([field]);
    expect(found[0].suggestion).toBe(suggestion);
    expect(found[0].message).toMatch(/^[A-Z\w].*\.$/);
    if (field !== 'data') expect(refusals({ ...recipe, [field]: suggestion }, changes)).toEqual([]);
  });

  it('offers no built-in set in place of a built-in set', () => {
    expect(refusals(vit(), { trainImages: 0 })[0]).not.toHaveProperty('suggestion');
  });

  it('nothing about views or heads that are not used', () => {
    expect(refusals(vit({ local_crops_number: 0, local_crops_size: 8, patch_size: 16 }))).toEqual([]);
    expect(
      refusals(cnn({ num_heads: 3, patch_size: 16, global_crops_scale_min: 0.7 }), { imageSize: 6 }),
    ).toEqual([]);
  });

  it('nothing of other methods', () => {
    const paws = (changes: Partial<Recipe>) => method('grey-paws-quick', changes);
    expect(refusals(paws({ queue_length: 5, use_bn_in_head: true, momentum_teacher: 1 }))).toEqual([]);
    expect(refusals(vit({ paws_ramp_start: 0.5, queue_length: 5 }))).toEqual([]);
    expect(refusals(method('supervised-quick', { batch_size: 300 }), { trainImages: 100 })).toEqual([]);
  });

  it('the stem itself when no width suits both it and the heads', () => {
    const found = refusals(vit({ conv_stem: true, embed_dim: 88, num_heads: 11 }));
    expect(found).toMatchObject([{ field: 'conv_stem', suggestion: false }]);
  });

  it('starts at exactly one batch', () => {
    expect(refusals(vit(), { trainImages: 32 })).toEqual([]);
  });
});

describe('memory', () => {
  it('is refused over budget, suggesting the largest batch that fits', () => {
    const recipe = vit({ batch_size: 256 });
    const budgetBytes = estimateCost({ ...recipe, batch_size: 100 }, facts).gpuBytes;
    const [problem] = refusals(recipe, { budgetBytes });
    expect(problem).toMatchObject({ field: 'batch_size', suggestion: 96 });
    expect(problem.message).toContain(`${Math.ceil(budgetBytes / 2 ** 20)} MB`);
    expect(refusals({ ...recipe, batch_size: 100 }, { budgetBytes })).toEqual([]);
    expect(refusals({ ...recipe, batch_size: 101 }, { budgetBytes })).toHaveLength(1);
  });

  it('goes by the plan, and finds the batch among plans', () => {
    const asked: number[] = [];
    const plan = ({ batch_size }: Recipe) => {
      asked.push(batch_size);
      return { gpuBytes: batch_size * 2 ** 20, largestBufferBytes: 1 };
    };
    const [problem] = refusals(vit({ batch_size: 256 }), { budgetBytes: 100 * 2 ** 20, plan });
    expect(problem).toMatchObject({ field: 'batch_size', suggestion: 96 });
    expect(problem.message).toMatch(/^This needs 256 MB of graphics memory/);
    expect(asked.length).toBeLessThan(14);
    expect(refusals(vit({ batch_size: 100 }), { budgetBytes: 100 * 2 ** 20, plan })).toEqual([]);
  });

  it('suggests no round batch that would not fit', () => {
    const plan = ({ batch_size }: Recipe) => {
      const spike = batch_size > 100 || batch_size === 96;
      return { gpuBytes: spike ? 1000 : 1, largestBufferBytes: 1 };
    };
    const [problem] = refusals(vit({ batch_size: 256 }), { budgetBytes: 100, plan });
    expect(problem.suggestion).toBe(100);
  });

  it('is refused by an estimate, named as one, where nothing is planned', () => {
    const [problem] = refusals(vit(), { budgetBytes: 1000, plan: () => null });
    expect(problem.message).toMatch(/^This needs about \d+ MB/);
  });

  it('is refused when one buffer is too large, though the whole would fit', () => {
    const recipe = vit({ out_dim: 65536, batch_size: 64 });
    const [problem] = refusals(recipe, { maxBufferBytes: 32 * 2 ** 20, budgetBytes: 2 ** 40 });
    expect(problem).toMatchObject({ field: 'batch_size', suggestion: 32 });
    expect(problem.message).toContain('buffer');
  });

  it('would rather have fewer outputs than a tiny batch', () => {
    const [problem] = refusals(vit({ out_dim: 65536 }), { maxBufferBytes: 4.5 * 2 ** 20 });
    expect(problem.field).toBe('out_dim');
    expect(problem.suggestion).toBe(Math.floor((4.5 * 2 ** 20) / 4 / (32 * 4)));
  });

  it('says so when no single change helps', () => {
    const [problem] = refusals(vit(), { budgetBytes: 1000 });
    expect(problem).not.toHaveProperty('suggestion');
    expect(problem.message).toContain('confetti-quick');
  });
});

describe('checkRecipe warns of', () => {
  it.each([
    ['a teacher no sharper than the student', vit({ teacher_temp: 0.1 }), 'teacher_temp'],
    ['a small batch', vit({ batch_size: 8 }), 'batch_size'],
    ['cut-off pixels', vit({ global_crops_size: 60 }), 'global_crops_size'],
    ['a last layer that never thaws', vit({ freeze_last_layer: 25 }), 'freeze_last_layer'],
    ['a teacher too slow for the run', vit({ momentum_teacher: 0.996 }), 'momentum_teacher'],
    ['a teacher that stands still', vit({ momentum_teacher: 1 }), 'momentum_teacher'],
    ['a rate that ends above its peak', vit({ min_lr: 0.01 }), 'min_lr'],
  ])('%s, and lets it start', (_, recipe, field) => {
    expect(warnings(recipe).map((problem) => problem.field)).toEqual([field]);
    expect(refusals(recipe)).toEqual([]);
  });

  it('pure PAWS in a short run, and suggests the label loss', () => {
    const found = warnings(method('grey-paws-quick', { support_ce_weight: 0, paws_ramp_start: 0 }));
    expect(found).toMatchObject([{ field: 'support_ce_weight', suggestion: 1 }]);
  });

  it('no temperature once sharpening is switched off on purpose', () => {
    expect(warnings(vit({ teacher_temp: 0.1, sharpening_on: false }))).toEqual([]);
  });
});

describe('following the suggestions', () => {
  it('leads any recipe to one that starts, or to a refusal that has none', () => {
    const anyFacts = fc.record({
      trainImages: fc.integer({ min: 2, max: 5000 }),
      imageSize: fc.integer({ min: 4, max: 256 }),
      classes: fc.constant(10),
      budgetBytes: fc.integer({ min: 2 ** 26, max: 2 ** 34 }),
      maxBufferBytes: fc.integer({ min: 2 ** 24, max: 2 ** 31 }),
    });
    fc.assert(
      fc.property(arbitraryRecipe, anyFacts, (given, adapter) => {
        const recipe: Recipe = { ...given };
        for (let round = 0; round < 20; round++) {
          const open = checkRecipe(recipe, adapter).filter(({ kind }) => kind === 'refusal');
          if (open.length === 0) return;
          const helped = open.find(({ suggestion }) => suggestion !== undefined);
          if (helped === undefined) {
            expect(open[0].message).toContain('start from the preset');
            return;
          }
          expect(isFieldName(helped.field)).toBe(true);
          if (!isFieldName(helped.field)) return;
          expect(v.safeParse(fieldSchemas[helped.field], helped.suggestion).success).toBe(true);
          Object.assign(recipe, { [helped.field]: helped.suggestion });
        }
        expect.fail('still refused after 20 suggestions');
      }),
      { numRuns: 300 },
    );
  });
});

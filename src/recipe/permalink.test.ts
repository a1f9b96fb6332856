import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { fieldNames } from './fields';
import { fromFile, toFile } from './file';
import { decodePermalink, encodePermalink } from './permalink';
import { findPreset, presets } from './presets';
import { recipeSchema } from './schema';
import { arbitraryRecipe } from './testing/arbitraryRecipe';

const quick = findPreset('confetti-quick')!.recipe;
const arbitraryPreset = fc.constantFrom(...presets.map(({ name }) => name));

describe('a permalink', () => {
  it('says only what differs from its preset, readably', () => {
    expect(encodePermalink(quick, 'confetti-quick')).toBe('#preset=confetti-quick');
    expect(encodePermalink({ ...quick, hue: 0.5, conv_stem: true, min_lr: 1e-7 }, 'confetti-quick')).toBe(
      '#preset=confetti-quick&conv_stem=true&min_lr=1e-7&hue=0.5',
    );
  });

  it('restores any recipe exactly, from any preset', () => {
    fc.assert(
      fc.property(arbitraryRecipe, arbitraryPreset, (recipe, preset) => {
        const hash = encodePermalink(recipe, preset);
        expect(hash).toMatch(/^#[\w=&.%+-]+$/);
        expect(hash.length).toBeLessThan(8192);
        expect(decodePermalink(hash)).toEqual({ recipe, preset, problems: [] });
      }),
    );
  });

  it('reads numbers as a person writes them', () => {
    const { recipe, problems } = decodePermalink('preset=confetti-quick&lr=1E-3&hue=.2&seed=12');
    expect(problems).toEqual([]);
    expect(recipe).toEqual({ ...quick, lr: 0.001, hue: 0.2, seed: 12 });
  });

  it('takes an empty hash for the first preset', () => {
    expect(decodePermalink('')).toEqual({ recipe: quick, preset: 'confetti-quick', problems: [] });
    expect(decodePermalink('#').problems).toEqual([]);
  });

  it.each([
    '#preset=confetti-quick&lr=-1e99',
    '#preset=confetti-quick&lr=NaN',
    '#preset=confetti-quick&lr=Infinity',
    '#preset=confetti-quick&lr=0x1',
    '#preset=confetti-quick&lr=',
    '#preset=confetti-quick&lr',
    '#preset=confetti-quick&batch_size=1e400',
    '#preset=confetti-quick&centering_on=1',
    '#preset=confetti-quick&arch=%5Bobject%20Object%5D',
    '#preset=confetti-quick&__proto__=1',
    '#preset=confetti-quick&__proto__[lr]=1',
    '#preset=confetti-quick&constructor.prototype=1',
    '#preset=confetti-quick&hue=%E0%A4%A',
    '#preset=__proto__',
    '#preset=constructor',
    '#preset=',
  ])('refuses %s with one problem and keeps the preset', (hash) => {
    const { recipe, preset, problems } = decodePermalink(hash);
    expect(problems).toHaveLength(1);
    expect(problems[0].message).toMatch(/\.$/);
    expect(recipe).toEqual(quick);
    expect(preset).toBe('confetti-quick');
    expect('lr' in {}).toBe(false);
  });

  it('uses the first of two values and says so', () => {
    const { recipe, problems } = decodePermalink('#hue=0.2&hue=0.4');
    expect(recipe.hue).toBe(0.2);
    expect(problems).toHaveLength(1);
  });

  it('refuses more than 8 kB whole, with the good fields in it', () => {
    const { recipe, problems } = decodePermalink(`#hue=0.2&x=${'a'.repeat(100_000)}`);
    expect(recipe).toEqual(quick);
    expect(problems).toHaveLength(1);
    expect(problems[0].message).toContain('98 kB');
  });

  it('still uses the fields of a link whose preset is gone', () => {
    const { recipe, preset, problems } = decodePermalink('#preset=retired&hue=0.2');
    expect([recipe.hue, preset]).toEqual([0.2, 'confetti-quick']);
    expect(problems.map(({ field }) => field)).toEqual(['preset']);
  });

  it('gives a valid recipe for any text', () => {
    const pair = fc.tuple(fc.oneof(fc.constantFrom(...fieldNames), fc.string()), fc.string());
    const text = fc.oneof(
      fc.string(),
      fc.array(pair).map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&')),
    );
    fc.assert(
      fc.property(text, (hash) => {
        expect(v.safeParse(recipeSchema, decodePermalink(hash).recipe).success).toBe(true);
      }),
    );
  });
});

describe('a recipe file', () => {
  it('holds every field and restores them exactly', () => {
    fc.assert(
      fc.property(arbitraryRecipe, arbitraryPreset, (recipe, preset) => {
        expect(fromFile(toFile(recipe, preset))).toEqual({ recipe, preset, problems: [] });
      }),
    );
    expect(Object.keys(JSON.parse(toFile(quick, 'confetti-quick')).recipe)).toEqual(fieldNames);
  });

  it('refuses bad fields one by one', () => {
    const { recipe, preset, problems } = fromFile(
      '{"pawsaur": 1, "preset": "photos-quick", "recipe": {"lr": "fast", "seed": 3, "__proto__": {"hue": 0}}}',
    );
    expect(preset).toBe('photos-quick');
    expect(recipe).toEqual({ ...findPreset('photos-quick')!.recipe, seed: 3 });
    expect(problems.map(({ field }) => field)).toEqual(['lr', '__proto__']);
  });

  it.each([
    ['not JSON', 'lr = 3'],
    ['a list', '[1, 2]'],
    ['null', 'null'],
    ['something else', '{"lr": 0.1}'],
    ['a later format', '{"pawsaur": 2, "recipe": {"lr": 0.1}}'],
    ['a recipe that is a list', '{"pawsaur": 1, "preset": "confetti-quick", "recipe": [1]}'],
    ['very deep nesting', `{"pawsaur": 1, "recipe": ${'['.repeat(100_000)}`],
    ['a huge file', ' '.repeat(300_000)],
  ])('refuses %s in one sentence', (_, text) => {
    const { recipe, problems } = fromFile(text);
    expect(recipe).toEqual(quick);
    expect(problems).toHaveLength(1);
    expect(problems[0].message).toMatch(/used\.$/);
  });

  it('names a preset that does not exist', () => {
    const { preset, problems } = fromFile('{"pawsaur": 1, "preset": {"a": 1}, "recipe": {}}');
    expect(preset).toBe('confetti-quick');
    expect(problems.map(({ field }) => field)).toEqual(['preset']);
  });
});

import * as fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { fieldNames, officialRecipe } from './fields';
import { parseRecipe } from './parse';
import { findPreset } from './presets';
import { recipeSchema } from './schema';
import { arbitraryRecipe } from './testing/arbitraryRecipe';

const pristine = Object.getOwnPropertyNames(Object.prototype);

afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(pristine);
});

describe('parseRecipe', () => {
  it('keeps the good fields beside a bad one', () => {
    const { recipe, problems } = parseRecipe({ lr: 0.01, hue: 'red', seed: 7 });
    expect(recipe).toEqual({ ...officialRecipe, lr: 0.01, seed: 7 });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ field: 'hue', kind: 'ignored', given: "'red'" });
    expect(problems[0].message).toBe(
      "hue must be a number between 0 and 0.5; 'red' was given, so it stays at 0.1.",
    );
  });

  it.each([
    ['lr', -1e99],
    ['lr', Number.NaN],
    ['lr', Number.POSITIVE_INFINITY],
    ['lr', '0.01'],
    ['lr', [0.01]],
    ['lr', new Number(0.01)],
    ['lr', null],
    ['batch_size', 1.5],
    ['batch_size', 0],
    ['out_dim', 1],
    ['patch_size', 7],
    ['patch_size', '8'],
    ['arch', 'resnet50'],
    ['conv_stem', 1],
    ['conv_stem', 'true'],
  ])('refuses %s = %j and keeps the default, never clamping', (field, value) => {
    const { recipe, problems } = parseRecipe({ [field]: value });
    expect(recipe).toEqual(officialRecipe);
    expect(problems.map((problem) => problem.field)).toEqual([field]);
  });

  it('quotes no more than a few characters of a text of 100 kB', () => {
    const { problems } = parseRecipe({ data: 'x'.repeat(100_000), ['y'.repeat(100_000)]: 1 });
    expect(problems).toHaveLength(2);
    for (const { message, field, given } of problems)
      expect((message + field + given).length).toBeLessThan(300);
  });

  it('falls back on the base it is given, and leaves that base alone', () => {
    const base = findPreset('confetti-quick')!.recipe;
    const { recipe, problems } = parseRecipe({ teacher_temp: -1, epochs: 3 }, base);
    expect(recipe).toEqual({ ...base, epochs: 3 });
    expect(base.epochs).toBe(25);
    expect(problems).toHaveLength(1);
  });

  it('lists unknown names, inherited ones included, and pollutes nothing', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__": {"lr": 9, "polluted": true}, "constructor": {"prototype": {"polluted": true}}, "Lr": 1}',
    );
    const { recipe, problems } = parseRecipe(hostile);
    expect(recipe).toEqual(officialRecipe);
    expect(problems.map(({ field }) => field)).toEqual(['__proto__', 'constructor', 'Lr']);
    expect(Object.getPrototypeOf(recipe)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  it('counts rather than lists a flood of unknown names', () => {
    const flood = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`x${i}`, i]));
    const { problems } = parseRecipe(flood);
    expect(problems).toHaveLength(21);
    expect(problems[20].message).toContain('4980 more');
  });

  it('survives objects that throw when touched', () => {
    const thrower = Object.defineProperty({}, 'lr', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(parseRecipe(thrower).recipe).toEqual(officialRecipe);
    expect(parseRecipe(proxy).problems).toHaveLength(1);
    expect(parseRecipe({ lr: proxy, seed: 3 })).toMatchObject({
      recipe: { seed: 3 },
      problems: [{ field: 'lr' }],
    });
  });

  it('takes no line breaks or control characters from a name into a message', () => {
    const { problems } = parseRecipe({ 'a\n\u202eb\u0000c': 1 });
    expect(problems[0].field).toBe('a b c');
  });

  it('reads 0 for -0, which no link could carry', () => {
    expect(Object.is(parseRecipe({ hue: -0 }).recipe.hue, 0)).toBe(true);
  });

  it('returns every valid recipe unchanged', () => {
    fc.assert(
      fc.property(arbitraryRecipe, (given) => {
        const { recipe, problems } = parseRecipe(given);
        expect(problems).toEqual([]);
        expect(recipe).toEqual(given);
      }),
    );
  });

  it('makes a valid recipe of anything at all', () => {
    const fieldName = fc.constantFrom('__proto__', 'constructor', ...fieldNames);
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withSparseArray: true });
    const hostile = fc.oneof(anything, fc.dictionary(fc.oneof(fieldName, fc.string()), anything));
    fc.assert(
      fc.property(hostile, (given) => {
        const { recipe } = parseRecipe(given);
        expect(v.safeParse(recipeSchema, recipe).success).toBe(true);
        expect(Object.keys(recipe)).toEqual(fieldNames);
      }),
    );
  });
});

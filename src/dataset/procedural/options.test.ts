import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asPawsaurError } from '../../platform/errors';
import { builtinFieldNames, builtinParams, officialRecipe, recipeFields } from '../../recipe';
import { makeBuiltinDataset } from './builtin';
import { builtinOptions } from './options';

const codeOf = (params: Record<string, unknown>) => {
  try {
    builtinOptions(params);
    return null;
  } catch (thrown) {
    return asPawsaurError(thrown).code;
  }
};

describe('builtinOptions', () => {
  it('takes every setting by its recipe name', () => {
    const params = {
      data_classes: 4,
      shape_cue: false,
      colour_cue: 'on',
      hue_spread: 0.2,
      texture_cue: true,
      background: 'grey',
      background_tint: 0.5,
      clutter: 7,
      train_pictures: 100,
      held_out_pictures: 50,
    };
    expect(Object.keys(params).sort()).toEqual([...builtinFieldNames].sort());
    expect(builtinOptions(params)).toEqual({
      classes: 4,
      shapeCue: false,
      colourCue: true,
      hueSpread: 0.2,
      textureCue: true,
      background: 'grey',
      backgroundTint: 0.5,
      clutter: 7,
      train: 100,
      heldOut: 50,
    });
    expect(builtinOptions({ colour_cue: 'off' })).toEqual({ colourCue: false });
  });

  it('leaves to the set what is left to it', () => {
    expect(builtinOptions({})).toEqual({});
    expect(builtinOptions({ colour_cue: 'own', background: 'own' })).toEqual({});
  });

  it('refuses what is no setting, or no value of it, in a sentence', () => {
    expect(codeOf({ colour: 'on' })).toBe('data/unknown-setting');
    expect(codeOf(JSON.parse('{"__proto__": 1}'))).toBe('data/unknown-setting');
    expect(codeOf({ constructor: 1 })).toBe('data/unknown-setting');
    expect(codeOf({ data_classes: 11 })).toBe('data/bad-setting');
    expect(codeOf({ data_classes: 2.5 })).toBe('data/bad-setting');
    expect(codeOf({ shape_cue: 1 })).toBe('data/bad-setting');
    expect(codeOf({ background: 'stripes' })).toBe('data/bad-setting');
    expect(codeOf({ clutter: Number.NaN })).toBe('data/bad-setting');
    expect(codeOf({ train_pictures: null })).toBe('data/bad-setting');
    expect(() => builtinOptions({ clutter: 21 })).toThrow(
      /clutter .* must be a whole number between 0 and 20/,
    );
  });

  it('never lets anything else through, nor throws anything else', () => {
    const names = fc.oneof(fc.constantFrom(...builtinFieldNames), fc.string());
    fc.assert(
      fc.property(fc.dictionary(names, fc.anything()), (params) => {
        const code = codeOf(params);
        expect([null, 'data/unknown-setting', 'data/bad-setting']).toContain(code);
        if (code !== null) return;
        for (const [name, value] of Object.entries(params)) {
          if (value === undefined) continue;
          const spec = recipeFields[name as (typeof builtinFieldNames)[number]];
          if (spec.kind === 'integer') expect(value).toBe(Math.round(value as number));
        }
      }),
    );
  });

  it('makes of a recipe what its fields say', () => {
    const recipe = { ...officialRecipe, data: 'grey', data_classes: 3, train_pictures: 20 } as const;
    const options = builtinOptions({ ...builtinParams(recipe), held_out_pictures: 10 });
    const set = makeBuiltinDataset('grey', options);
    expect(set).toMatchObject({ count: 30, classNames: ['star', 'gear', 'heart'] });
  });
});

import { describe, expect, it } from 'vitest';
import { builtinFieldNames, builtinParams } from './builtin';
import { checkRecipe } from './check';
import { fieldApplies } from './field';
import { officialRecipe, type Recipe, recipeFields } from './fields';
import { decodePermalink, encodePermalink } from './permalink';
import { defaultPreset } from './presets';

const recipe = (changes: Partial<Recipe>): Recipe => ({ ...defaultPreset.recipe, ...changes });

describe('builtinParams', () => {
  it('tells what differs from the set as it is, and nothing else', () => {
    expect(builtinParams(recipe({ hue_spread: 0.5 }))).toEqual({});
    expect(builtinParams(recipe({ clutter: 3, shape_cue: false, depth: 7, data_seed: 9 }))).toEqual({
      clutter: 3,
      shape_cue: false,
    });
  });

  it('leaves out what has no effect on these pictures', () => {
    const changes = { hue_spread: 0.1, background_tint: 0.5, clutter: 3 };
    expect(builtinParams(recipe({ data: 'grey', ...changes }))).toEqual({ background_tint: 0.5, clutter: 3 });
    expect(builtinParams(recipe({ data: 'noise', ...changes }))).toEqual({ clutter: 3 });
    expect(builtinParams(recipe({ data: 'grey', ...changes, colour_cue: 'on' }))).toHaveProperty(
      'hue_spread',
    );
    expect(builtinParams(recipe({ ...changes, colour_cue: 'off' }))).not.toHaveProperty('hue_spread');
    expect(builtinParams(recipe({ data: 'noise', ...changes, background: 'blobs' }))).toHaveProperty(
      'background_tint',
    );
    expect(builtinParams(recipe({ data: 'folder', ...changes }))).toEqual({});
  });

  it('belongs to a link', () => {
    const asked = recipe({
      data: 'noise',
      background: 'grey',
      shape_cue: false,
      texture_cue: true,
      clutter: 2,
    });
    const back = decodePermalink(encodePermalink(asked, defaultPreset.name));
    expect(back.problems).toEqual([]);
    expect(back.recipe).toEqual(asked);
  });
});

describe('the fields of the built-in sets', () => {
  it('show for built-in sets only', () => {
    const shown = (data: Recipe['data']) =>
      builtinFieldNames.filter((name) => fieldApplies(recipeFields[name], { ...officialRecipe, data }));
    expect(shown('folder')).toEqual([]);
    expect(shown('confetti')).toEqual(builtinFieldNames);
  });
});

describe('cues', () => {
  const facts = { trainImages: 1600, imageSize: 64, classes: 10 };
  const warned = (changes: Partial<Recipe>) =>
    checkRecipe(recipe(changes), facts).map(({ field, kind }) => `${kind} ${field}`);

  it('are warned of when nothing tells the classes apart', () => {
    expect(warned({ data: 'grey', shape_cue: false })).toContain('warning shape_cue');
    expect(warned({ shape_cue: false, colour_cue: 'off' })).toContain('warning shape_cue');
    expect(warned({ data: 'grey', shape_cue: false, texture_cue: true })).not.toContain('warning shape_cue');
    expect(warned({ shape_cue: false })).not.toContain('warning shape_cue');
    expect(warned({ data: 'folder', shape_cue: false, colour_cue: 'off' })).not.toContain(
      'warning shape_cue',
    );
  });

  it('are warned of when the views take away the only one', () => {
    const jitters = { jitter_prob: 0.8, hue: 0.5 };
    expect(warned({ shape_cue: false, ...jitters })).toContain('warning hue');
    expect(warned({ shape_cue: false, ...jitters, hue: 0.1 })).not.toContain('warning hue');
    expect(warned({ shape_cue: false, ...jitters, jitter_prob: 0 })).not.toContain('warning hue');
    expect(warned(jitters)).not.toContain('warning hue');
  });
});

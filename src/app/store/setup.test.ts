import { beforeEach, describe, expect, it } from 'vitest';
import { findPreset } from '../../recipe';
import { freshPage } from '../testing/fakeSession';
import { changedFields, chooseData, choosePreset, dataKey, setFields, useSetup } from './setup';

const setup = () => useSetup.getState();
const own = { id: 'waste', name: 'waste', revision: 1 };

beforeEach(() => {
  freshPage();
});

describe('choosing a preset', () => {
  it('keeps the built-in set that was chosen, and its seed', () => {
    setFields({ data: 'noise', data_seed: 7 });
    choosePreset('confetti-standard');
    expect(setup().recipe).toEqual({
      ...findPreset('confetti-standard')!.recipe,
      data: 'noise',
      data_seed: 7,
    });
  });

  it('keeps what a built-in set was made to show', () => {
    const shows = { shape_cue: false, clutter: 4, train_pictures: 200 };
    setFields(shows);
    choosePreset('confetti-standard');
    expect(setup().recipe).toMatchObject(shows);
    expect(changedFields(setup().preset, setup().recipe)).toEqual([]);
  });

  it('asks for a folder with a preset for photos, and leaves it with one for confetti', () => {
    choosePreset('photos-quick');
    expect(setup().recipe.data).toBe('folder');
    choosePreset('confetti-quick');
    expect(setup().recipe.data).toBe('confetti');
  });

  it('takes the official values to whatever pictures there are', () => {
    setFields({ data: 'folder' });
    choosePreset('official');
    expect(setup()).toMatchObject({ preset: 'official', recipe: { data: 'folder', centering: 'ema' } });
  });
});

describe('choosing pictures', () => {
  it('brings the preset made for such pictures, unless the recipe was changed by hand', () => {
    expect(chooseData('folder')).toBe('photos-quick');
    expect(setup().recipe.arch).toBe('cnn');
    expect(chooseData('grey')).toBe('confetti-quick');
    expect(setup().recipe).toMatchObject({ data: 'grey', arch: 'vit' });
    setFields({ depth: 6 });
    expect(chooseData('folder')).toBeNull();
    expect(setup()).toMatchObject({ preset: 'confetti-quick', recipe: { data: 'folder', depth: 6 } });
  });

  it('is not counted as a change of the preset', () => {
    chooseData('noise');
    expect(changedFields(setup().preset, setup().recipe)).toEqual([]);
  });

  it('is known by a key that changes when other pictures are meant', () => {
    const { recipe } = setup();
    const key = dataKey(recipe, null);
    expect(dataKey({ ...recipe, lr: 1 }, null)).toBe(key);
    expect(dataKey({ ...recipe, data_seed: 1 }, null)).not.toBe(key);
    expect(dataKey({ ...recipe, data: 'grey', hue_spread: 1 }, null)).toBe(
      dataKey({ ...recipe, data: 'grey' }, null),
    );
    expect(dataKey({ ...recipe, clutter: 2 }, null)).not.toBe(key);
    expect(dataKey({ ...recipe, background_tint: 0.5, clutter: 2 }, null)).toBe(
      'confetti:0:background_tint=0.5&clutter=2',
    );
    expect(dataKey({ ...recipe, data: 'folder' }, null)).toBeNull();
    const ofOwn = dataKey({ ...recipe, data: 'folder' }, own);
    expect(dataKey({ ...recipe, data: 'folder' }, { ...own, name: 'rubbish' })).toBe(ofOwn);
    expect(dataKey({ ...recipe, data: 'folder' }, { ...own, revision: 2 })).not.toBe(ofOwn);
  });
});

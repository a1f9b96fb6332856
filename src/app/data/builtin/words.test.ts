import { describe, expect, it } from 'vitest';
import { defaultPreset, type Recipe } from '../../../recipe';
import { whatToExpect } from './words';

const said = (changes: Partial<Recipe>) => whatToExpect({ ...defaultPreset.recipe, ...changes }).join(' ');

describe('what to expect of a built-in set', () => {
  it('names the cues there are', () => {
    expect(said({})).toContain('Shape and colour tell the 10 classes apart');
    expect(said({ texture_cue: true })).toContain('Shape, colour and pattern tell');
    expect(said({ hue_spread: 1.5 })).toContain('colour tells little');
    expect(said({ data: 'grey', data_classes: 4 })).toContain('Only shape tells the 4 classes apart');
    expect(said({ shape_cue: false })).toContain('Only colour tells');
    expect(said({ data: 'noise', shape_cue: false, texture_cue: true })).toContain('Only pattern tells');
  });

  it('says that chance is all there is where nothing tells the classes', () => {
    expect(said({ data: 'grey', shape_cue: false, data_classes: 5 })).toContain('above 1 in 5 is luck');
  });

  it('tells the shortcut from a background that is alike in all', () => {
    expect(said({})).toContain('alike in all pictures');
    for (const changes of [{ data: 'noise' }, { background: 'picture' }, { background_tint: 1 }] as const) {
      expect(said(changes)).toContain('needs no object');
    }
    expect(said({ background_tint: 0.25 })).toContain('25 %');
    expect(said({ data: 'noise', background: 'grey' })).toContain('alike in all pictures');
  });

  it('mentions clutter where there is any', () => {
    expect(said({})).not.toContain('mask');
    expect(said({ clutter: 1 })).toContain('One small shape lies');
    expect(said({ clutter: 6 })).toContain('6 small shapes lie');
  });
});

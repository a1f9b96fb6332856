import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../platform/random';
import { officialRecipe } from '../recipe';
import {
  boxesOf,
  COLUMNS,
  type CropRecipe,
  column,
  cropStream,
  drawCrops,
  evaluationParameters,
  NO_SOLARIZE,
  solarizeCut,
  supportCropStream,
  supportGroup,
  type View,
  viewGroups,
  viewParameters,
} from './parameters';

const indices = Array.from({ length: 500 }, (_, i) => 2 * i);
const many = drawCrops(officialRecipe, cropStream(0, 0), indices, 64);

/** Values of one column over all rows of a view. */
function valuesOf(group: number, view: number, name: keyof typeof column, drawn = many): number[] {
  const rows = viewParameters(drawn[group]!, view);
  return Array.from({ length: rows.length / COLUMNS }, (_, i) => rows[i * COLUMNS + column[name]]!);
}

const share = (values: number[], wanted: (value: number) => boolean) =>
  values.filter(wanted).length / values.length;

describe('drawCrops', () => {
  it('gives the same crops for the same seed and step, others for another step or seed', () => {
    const draw = (seed: number, step: number) =>
      drawCrops(officialRecipe, cropStream(seed, step), indices.slice(0, 4), 64).map((d) => d.parameters);
    expect(draw(5, 7)).toEqual(draw(5, 7));
    expect(draw(5, 7)).not.toEqual(draw(5, 8));
    expect(draw(5, 7)).not.toEqual(draw(6, 7));
  });

  it('gives two global views and the local ones, view-major', () => {
    expect(many.map((drawn) => drawn.group.size)).toEqual([224, 96]);
    expect(many[1]!.group.views.map((view) => view.name)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((i) => `local ${i}`),
    );
    expect(many[1]!.parameters.length).toBe(8 * 500 * COLUMNS);
    for (let view = 0; view < 8; view++) expect(valuesOf(1, view, 'image')).toEqual(indices);
  });

  it('gives no local group without local crops', () => {
    const recipe = { ...officialRecipe, local_crops_number: 0 };
    expect(drawCrops(recipe, cropStream(0, 0), [0], 64).length).toBe(1);
  });

  it.each([
    [0, 0, 1, 0],
    [0, 1, 0.1, 0.2],
    [1, 0, 0.5, 0],
    [1, 7, 0.5, 0],
  ])(
    'applies every transform as often as the official code: group %i, view %i',
    (group, view, blur, solarize) => {
      const isOn = (value: number) => value > 0;
      expect(share(valuesOf(group, view, 'flip'), isOn)).toBeCloseTo(0.5, 1);
      expect(share(valuesOf(group, view, 'jitter'), isOn)).toBeCloseTo(0.8, 1);
      expect(share(valuesOf(group, view, 'gray'), isOn)).toBeCloseTo(0.2, 1);
      expect(share(valuesOf(group, view, 'blur'), isOn)).toBeCloseTo(blur, 1);
      expect(share(valuesOf(group, view, 'solarize'), (cut) => cut < NO_SOLARIZE)).toBeCloseTo(solarize, 1);
    },
  );

  it('keeps boxes inside the picture and within the range of areas', () => {
    for (const [group, low, high] of [
      [0, 0.4, 1],
      [1, 0.05, 0.4],
    ] as const) {
      const areas = boxesOf(viewParameters(many[group]!, 0)).map((box) => {
        expect(box.top >= 0 && box.left >= 0).toBe(true);
        expect(box.top + box.height <= 64 && box.left + box.width <= 64).toBe(true);
        return (box.height * box.width) / 64 ** 2;
      });
      // Sides are rounded, so a small box can miss its range by a few per cent.
      expect(Math.min(...areas)).toBeGreaterThan(low * 0.94);
      expect(Math.max(...areas)).toBeLessThanOrEqual(high * 1.03);
      // Large boxes of extreme ratio do not fit and are drawn anew: only small areas stay uniform.
      const mean = areas.reduce((sum, area) => sum + area) / areas.length;
      if (high < 0.5) expect(mean).toBeCloseTo((low + high) / 2, 1);
    }
  });

  it('draws factors from the whole of their ranges, and a neutral one where the strength is 0', () => {
    const recipe = { ...officialRecipe, jitter_prob: 1, saturation: 0 };
    const drawn = drawCrops(recipe, cropStream(0, 0), indices, 64);
    const range = (name: keyof typeof column) => {
      const values = valuesOf(0, 0, name, drawn);
      return [Math.min(...values), Math.max(...values)];
    };
    const expected = {
      brightness: [0.6, 1.4],
      contrast: [0.6, 1.4],
      hue: [-0.1, 0.1],
      blur: [0.1, 2],
    } as const;
    for (const [name, [low, high]] of Object.entries(expected)) {
      const [least, most] = range(name as keyof typeof expected) as [number, number];
      const margin = (high - low) / 50;
      expect(least >= low - 1e-6 && least < low + margin).toBe(true);
      expect(most <= high + 1e-6 && most > high - margin).toBe(true);
    }
    expect(range('saturation')).toEqual([1, 1]);
  });

  it('uses every order of the jitter', () => {
    const rows = viewParameters(many[0]!, 0);
    const orders = new Set<string>();
    for (let i = 0; i < rows.length; i += COLUMNS) {
      if (rows[i + column.jitter]) orders.add(rows.slice(i + column.order, i + column.order + 4).join(''));
    }
    expect(orders.size).toBe(24);
  });

  it('draws in the official order, and nothing for what is not applied', () => {
    const calls: string[] = [];
    // 0.5 everywhere: flips, jitters and greys at probability 0.6, and blurs, but does not solarise at 0.2.
    const rng = {
      uniform: (low = 0, high = 1) => {
        calls.push(`${low.toFixed(2)} to ${high.toFixed(2)}`);
        return (low + high) / 2;
      },
      integer: (n: number) => {
        calls.push(`below ${n}`);
        return 0;
      },
      permutation: () => {
        calls.push('order');
        return Int32Array.of(2, 0, 3, 1);
      },
    } as unknown as RandomStream;
    const recipe: CropRecipe = {
      ...officialRecipe,
      local_crops_number: 0,
      global_crops_scale_min: 0.25,
      global_crops_scale_max: 0.25,
      hflip_prob: 0.6,
      gray_prob: 0.6,
      blur_prob_global2: 0.6,
    };
    const drawn = drawCrops(recipe, rng, [9], 64)[0]!;
    const unit = '0.00 to 1.00';
    const box = ['0.25 to 0.25', '-0.29 to 0.29', 'below 33', 'below 33'];
    const jitter = ['order', '0.60 to 1.40', '0.60 to 1.40', '0.80 to 1.20', '-0.10 to 0.10'];
    const first = [...box, unit, unit, ...jitter, unit, unit, '0.10 to 2.00'];
    expect(calls).toEqual([...first, ...first, unit]);
    expect([...viewParameters(drawn, 0)].map((value) => Math.round(value * 100) / 100)).toEqual([
      9, 0, 0, 32, 32, 1, 1, 2, 0, 3, 1, 1, 1, 1, 0, 1, 1.05, 2, 0,
    ]);
  });

  it('solarises any view from a level of its own, and equalises, where the recipe says so', () => {
    const recipe = { ...officialRecipe, solarize_all: true, equalize_prob: 0.3, local_crops_number: 1 };
    const drawn = drawCrops(recipe, cropStream(0, 0), indices, 64);
    for (const [group, view] of [
      [0, 0],
      [0, 1],
      [1, 0],
    ] as const) {
      const all = valuesOf(group, view, 'solarize', drawn);
      const cuts = all.filter((cut) => cut !== NO_SOLARIZE);
      expect(cuts.length / all.length).toBeCloseTo(0.2, 1);
      expect(share(cuts, (cut) => cut < 0.5)).toBeCloseTo(0.5, 0.5);
      expect(Math.min(...cuts)).toBeLessThan(0.1);
      expect(Math.max(...cuts)).toBeGreaterThan(0.9);
      expect(share(valuesOf(group, view, 'equalize', drawn), (flag) => flag === 1)).toBeCloseTo(0.3, 1);
    }
  });

  it('draws for solarising and equalising last, and for neither where it cannot happen', () => {
    // The view before it is drawn alike: what a recipe adds, it adds at the end of a row.
    const one = { ...officialRecipe, local_crops_number: 0 };
    const more = { ...one, solarize_all: true, equalize_prob: 1 };
    const [few, many] = [one, more].map((recipe) => drawCrops(recipe, cropStream(4, 2), [7], 64)[0]!);
    const before = column.solarize;
    expect(few!.parameters.subarray(0, before)).toEqual(many!.parameters.subarray(0, before));
    expect(valuesOf(0, 0, 'equalize', [few!])).toEqual([0]);
    expect(valuesOf(0, 0, 'equalize', [many!])).toEqual([1]);
  });

  it('draws the groups it is given, for other pictures than the recipe’s own', () => {
    const group = supportGroup(officialRecipe, 3);
    const drawn = drawCrops(officialRecipe, supportCropStream(0, 0), indices, 64, [group]);
    expect(drawn.length).toBe(1);
    expect(drawn[0]!.group).toBe(group);
    expect(drawn[0]!.parameters.length).toBe(3 * 500 * COLUMNS);
    expect(valuesOf(0, 2, 'image', drawn)).toEqual(indices);
    const blurred = [0, 1, 2].map((view) => valuesOf(0, view, 'blur', drawn).filter((radius) => radius > 0));
    expect(blurred.map((radii) => Math.round((10 * radii.length) / 500))).toEqual([10, 1, 10]);
    expect(drawn[0]!.parameters).not.toEqual(
      drawCrops(officialRecipe, cropStream(0, 0), indices, 64, [group])[0]!.parameters,
    );
  });
});

describe('viewGroups', () => {
  it('names only the stages that can happen', () => {
    const plain = { ...officialRecipe, jitter_prob: 0, gray_prob: 0, solarize_prob: 0, blur_prob_local: 0 };
    expect(viewGroups(plain).map((group) => group.stages)).toEqual([
      { colour: false, blur: 2, solarize: false, equalize: false },
      { colour: false, blur: 0, solarize: false, equalize: false },
    ]);
    const toned = { ...plain, solarize_prob: 0.2, solarize_all: true, equalize_prob: 0.2 };
    expect(viewGroups(toned).map(({ stages }) => [stages.solarize, stages.equalize])).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  it('resizes all views as the recipe says', () => {
    for (const interpolation of ['bicubic', 'bilinear'] as const) {
      const recipe = { ...officialRecipe, interpolation };
      const groups = [...viewGroups(recipe), supportGroup(recipe, 1)];
      expect(groups.map((group) => group.interpolation)).toEqual(Array(3).fill(interpolation));
    }
  });
});

describe('supportGroup', () => {
  it('makes its views like the global ones, in turns', () => {
    const [globals] = viewGroups(officialRecipe);
    const { views, size, stages } = supportGroup(officialRecipe, 3);
    const nameless = (view: View) => ({ ...view, name: '' });
    expect(views.map(({ name }) => name)).toEqual(['support 1', 'support 2', 'support 3']);
    expect(views.map(nameless)).toEqual([0, 1, 0].map((i) => nameless(globals!.views[i]!)));
    expect([size, stages]).toEqual([globals!.size, globals!.stages]);
    expect(supportGroup(officialRecipe, 1).stages.solarize).toBe(false);
  });
});

describe('evaluationParameters', () => {
  it('takes the whole of a square and the centre of anything else', () => {
    expect(boxesOf(evaluationParameters([4], 64))).toEqual([
      { top: 0, left: 0, height: 64, width: 64, flip: false },
    ]);
    expect(boxesOf(evaluationParameters([4], { width: 10, height: 7 }))).toEqual([
      { top: 0, left: 1, height: 7, width: 7, flip: false },
    ]);
  });
});

describe('solarizeCut', () => {
  it('lies between the last level that is kept and the first that is inverted', () => {
    expect(solarizeCut(128)).toBeCloseTo(127.5 / 255, 9);
    expect(solarizeCut(77.3)).toBeCloseTo(77.5 / 255, 9);
    expect(solarizeCut(0)).toBeLessThan(0);
    expect(solarizeCut(256)).toBeGreaterThan(1);
  });
});

import { describe, expect, it } from 'vitest';
import { randomStream } from '../../platform/random';
import { patternNames, patternShade } from './pattern';

const shadeOf = (label: number, seed = 0) => patternShade(label, randomStream(seed, 'p'), 64);

/** Mean absolute change from a pixel to the one `step` further. */
function change(shade: Float32Array, step: number): number {
  let sum = 0;
  for (let i = 0; i + step < shade.length; i++) sum += Math.abs(shade[i + step]! - shade[i]!);
  return sum / shade.length;
}

describe('patternShade', () => {
  it.each(patternNames.map((name, label) => [name, label] as const))(
    '%s is partly dark, partly light',
    (_, label) => {
      const shade = shadeOf(label);
      const mean = shade.reduce((sum, value) => sum + value, 0) / shade.length;
      expect(Math.min(...shade)).toBeCloseTo(0.4, 1);
      expect(Math.max(...shade)).toBeCloseTo(1, 1);
      expect(mean).toBeGreaterThan(0.5);
      expect(mean).toBeLessThan(0.85);
    },
  );

  it('lets lying stripes change downwards, standing ones across, the others both ways', () => {
    for (const wide of [0, 5]) {
      const [lying, standing, slanting] = [0, 1, 2].map((kind) => shadeOf(wide + kind));
      expect(change(lying!, 64)).toBeGreaterThan(3 * change(lying!, 1));
      expect(change(standing!, 1)).toBeGreaterThan(3 * change(standing!, 64));
      expect(change(slanting!, 1) / change(slanting!, 64)).toBeGreaterThan(0.6);
      expect(change(slanting!, 1) / change(slanting!, 64)).toBeLessThan(1.7);
    }
  });

  it('changes faster where it is narrow', () => {
    for (let kind = 0; kind < 5; kind++) {
      const both = (label: number) => change(shadeOf(label), 1) + change(shadeOf(label), 64);
      expect(both(kind + 5)).toBeGreaterThan(1.8 * both(kind));
    }
  });

  it('begins elsewhere in every picture', () => {
    expect(shadeOf(3, 1)).not.toEqual(shadeOf(3, 2));
    expect(shadeOf(3, 1)).toEqual(shadeOf(3, 1));
  });
});

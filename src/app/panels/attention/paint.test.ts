import { describe, expect, it } from 'vitest';
import { headMean, heat, outlinePath, paintHeat, paintMask, pictureAt } from './paint';

const grid = { rows: 2, cols: 2 };
const white = new Uint8ClampedArray(4 * 4 * 4).fill(255);

function pixel(rgba: Uint8ClampedArray, x: number, y: number): number[] {
  return [...rgba.subarray((y * 4 + x) * 4, (y * 4 + x) * 4 + 4)];
}

describe('painting attention', () => {
  it('lights the strongest patch fully and leaves a patch without attention to the darkened picture', () => {
    const rgba = paintHeat(white, [0, 0.1, 0.2, 0.4], grid, 4);
    const [red, green, blue] = heat(1);
    expect(pixel(rgba, 3, 3)).toEqual([red, green, blue, 255]);
    const ground = [20, 16, 40].map((night) => Math.round(255 * 0.28 + night * 0.72));
    expect(pixel(rgba, 0, 0)).toEqual([...ground, 255]);
    expect(pixel(rgba, 1, 1)).toEqual(pixel(rgba, 0, 0));
  });

  it('scales every map to its own peak', () => {
    const weak = paintHeat(white, [0, 0, 0, 0.001], grid, 4);
    const strong = paintHeat(white, [0, 0, 0, 0.9], grid, 4);
    expect([...weak]).toEqual([...strong]);
  });

  it('draws no attention at all as darkness, not as NaN', () => {
    expect(pixel(paintHeat(white, [0, 0, 0, 0], grid, 4), 0, 0)[3]).toBe(255);
    expect([...paintHeat(white, [0, 0, 0, 0], grid, 4)]).toEqual([
      ...paintMask(white, [0, 0, 0, 0], grid, 4),
    ]);
  });

  it('enlarges patches to the picture even where they do not divide it', () => {
    const rgba = paintMask(new Uint8ClampedArray(3 * 3 * 4), [1, 0, 0, 0], grid, 3);
    const violetAt = (x: number, y: number) => rgba[(y * 3 + x) * 4]! > 100;
    expect([violetAt(0, 0), violetAt(1, 0), violetAt(2, 0), violetAt(0, 2)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('gets brighter with more attention', () => {
    const luminance = ([r, g, b]: readonly number[]) => 0.21 * r! + 0.72 * g! + 0.07 * b!;
    expect(luminance(heat(0.9))).toBeGreaterThan(luminance(heat(0.3)));
    expect(heat(0)[3]).toBe(0);
    expect(heat(7)[3]).toBe(1);
  });

  it('finds a picture among many', () => {
    const two = new Uint8ClampedArray(2 * 2 * 2 * 4);
    two[16] = 9;
    expect(pictureAt(two, 1, 2)[0]).toBe(9);
    expect(pictureAt(two, 1, 2).length).toBe(16);
  });
});

describe('mean over heads', () => {
  it('averages patch by patch', () => {
    const mean = headMean([0.2, 0.4, 0.6, 0], 2, 2);
    expect(mean[0]).toBeCloseTo(0.4, 6);
    expect(mean[1]).toBeCloseTo(0.2, 6);
  });
});

describe('outlinePath', () => {
  it('walks around a single cell', () => {
    const path = outlinePath([1, 0, 0, 0], grid);
    expect(new Set(path.match(/M[^M]+/g))).toEqual(new Set(['M0 0h1', 'M0 0v1', 'M1 0v1', 'M0 1h1']));
  });

  it('draws no line between two cells inside, and none around nothing', () => {
    expect(outlinePath([1, 1, 1, 1], grid)).not.toContain('M1 0v1');
    expect(outlinePath([0, 0, 0, 0], grid)).toBe('');
  });
});

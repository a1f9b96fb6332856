import { describe, expect, it } from 'vitest';
import { randomStream } from '../../platform/random';
import { enlarge, hsv, noise } from './texture';

describe('hsv', () => {
  it.each([
    [0, 1, 1, [1, 0, 0]],
    [1 / 3, 1, 1, [0, 1, 0]],
    [-1 / 3, 1, 0.5, [0, 0, 0.5]],
    [1.5, 0.5, 0.8, [0.4, 0.8, 0.8]],
    [0.1, 0.25, 0.6, [0.6, 0.54, 0.45]],
  ])('turns hue %d, saturation %d, value %d into %j', (hue, saturation, value, expected) => {
    const colour = hsv(hue, saturation, value);
    for (let c = 0; c < 3; c++) expect(colour[c]).toBeCloseTo(expected[c]!, 12);
  });
});

describe('enlarge', () => {
  it('agrees with Pillow’s bicubic filter, edges and overshoot included', () => {
    const grid = Float32Array.of(0, 1, 0, 0.5, 0.25, 1, 1, 0, 0.75);
    // Image.fromarray(grid).resize((7, 7), Image.BICUBIC), Pillow 12.3
    const expected = [
      -0.15579, 0.06713, 0.6564, 1.07212, 0.63203, 0.02319, -0.20849, -0.0425, 0.13356, 0.59563, 0.93144,
      0.62266, 0.1823, 0.01595, 0.21284, 0.27971, 0.444, 0.59695, 0.6111, 0.58105, 0.57418, 0.52404, 0.47022,
      0.31025, 0.25, 0.56371, 0.92729, 1.07212, 0.81725, 0.68378, 0.32464, 0.09003, 0.42751, 0.86926, 1.03967,
      1.04742, 0.8622, 0.38039, 0.01731, 0.29157, 0.70204, 0.85537, 1.15116, 0.94087, 0.39831, -0.02404,
      0.23502, 0.64641, 0.79808,
    ];
    const result = enlarge(grid, 3, 7);
    expect(result.length).toBe(49);
    for (let i = 0; i < 49; i++) expect(result[i]).toBeCloseTo(expected[i]!, 4);
  });
});

describe('noise', () => {
  it('spans 0 to 1 and repeats itself for the same stream', () => {
    const first = noise(randomStream(0, 'n'), 32, 3, 3);
    expect(Math.min(...first)).toBe(0);
    expect(Math.max(...first)).toBeCloseTo(1, 5);
    expect(noise(randomStream(0, 'n'), 32, 3, 3)).toEqual(first);
    expect(noise(randomStream(1, 'n'), 32, 3, 3)).not.toEqual(first);
  });
});

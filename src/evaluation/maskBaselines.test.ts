import { describe, expect, it } from 'vitest';
import { maskBaselines, oracleMask, randomMask } from './maskBaselines';

/** A disc of this radius in the middle of size × size pixels, moved by dx. */
function disc(size: number, radius: number, dx = 0): Uint8Array {
  const middle = (size - 1) / 2;
  return Uint8Array.from({ length: size * size }, (_, i) => {
    const x = (i % size) - middle - dx;
    return Math.hypot(x, Math.floor(i / size) - middle) < radius ? 1 : 0;
  });
}

describe('mask baselines', () => {
  it('finds the centred disc that was drawn', () => {
    const { centredDisc, wholeImage } = maskBaselines(disc(32, 9), 32);
    expect(centredDisc).toEqual({ radius: 9, jaccard: 100 });
    expect(wholeImage).toBeCloseTo((100 * disc(32, 9).reduce((a, b) => a + b, 0)) / 1024, 6);
  });

  it('takes one radius for all pictures', () => {
    const masks = Uint8Array.of(...disc(32, 5), ...disc(32, 15));
    const { centredDisc } = maskBaselines(masks, 32);
    expect(centredDisc.jaccard).toBeLessThan(60);
    expect(centredDisc.jaccard).toBeGreaterThan(50);
  });

  it('ranks random patches below the whole picture, and the oracle above all', () => {
    const masks = Uint8Array.of(...disc(32, 8, 6), ...disc(32, 8, -6), ...disc(32, 8, 3));
    const { wholeImage, centredDisc } = maskBaselines(masks, 32);
    const random = randomMask(masks, 32, 8, 8, 0.6);
    expect(random).toBeLessThan(wholeImage);
    expect(random).toBeGreaterThan(wholeImage / 2);
    expect(oracleMask(masks, 32, 8, 8)).toBeGreaterThan(centredDisc.jaccard);
    expect(oracleMask(masks, 32, 16, 16)).toBeGreaterThan(oracleMask(masks, 32, 8, 8));
    expect(oracleMask(masks, 32, 32, 32)).toBeCloseTo(100, 6);
    expect(randomMask(masks, 32, 8, 8, 0.6)).toBe(random);
  });
});

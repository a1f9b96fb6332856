import { describe, expect, it } from 'vitest';
import { enlargeNearest } from './attentionMask';
import { jaccard, PatchGrid, scoreAttention } from './jaccard';

const left = Uint8Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : 0));
const top = Uint8Array.from({ length: 16 }, (_, i) => (i < 8 ? 1 : 0));

describe('Jaccard', () => {
  it('is intersection over union in percent', () => {
    expect(jaccard(left, left)).toBe(100);
    expect(jaccard(left, top)).toBeCloseTo(100 / 3, 10);
    expect(jaccard(left, new Uint8Array(16).fill(1))).toBe(50);
    expect(jaccard(new Uint8Array(16), new Uint8Array(16))).toBe(0);
  });

  it('by patches equals Jaccard of the enlarged mask', () => {
    const truth = Uint8Array.from({ length: 64 }, (_, i) => ((i * 7) % 5 < 2 ? 1 : 0));
    const kept = Uint8Array.from({ length: 16 }, (_, i) => (i % 3) & 1);
    const grid = new PatchGrid(4, 4, 8);
    grid.lookAt(Uint8Array.of(...new Uint8Array(64), ...truth), 1);
    expect(grid.jaccard(kept)).toBeCloseTo(jaccard(enlargeNearest(kept, 4, 4, 2), truth), 10);
  });

  it('takes the patches more than half covered for the true mask, within a little of the best of all', () => {
    const truth = Uint8Array.from({ length: 36 }, (_, i) => ((i * i) % 11 < 5 ? 1 : 0));
    const grid = new PatchGrid(3, 3, 6);
    grid.lookAt(truth, 0);
    const known = grid.truthMask();
    expect([...known]).toEqual([...grid.covered].map((covered) => (covered >= 3 ? 1 : 0)));
    let best = 0;
    for (let bits = 0; bits < 512; bits++) {
      best = Math.max(best, grid.jaccard(Uint8Array.from({ length: 9 }, (_, p) => (bits >> p) & 1)));
    }
    expect(grid.jaccard(known)).toBeLessThanOrEqual(best);
    expect(grid.jaccard(known)).toBeGreaterThan(best - 15);
  });
});

describe('scoring attention', () => {
  // Two images, two heads, 2×2 patches over 4×4 pixels: where each head puts nearly all its mass.
  const on = (...patches: number[]) => [0, 1, 2, 3].map((p) => (patches.includes(p) ? 10 : 0.01));
  const leftHalf = on(0, 2);
  const topHalf = on(0, 1);
  const attention = Float32Array.from([leftHalf, topHalf, topHalf, leftHalf].flat());
  const masks = Uint8Array.of(...left, ...left);

  it('tells the honest mean, the best head of each image and the one best head apart', () => {
    const score = scoreAttention(attention, 2, 2, masks, 4, 0.6);
    expect([...score.perImage].map(Math.round)).toEqual([100, 33, 33, 100]);
    expect(score.headMean).toBeCloseTo(200 / 3, 4);
    expect(score.bestHead).toBeCloseTo(100, 4);
    expect(score.fixedHead).toBeCloseTo(200 / 3, 4);
    expect(score.perHead).toHaveLength(2);
  });

  it('scores one mask of the averaged attention beside them', () => {
    // Averaged, patch 0 holds half of the mass and 1 and 2 a quarter each: the later one passes the line.
    expect(scoreAttention(attention, 2, 2, masks, 4, 0.6).averagedMap).toBeCloseTo(100, 4);
  });

  it('lays a finer grid over the same truth', () => {
    const fine = enlargeNearest(attention, 2, 2, 2);
    const coarse = scoreAttention(attention, 2, 2, masks, 4, 0.6);
    expect([...scoreAttention(fine, 4, 4, masks, 4, 0.95).perImage]).toEqual([...coarse.perImage]);
  });
});

import { describe, expect, it } from 'vitest';
import { randomStream } from '../platform/random';
import { kMeans } from './kMeans';

/** `per` rows around each of the given points of the plane. */
function blobs(points: readonly (readonly [number, number])[], per: number, spread: number): Float64Array {
  const random = randomStream(3, 'blobs');
  return Float64Array.from(
    Array.from({ length: per }, () =>
      points.flatMap(([x, y]) => [random.normal(x, spread), random.normal(y, spread)]),
    ).flat(),
  );
}

const corners = [
  [0, 0],
  [10, 0],
  [0, 10],
  [10, 10],
] as const;

describe('k-means', () => {
  it('finds well parted groups whatever the seed, with their means as centres', async () => {
    const x = blobs(corners, 25, 0.5);
    for (let seed = 0; seed < 10; seed++) {
      const { k, cluster, centres } = await kMeans(x, 2, 4, seed);
      expect(k).toBe(4);
      // Row i belongs to corner i % 4.
      for (const [i, c] of cluster.entries()) expect(c).toBe(cluster[i % 4]);
      expect(new Set(cluster.subarray(0, 4)).size).toBe(4);
      for (const [corner, [px, py]] of corners.entries()) {
        const c = cluster[corner]!;
        expect(Math.hypot(centres[2 * c]! - px, centres[2 * c + 1]! - py)).toBeLessThan(0.5);
      }
    }
  });

  it('ends where every row is nearest to its own centre and every centre is a mean', async () => {
    const x = blobs(corners, 40, 4);
    const { k, cluster, centres, distance } = await kMeans(x, 2, 7, 1);
    const to = (i: number, c: number) =>
      (x[2 * i]! - centres[2 * c]!) ** 2 + (x[2 * i + 1]! - centres[2 * c + 1]!) ** 2;
    for (const [i, c] of cluster.entries()) {
      expect(distance[i]).toBeCloseTo(to(i, c), 9);
      for (let other = 0; other < k; other++) expect(to(i, c)).toBeLessThanOrEqual(to(i, other) + 1e-9);
    }
    for (let c = 0; c < k; c++) {
      const rows = [...cluster.keys()].filter((i) => cluster[i] === c);
      const mean = rows.reduce((sum, i) => sum + x[2 * i]!, 0) / rows.length;
      expect(centres[2 * c]).toBeCloseTo(mean, 9);
    }
  });

  it('repeats itself, and starts elsewhere with another seed', async () => {
    const x = blobs(corners, 40, 6);
    const first = await kMeans(x, 2, 6, 5);
    expect(await kMeans(x, 2, 6, 5)).toEqual(first);
    expect((await kMeans(x, 2, 6, 6)).centres).not.toEqual(first.centres);
  });

  it('makes no more clusters than there are different rows', async () => {
    const twins = Float64Array.of(1, 2, 1, 2, 3, 4, 1, 2);
    expect((await kMeans(twins, 2, 4, 0)).k).toBe(2);
    expect((await kMeans(twins, 2, 1, 0)).centres).toEqual(Float64Array.of(1.5, 2.5));
    expect((await kMeans(new Float64Array(0), 2, 3, 0)).k).toBe(0);
  });

  it('ends when told to', async () => {
    await expect(
      kMeans(blobs(corners, 9, 1), 2, 3, 0, () => Promise.reject(new Error('enough'))),
    ).rejects.toThrow('enough');
  });
});

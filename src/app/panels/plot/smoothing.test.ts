import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerBound, nearestIndex, smooth, thin } from './smoothing';

describe('smooth', () => {
  it('leaves a constant series constant from its first value on', () => {
    const smoothed = smooth(new Float64Array(50).fill(4.159), 0.95);
    for (const value of smoothed) expect(value).toBeCloseTo(4.159, 10);
  });

  it('weighs the past by the given share', () => {
    const [first, second, third] = smooth(Float64Array.from([1, 2, 4]), 0.5);
    expect(first).toBe(1);
    expect(second).toBeCloseTo((0.25 * 1 + 0.5 * 2) / 0.75, 12);
    expect(third).toBeCloseTo((0.125 * 1 + 0.25 * 2 + 0.5 * 4) / 0.875, 12);
  });

  it('goes on after a value that is not a number', () => {
    const smoothed = smooth(Float64Array.from([2, Number.NaN, 2]), 0.9);
    expect(smoothed[1]).toBeNaN();
    expect(smoothed[2]).toBeCloseTo(2, 12);
  });

  it('does nothing at weight 0', () => {
    const values = Float64Array.from([3, 1]);
    expect(smooth(values, 0)).toBe(values);
  });
});

describe('thin', () => {
  const series = fc
    .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 400 })
    .map((y) => ({ x: Float64Array.from(y, (_, i) => i + 1), y: Float64Array.from(y) }));

  it('keeps both ends, the extremes and the order, within its allowance', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 2, max: 50 }), ({ x, y }, buckets) => {
        const points = thin(x, y, buckets);
        expect(points.x.length).toBeLessThanOrEqual(2 * buckets);
        expect(points.x[0]).toBe(x[0]);
        expect(points.x.at(-1)).toBe(x.at(-1));
        expect(Math.max(...points.y)).toBe(Math.max(...y));
        expect(Math.min(...points.y)).toBe(Math.min(...y));
        for (let i = 1; i < points.x.length; i++) expect(points.x[i]!).toBeGreaterThan(points.x[i - 1]!);
      }),
    );
  });

  it('keeps a single spike among ten thousand flat values', () => {
    const y = new Float64Array(10_000);
    y[7321] = 5;
    const x = Float64Array.from(y, (_, i) => i);
    expect(thin(x, y, 100).y).toContain(5);
  });

  it('shows the asked range and one neighbour on each side', () => {
    const x = Float64Array.from([1, 2, 3, 4, 5, 6]);
    expect(thin(x, x, 100, [2.5, 4.5]).x).toEqual([2, 3, 4, 5]);
  });

  it('leaves a gap where a whole bucket is not finite', () => {
    const y = Float64Array.from({ length: 1000 }, (_, i) => (i > 300 && i < 700 ? Number.NaN : 1));
    const points = thin(
      Float64Array.from(y, (_, i) => i),
      y,
      20,
    );
    expect(points.y.some(Number.isNaN)).toBe(true);
  });
});

describe('searching a rising column', () => {
  const x = Float64Array.from([1, 2, 5, 9]);

  it('finds the first value that is not smaller', () => {
    expect([0, 1, 3, 9, 10].map((at) => lowerBound(x, at))).toEqual([0, 0, 2, 3, 4]);
  });

  it('finds the nearest value, and nothing in an empty column', () => {
    expect([-4, 3, 4, 6.9, 7.1, 99].map((at) => nearestIndex(x, at))).toEqual([0, 1, 2, 2, 3, 3]);
    expect(nearestIndex(new Float64Array(0), 3)).toBe(-1);
  });
});

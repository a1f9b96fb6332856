import { describe, expect, it } from 'vitest';
import { type SparkBox, sparkPath } from './sparkPath';

const box: SparkBox = { width: 100, height: 20, firstStep: 0, lastStep: 10, low: 0, high: 1 };

describe('sparkPath', () => {
  it('puts low values at the bottom and clips what leaves the box', () => {
    const path = sparkPath(Float64Array.from([0, 5, 10]), Float64Array.from([0, 0.5, 7]), box);
    expect(path).toBe('M0.0 20.0L50.0 10.0L100.0 0.0');
  });

  it('lifts the pen where a value is missing', () => {
    const path = sparkPath(Float64Array.from([0, 5, 10]), Float64Array.from([1, Number.NaN, 1]), box);
    expect(path).toBe('M0.0 0.0M100.0 0.0');
  });

  it('is empty without values', () => {
    expect(sparkPath(new Float64Array(0), new Float64Array(0), box)).toBe('');
  });
});

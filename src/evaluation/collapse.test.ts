import { describe, expect, it } from 'vitest';
import { effectiveRank, entropy, featureStd, rankMe, singularValues } from './collapse';

describe('collapse metrics', () => {
  it('finds the same singular values of a matrix and of its transpose', () => {
    const wide = Float32Array.from({ length: 5 * 40 }, (_, i) => Math.sin(i * i));
    const tall = Float32Array.from({ length: 40 * 5 }, (_, i) => wide[(i % 5) * 40 + Math.floor(i / 5)]!);
    const ofWide = singularValues(wide, 5, 40);
    const ofTall = singularValues(tall, 40, 5);
    expect(ofWide).toHaveLength(5);
    for (const [i, value] of ofWide.entries()) expect(ofTall[i]).toBeCloseTo(value, 10);
    const energy = wide.reduce((sum, value) => sum + value * value, 0);
    expect(ofWide.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(energy, 8);
  });

  it('ranks equal directions fully and a single one as 1', () => {
    expect(effectiveRank(Float64Array.of(2, 2, 2))).toBeCloseTo(3, 10);
    expect(effectiveRank(Float64Array.of(5, 0, 0))).toBe(1);
    expect(rankMe(Float64Array.of(5, 0, 0))).toBeCloseTo(1, 4);
    expect(effectiveRank(new Float64Array(4))).toBe(0);
  });

  it('adds the published 1e-7 to every share in RankMe, which many empty directions make visible', () => {
    const one = new Float64Array(1000).fill(0).with(0, 5);
    expect(rankMe(one)).toBeCloseTo(Math.exp(999 * 1e-7 * Math.log(1e7) - 1e-7), 6);
    expect(effectiveRank(one)).toBe(1);
  });

  it('looks at rows spread over the whole set when told to look at fewer', () => {
    // Rows 0 and 2 are the two axes, rows 1 and 3 repeat the first one.
    const features = Float32Array.of(1, 0, 1, 0, 0, 1, 1, 0);
    expect(effectiveRank(singularValues(features, 4, 2, 2))).toBeCloseTo(2, 10);
    expect(singularValues(features, 4, 2, 2)).toHaveLength(2);
  });

  it('calls identical directions collapsed whatever their lengths, and opposite ones spread', () => {
    expect(featureStd(Float32Array.of(1, 1, 5, 5), 2, 2)).toBeCloseTo(0, 6);
    expect(featureStd(Float32Array.of(1, 0, -3, 0), 2, 2)).toBeCloseTo(0.5, 6);
  });

  it('measures entropy in nats', () => {
    expect(entropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 12);
    expect(entropy([0, 1])).toBe(0);
  });
});

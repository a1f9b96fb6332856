import { describe, expect, it } from 'vitest';
import { histogramFeatures, pixelFeatures, withoutMean } from './baselineFeatures';

const rgba = (r: number, g: number, b: number) => (r | (g << 8) | (b << 16) | (255 << 24)) >>> 0;

describe('pixel features', () => {
  it('averages whole blocks and keeps the channels apart', () => {
    const pixels = Uint32Array.of(rgba(0, 10, 255), rgba(100, 20, 255), rgba(50, 30, 255), rgba(50, 40, 255));
    const [r, g, b] = pixelFeatures(pixels, 1, 2, 1);
    expect(r).toBeCloseTo(50 / 255, 6);
    expect(g).toBeCloseTo(25 / 255, 6);
    expect(b).toBe(1);
  });

  it('shares pixels between cells where the sides do not divide', () => {
    const column = [0, 90, 255].map((level) => rgba(level, 0, 0));
    const pixels = Uint32Array.from([0, 1, 2].flatMap(() => column));
    const features = pixelFeatures(pixels, 1, 3, 2);
    expect(features[0]! * 255).toBeCloseTo((0 + 90 / 2) / 1.5, 4);
    expect(features[3]! * 255).toBeCloseTo((90 / 2 + 255) / 1.5, 4);
  });

  it('reads rows as rows and images one after the other', () => {
    const pixels = Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const features = pixelFeatures(pixels, 2, 2, 2);
    expect([...features].filter((_, i) => i % 3 === 0).map((v) => Math.round(v * 255))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  it('takes off the mean of the training rows only', () => {
    const features = Float32Array.of(1, 2, 3, 4, 10, 20);
    expect([...withoutMean(features, 2, [0, 1])]).toEqual([-1, -1, 1, 1, 8, 17]);
    expect([...withoutMean(Float32Array.of(1, 3), 1)]).toEqual([-1, 1]);
  });
});

describe('colour histograms', () => {
  it('counts shares of each channel, square-rooted', () => {
    const pixels = Uint32Array.of(rgba(0, 31, 255), rgba(31, 32, 255), rgba(32, 200, 255), rgba(255, 0, 255));
    const features = histogramFeatures(pixels, 1, 2);
    expect(features).toHaveLength(24);
    expect(features[0]).toBeCloseTo(Math.sqrt(2 / 4), 6);
    expect(features[1]).toBeCloseTo(Math.sqrt(1 / 4), 6);
    expect(features[8]).toBeCloseTo(Math.sqrt(2 / 4), 6);
    expect(features[23]).toBe(1);
    expect(features.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(3, 5);
  });
});

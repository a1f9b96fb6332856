/**
 * Baselines on real photographs against the figures measured in PyTorch (docs/recipes.md). The pictures are not
 * part of the project: without `../shared/data` these tests say so and are skipped.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { histogramFeatures, pixelFeatures, withoutMean } from './baselineFeatures';
import { leaveOneOutKnn } from './knn';
import { maskBaselines, oracleMask } from './maskBaselines';

const data = join('..', 'shared', 'data');
const there = existsSync(data);
if (!there) console.log(`Baselines on photographs are skipped: there is no folder ${data}.`);
const SIDE = 64;

/** The centre square of a picture at SIDE px, raw. */
async function square(file: string, channels: 1 | 3, kernel: 'lanczos3' | 'linear'): Promise<Uint8Array> {
  const image = sharp(file).toColourspace(channels === 1 ? 'b-w' : 'srgb');
  const { width, height } = await image.metadata();
  const side = Math.min(width, height);
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  const cut = image.extract({ left, top, width: side, height: side }).removeAlpha();
  return cut.resize(SIDE, SIDE, { kernel }).raw().toBuffer();
}

async function folder(name: string) {
  const classes = readdirSync(join(data, name)).sort();
  const files = classes.flatMap((label, k) =>
    readdirSync(join(data, name, label)).map((file) => ({ path: join(data, name, label, file), k })),
  );
  const pixels = new Uint32Array(files.length * SIDE * SIDE);
  for (const [n, { path }] of files.entries()) {
    const rgb = await square(path, 3, 'lanczos3');
    for (let i = 0; i < SIDE * SIDE; i++) {
      pixels[n * SIDE * SIDE + i] =
        (rgb[3 * i]! | (rgb[3 * i + 1]! << 8) | (rgb[3 * i + 2]! << 16) | (255 << 24)) >>> 0;
    }
  }
  const labels = Int32Array.from(files, ({ k }) => k);
  const loo = (features: Float32Array) => {
    const dim = features.length / files.length;
    return leaveOneOutKnn({ features, labels, dim, classes: classes.length, k: 10 })!;
  };
  return { pixels, count: files.length, loo };
}

describe.skipIf(!there)('baselines on photographs', () => {
  it('reach the measured scores on hand-digits', { timeout: 60_000 }, async () => {
    const { pixels, count, loo } = await folder('hand-digits');
    const small = pixelFeatures(pixels, count, SIDE, 16);
    const scores = { pixels: loo(small), centred: loo(withoutMean(small, 16 * 16 * 3)) };
    const coarse = loo(withoutMean(pixelFeatures(pixels, count, SIDE, 8), 8 * 8 * 3));
    const fine = loo(withoutMean(pixelFeatures(pixels, count, SIDE, 32), 32 * 32 * 3));
    const histogram = loo(histogramFeatures(pixels, count, SIDE));
    console.log('hand-digits', scores, { coarse, fine, histogram });
    expect(Math.abs(scores.centred - 63)).toBeLessThanOrEqual(2);
    expect(Math.abs(scores.pixels - 62.3)).toBeLessThanOrEqual(2);
    expect(Math.abs(coarse - 57.5)).toBeLessThanOrEqual(2);
    expect(Math.abs(fine - 59.8)).toBeLessThanOrEqual(2);
    expect(Math.abs(histogram - 20.3)).toBeLessThanOrEqual(3);
  });

  it('reach the measured scores on waste-photos', { timeout: 60_000 }, async () => {
    const { pixels, count, loo } = await folder('waste-photos');
    const centred = loo(withoutMean(pixelFeatures(pixels, count, SIDE, 16), 16 * 16 * 3));
    const histogram = loo(histogramFeatures(pixels, count, SIDE));
    console.log('waste-photos', { centred, histogram });
    expect(Math.abs(centred - 53)).toBeLessThanOrEqual(2);
    expect(Math.abs(histogram - 62)).toBeLessThanOrEqual(2);
  });

  it('reach the measured mask scores on pets', { timeout: 60_000 }, async () => {
    const files = readdirSync(join(data, 'pets-masks', 'masks')).sort();
    const masks = new Uint8Array(files.length * SIDE * SIDE);
    for (const [n, file] of files.entries()) {
      const grey = await square(join(data, 'pets-masks', 'masks', file), 1, 'linear');
      masks.set(
        grey.map((level) => (level > 127 ? 1 : 0)),
        n * SIDE * SIDE,
      );
    }
    const { wholeImage, centredDisc } = maskBaselines(masks, SIDE);
    const oracle = [oracleMask(masks, SIDE, 8, 8), oracleMask(masks, SIDE, 16, 16)];
    console.log('pets-masks', { wholeImage, centredDisc, oracle });
    expect(Math.abs(wholeImage - 37.9)).toBeLessThanOrEqual(1);
    expect(Math.abs(centredDisc.jaccard - 48.1)).toBeLessThanOrEqual(1);
    expect(Math.abs(oracle[0]! - 79.4)).toBeLessThanOrEqual(1);
    expect(Math.abs(oracle[1]! - 88.6)).toBeLessThanOrEqual(1);
  });
});

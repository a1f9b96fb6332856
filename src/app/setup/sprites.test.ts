// @vitest-environment node
/**
 * The small strips that show the built-in sets in the chooser are pictures of these sets: the first of each of
 * five classes. `UPDATE_SPRITES=1 npx vitest run src/app/setup/sprites.test.ts` draws them anew.
 */

import { mkdirSync } from 'node:fs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { makeBuiltinDataset } from '../../dataset/procedural/builtin';
import { type BuiltinName, builtinNames } from '../../dataset/procedural/options';

const shown = 5;
const folder = new URL('./sprites/', import.meta.url).pathname;

/** [side, shown × side, 4] RGBA of one strip. */
function strip(name: BuiltinName) {
  const { pixels, labels, size } = makeBuiltinDataset(name, { train: 50, heldOut: 0 });
  const data = new Uint8Array(size * shown * size * 4);
  for (let i = 0; i < shown; i++) {
    const bytes = new Uint8Array(pixels.take([labels.indexOf(2 * i)]).buffer);
    for (let row = 0; row < size; row++) {
      const start = row * size * 4;
      data.set(bytes.subarray(start, start + size * 4), (row * shown + i) * size * 4);
    }
  }
  return { data, width: shown * size, height: size };
}

test.each(builtinNames)(
  'the strip of %s shows that set',
  async (name) => {
    const { data, width, height } = strip(name);
    const file = `${folder}${name}.webp`;
    if (process.env.UPDATE_SPRITES) {
      mkdirSync(folder, { recursive: true });
      await sharp(data, { raw: { width, height, channels: 4 } })
        .removeAlpha()
        .webp({ quality: 78, smartSubsample: true })
        .toFile(file);
    }
    const stored = await sharp(file).ensureAlpha().raw().toBuffer();
    expect(stored.length).toBe(data.length);
    const error = data.reduce((sum, value, i) => sum + Math.abs(value - stored[i]), 0) / data.length;
    expect(error).toBeLessThan(10);
  },
  30_000,
);

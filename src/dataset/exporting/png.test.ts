import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../platform/random';
import { encodePng } from './png';

async function decoded(file: Uint8Array) {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return { pixels: new Uint8Array(data), ...info };
}

describe('encodePng', () => {
  it.each([1, 7, 80])(
    'writes colour of %i px a side that another decoder reads without loss',
    async (side) => {
      const random = randomStream(0, `png/${side}`);
      const noise = Uint8Array.from({ length: side * side * 3 }, () => random.integer(256));
      const smooth = noise.map((_, i) => (Math.floor(i / 3) * 5 + i) & 255);
      for (const pixels of [noise, smooth]) {
        const read = await decoded(encodePng(pixels, side, 'rgb'));
        expect(read).toMatchObject({ width: side, height: side, channels: 3 });
        expect(read.pixels).toEqual(pixels);
      }
    },
  );

  it('writes grey as grey', async () => {
    const pixels = Uint8Array.of(0, 255, 128, 1);
    const file = encodePng(pixels, 2, 'grey');
    expect(await sharp(file).metadata()).toMatchObject({ space: 'b-w', channels: 1, depth: 'uchar' });
    expect((await decoded(file)).pixels.filter((_, i, all) => i % (all.length / 4) === 0)).toEqual(pixels);
  });

  it('makes smooth pictures small', () => {
    const smooth = Uint8Array.from({ length: 80 * 80 * 3 }, (_, i) => Math.floor(i / 240));
    expect(encodePng(smooth, 80, 'rgb').length).toBeLessThan(smooth.length / 20);
  });
});

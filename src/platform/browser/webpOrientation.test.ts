import { describe, expect, it } from 'vitest';
import { toSharp } from '../testing/pictures';
import { webpOrientation } from './webpOrientation';

async function webp(orientation: number): Promise<Uint8Array> {
  const image = toSharp({ width: 12, height: 8 }).withMetadata({ orientation });
  return new Uint8Array(await image.webp({ lossless: true }).toBuffer());
}

const read = (bytes: Uint8Array) => webpOrientation(new DataView(bytes.buffer, 0, bytes.length));

describe('webpOrientation', () => {
  it('finds what the EXIF chunk states', async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8])
      expect(read(await webp(orientation))).toBe(orientation);
  });

  it('takes a picture whose chunk is missing, cut short or senseless for upright', async () => {
    const bytes = await webp(6);
    for (let length = 0; length < bytes.length; length += 3)
      expect([1, 6]).toContain(read(bytes.slice(0, length)));
    expect(read(bytes.slice(0, 40))).toBe(1);
    expect(read(bytes.map((byte, i) => (i > 30 ? 0xff : byte)))).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { denormalise } from './display';
import { normalise } from './reference/colour';
import { unpack } from './reference/picture';

describe('denormalise', () => {
  it('gives every 8-bit level back, opaque', () => {
    const pixels = Uint32Array.from(
      { length: 256 },
      (_, i) => (i | ((255 - i) << 8) | ((i ^ 0x55) << 16) | 0xff000000) >>> 0,
    );
    const crop = normalise(unpack(pixels, 0, 16, 16)).data;
    const bytes = denormalise(crop, 1, 16);
    expect(new Uint32Array(bytes.buffer)).toEqual(pixels);
  });

  it('limits what lies outside the range of a screen', () => {
    expect([...denormalise(Float32Array.of(99, -99, 0), 1, 1)]).toEqual([255, 0, 104, 255]);
  });
});

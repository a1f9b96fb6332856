import { describe, expect, it } from 'vitest';
import type { OpenPicture } from '../imageDecoder';
import { encodePicture, type TestFormat, toSharp } from '../testing/pictures';
import { nodeImageDecoder } from './imageDecoder';

const formats: TestFormat[] = ['jpeg', 'png', 'webp', 'avif', 'gif', 'bmp'];
const left: [number, number, number] = [220, 40, 30];
const right: [number, number, number] = [20, 60, 200];

/** Red, green, blue and alpha of one pixel. */
function pixel(picture: OpenPicture, x: number, y: number): number[] {
  return [...picture.readRows(y, 1, x, 1)];
}

function expectColour(actual: number[], expected: readonly number[], tolerance = 4): void {
  expected.forEach((value, c) => {
    expect(Math.abs(actual[c]! - value)).toBeLessThanOrEqual(tolerance);
  });
  expect(actual[3]).toBe(255);
}

describe('nodeImageDecoder', () => {
  it.each(formats)('decodes %s, from bytes and from a Blob', async (format) => {
    const bytes = await encodePicture(format, { width: 19, height: 11, colour: left, right });
    for (const file of [bytes, new Blob([bytes.slice()])]) {
      const image = await nodeImageDecoder.open(file);
      expect([image.width, image.height]).toEqual([19, 11]);
      expect(image.readRows(0, 11, 0, 19).length).toBe(19 * 11 * 4);
      expectColour(pixel(image, 2, 5), left, 12);
      expectColour(pixel(image, 17, 5), right, 12);
    }
  });

  it('turns photos upright', async () => {
    const turned = await toSharp({ width: 20, height: 10, colour: left, right })
      .withMetadata({ orientation: 6 }) // turn clockwise: the left half comes to the top
      .png()
      .toBuffer();
    const image = await nodeImageDecoder.open(turned);
    expect([image.width, image.height]).toEqual([10, 20]);
    expectColour(pixel(image, 5, 2), left);
    expectColour(pixel(image, 5, 17), right);
  });

  it('lays transparency over white', async () => {
    const clear = await encodePicture('png', { width: 8, height: 8, colour: left, alpha: 0 });
    expectColour(pixel(await nodeImageDecoder.open(clear), 4, 4), [255, 255, 255], 0);
    const half = await encodePicture('png', { width: 8, height: 8, colour: [200, 100, 0], alpha: 128 });
    expectColour(pixel(await nodeImageDecoder.open(half), 4, 4), [227, 177, 127], 2);
  });

  it('brings grey and 16-bit pictures to 8-bit colour', async () => {
    const grey = await toSharp({ width: 9, height: 9, colour: [90, 90, 90] })
      .greyscale()
      .png()
      .toBuffer();
    expectColour(pixel(await nodeImageDecoder.open(grey), 4, 4), [90, 90, 90], 1);
    const deep = await toSharp({ width: 9, height: 9, colour: left }).toColourspace('rgb16').png().toBuffer();
    expectColour(pixel(await nodeImageDecoder.open(deep), 4, 4), left, 1);
  });

  it('takes the first frame of an animation', async () => {
    const { default: sharp } = await import('sharp');
    const frames = await Promise.all(
      [left, right].map((colour) => encodePicture('png', { width: 10, height: 10, colour })),
    );
    const animation = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const image = await nodeImageDecoder.open(animation);
    expect([image.width, image.height]).toEqual([10, 10]);
    expectColour(pixel(image, 5, 5), left);
  });

  it('refuses damaged, cut and foreign bytes with a reason', async () => {
    const jpeg = await encodePicture('jpeg', { width: 200, height: 200, colour: left, right });
    const png = await encodePicture('png', { width: 64, height: 64, colour: left, right });
    const flipped = png.slice();
    flipped[Math.floor(png.length / 2)]! ^= 0xff;
    const bmp = await encodePicture('bmp', { width: 30, height: 30 });
    for (const broken of [
      jpeg.slice(0, jpeg.length / 2),
      png.slice(0, png.length - 30),
      flipped,
      bmp.slice(0, 500),
      bmp.slice(0, 20),
      new TextEncoder().encode('BM is not always a bitmap, and this one is a sentence of some length.'),
      new Uint8Array(0),
      new Uint8Array(300).fill(7),
    ]) {
      await expect(nodeImageDecoder.open(broken)).rejects.toMatchObject({
        code: 'image/undecodable',
        message: expect.stringMatching(/damaged or cut short \(.+\)/),
      });
    }
  });
});

describe('decodeBmp', () => {
  it('reads palettes, 32 bits and rows from the top', async () => {
    const { decodeBmp } = await import('./bmp');
    const palette = [0, 0, 255, 0, 255, 0, 0, 0]; // red, then blue, as BGR0
    const indexed = bitmap(8, 3, -2, [0, 1, 0, 0, 1, 1, 0, 0], palette);
    const image = decodeBmp(indexed);
    expect([image.width, image.height]).toEqual([3, 2]);
    expect(pixel(image, 1, 0)).toEqual([0, 0, 255, 255]);
    expect(pixel(image, 2, 0)).toEqual([255, 0, 0, 255]);
    expect(pixel(image, 0, 1)).toEqual([0, 0, 255, 255]);
    const wide = decodeBmp(bitmap(32, 1, 2, [1, 2, 3, 0, 4, 5, 6, 0]));
    expect(pixel(wide, 0, 0)).toEqual([6, 5, 4, 255]);
    expect(pixel(wide, 0, 1)).toEqual([3, 2, 1, 255]);
  });

  it('refuses what it cannot read by name', async () => {
    const { decodeBmp } = await import('./bmp');
    expect(() => decodeBmp(bitmap(4, 2, 2, [0, 0, 0, 0, 0, 0, 0, 0]))).toThrow('4 bits');
    expect(() => decodeBmp(bitmap(24, 0x7fffffff, 2, [0, 0]))).toThrow('cut short');
    expect(() => decodeBmp(bitmap(24, -3, 2, [0, 0]))).toThrow('no sense');
  });
});

function bitmap(
  bits: number,
  width: number,
  height: number,
  rows: number[],
  palette: number[] = [],
): Uint8Array {
  const bytes = new Uint8Array(54 + palette.length + rows.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(10, 54 + palette.length, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(28, bits, true);
  bytes.set([...palette, ...rows], 54);
  return bytes;
}

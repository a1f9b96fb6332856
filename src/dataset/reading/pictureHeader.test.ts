import { describe, expect, it } from 'vitest';
import { encodePicture, type TestFormat, toSharp } from '../../platform/testing/pictures';
import { nameOtherFormat, readPictureHeader } from './pictureHeader';

const names: [TestFormat, string][] = [
  ['jpeg', 'JPEG'],
  ['png', 'PNG'],
  ['webp', 'WebP'],
  ['avif', 'AVIF'],
  ['gif', 'GIF'],
  ['bmp', 'BMP'],
];
const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('readPictureHeader', () => {
  it.each(names)('reads the kind and size of %s', async (format, name) => {
    const bytes = await encodePicture(format, { width: 301, height: 77 });
    expect(readPictureHeader(bytes)).toMatchObject({
      format: name,
      size: { width: 301, height: 77 },
      complete: true,
    });
  });

  it('reads the other kinds of WebP and JPEG', async () => {
    const image = () => toSharp({ width: 301, height: 77, right: [0, 0, 0] });
    const size = { width: 301, height: 77 };
    const lossy = await image().webp({ quality: 50 }).toBuffer();
    const extended = await image()
      .withMetadata({ exif: { IFD0: { Copyright: 'x' } } })
      .webp()
      .toBuffer();
    expect(String.fromCharCode(...extended.subarray(12, 16))).toBe('VP8X');
    const progressive = await image().withMetadata({ density: 300 }).jpeg({ progressive: true }).toBuffer();
    for (const bytes of [lossy, extended, progressive]) expect(readPictureHeader(bytes)?.size).toEqual(size);
  });

  it('finds the frame header behind long metadata and fill bytes', async () => {
    const jpeg = await encodePicture('jpeg', { width: 31, height: 17 });
    const comment = new Uint8Array(3 + 40_000);
    comment.set([0xff, 0xff, 0xfe, 40_000 >> 8, 40_000 & 255]);
    const padded = new Uint8Array([...jpeg.slice(0, 2), ...comment.slice(0, 40_003), ...jpeg.slice(2)]);
    expect(readPictureHeader(padded)).toEqual({
      format: 'JPEG',
      size: { width: 31, height: 17 },
      conversions: [],
      complete: true,
    });
    expect(readPictureHeader(padded.slice(0, 1000))).toMatchObject({ size: null, complete: false });
  });

  it.each(names)('leaves the size of a cut %s open', async (format, name) => {
    const bytes = await encodePicture(format, { width: 301, height: 77 });
    for (const length of [17, 18, 19, 20]) {
      const header = readPictureHeader(bytes.slice(0, length));
      if (format === 'gif') continue;
      expect(header === null || header.size === null).toBe(true);
      if (header) expect(header.format).toBe(name);
    }
  });

  it('reads sizes of gigabytes without touching them', () => {
    const png = new Uint8Array(33);
    png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    new DataView(png.buffer).setUint32(16, 60000);
    new DataView(png.buffer).setUint32(20, 4_000_000_000);
    expect(readPictureHeader(png)?.size).toEqual({ width: 60000, height: 4_000_000_000 });
  });

  it('takes nothing else for a picture', () => {
    for (const text of [
      '',
      'B',
      'BM and other stories, longer than a header',
      'GIF88a......',
      'RIFF....WAVE',
    ]) {
      expect(readPictureHeader(bytesOf(text))).toBeNull();
    }
  });
});

describe('nameOtherFormat', () => {
  it.each([
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'an HEIC photo'],
    ['\0\0\0\x18ftypisom\0\0\0\0isommp42', 'a video'],
    ['II*\0........', 'a TIFF picture'],
    ['<?xml version="1.0"?>\n<!-- by hand -->\n<svg xmlns="x">', 'an SVG drawing'],
    ['  <svg>', 'an SVG drawing'],
    ['8BPS\0\x01', 'a Photoshop file'],
    ['PK\x03\x04....', 'a ZIP archive'],
    ['%PDF-1.7', 'a PDF document'],
  ])('knows %j', (text, name) => {
    expect(readPictureHeader(bytesOf(text))).toBeNull();
    expect(nameOtherFormat(bytesOf(text))?.name).toBe(name);
  });

  it.each(['name,label\na.jpg,1', '<!doctype html><p>an <svg> in a page</p>', ''])(
    'does not know %j',
    (text) => {
      expect(nameOtherFormat(bytesOf(text))).toBeNull();
    },
  );
});

/** What the reader of headers may not do, whatever bytes it is given. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { nearly, surviveInputs } from '../../platform/testing/hostileInputs';
import { encodePicture, type TestFormat, toSharp } from '../../platform/testing/pictures';
import { conversions } from '../importing/report';
import { nameOtherFormat, pictureFormats, readPictureHeader } from './pictureHeader';

const formats: TestFormat[] = ['jpeg', 'png', 'webp', 'avif', 'gif', 'bmp'];
/** Beginnings that make noise look like each kind of file. */
const beginnings = [
  '\xff\xd8\xff',
  '\x89PNG\r\n\x1a\n',
  'RIFF\0\0\0\0WEBPVP8X',
  '\0\0\0\x1cftypavif\0\0\0\0avif\0\0\0\0meta',
  'GIF89a',
  'BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0',
].map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0)));

const samples: Uint8Array[] = [];
beforeAll(async () => {
  for (const format of formats)
    samples.push((await encodePicture(format, { width: 31, height: 17 })).slice(0, 1500));
  const turned = await toSharp({ width: 31, height: 17, alpha: 90 })
    .withMetadata({ orientation: 6 })
    .webp()
    .toBuffer();
  const exif = await toSharp({ width: 31, height: 17 }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const deep = await toSharp({ width: 31, height: 17 }).toColourspace('rgb16').png().toBuffer();
  for (const bytes of [turned, exif, deep]) samples.push(new Uint8Array(bytes).slice(0, 1500));
});

/** Reads a header and throws where what it says cannot be. */
function check(bytes: Uint8Array): void {
  const other = nameOtherFormat(bytes);
  if (other !== null && other.name.length === 0) throw new Error('a format without a name');
  const header = readPictureHeader(bytes);
  if (header === null) return;
  const { format, size, conversions: noted, complete } = header;
  if (!pictureFormats.includes(format) || typeof complete !== 'boolean') throw new Error('no header');
  if (noted.some((conversion) => !conversions.includes(conversion))) throw new Error('no conversion');
  for (const side of size ? [size.width, size.height] : []) {
    if (!Number.isInteger(side) || side < 0 || side > 2 ** 32) throw new Error(`a side of ${side}`);
  }
}

describe('whatever the bytes', () => {
  it('a damaged header gives facts or none', async () => {
    const damaged = fc.nat(samples.length - 1).chain((i) => nearly(samples[i]!));
    await surviveInputs(damaged, check);
  });

  it('noise behind a beginning gives facts or none', async () => {
    const noise = fc
      .tuple(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 400 }))
      .map(([beginning, bytes]) => Uint8Array.from([...beginning, ...bytes]));
    await surviveInputs(noise, check);
  });

  it('long runs of one short pattern behind a beginning are read in no time', async () => {
    const runs = fc
      .tuple(
        fc.constantFrom(...beginnings),
        fc.uint8Array({ minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 2 ** 16 }),
      )
      .map(([beginning, pattern, length]) => {
        const bytes = new Uint8Array(beginning.length + length);
        bytes.set(beginning);
        for (let i = 0; i < length; i++) bytes[beginning.length + i] = pattern[i % pattern.length]!;
        return bytes;
      });
    await surviveInputs(runs, check);
  });

  it('the longest header that is looked at costs little more', () => {
    // Fill bytes, empty segments, chunks and sub-blocks: as many steps as a byte each can ask for.
    for (const [beginning, pattern] of [
      [0, [0xff]],
      [0, [0xff, 0xe0, 0, 0]],
      [1, [0]],
      [4, [0x21, 1, 0]],
      [4, [0x21, 1, 1, 1]],
      [3, [0, 0, 0, 8, 0x66, 0x72, 0x65, 0x65]],
    ] as const) {
      const bytes = new Uint8Array(2 ** 24);
      for (let i = 0; i < bytes.length; i++) bytes[i] = pattern[i % pattern.length]!;
      bytes.set(beginnings[beginning]!);
      let fastest = Number.POSITIVE_INFINITY;
      for (let turn = 0; turn < 10 && fastest > 50; turn++) {
        const start = performance.now();
        check(bytes);
        fastest = Math.min(fastest, performance.now() - start);
      }
      expect(fastest).toBeLessThan(50);
    }
  });
});

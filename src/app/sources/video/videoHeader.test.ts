// @vitest-environment node
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readVideoHeader } from './videoHeader';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A box of an MP4 file. */
function box(type: string, ...contents: string[]): string {
  const inner = contents.join('');
  return number(inner.length + 8) + type + inner;
}

const number = (value: number) =>
  String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

function track(handler: string, codec: string): string {
  const description = box('stsd', number(0), number(1), number(86), codec, '\0'.repeat(78));
  return box(
    'trak',
    box(
      'mdia',
      box('hdlr', number(0), number(0), handler, '\0'.repeat(12)),
      box('minf', box('stbl', description)),
    ),
  );
}

const head = box('ftyp', 'isom', number(0));
const mp4 = (...tracks: string[]) => head + box('moov', ...tracks) + box('mdat', 'x'.repeat(100));
const read = (text: string) => readVideoHeader(new Blob([bytes(text)]));

describe('the header of a video', () => {
  it('names the codec of the picture, past the sound', async () => {
    expect(await read(mp4(track('soun', 'mp4a'), track('vide', 'hvc1')))).toEqual({
      container: 'MP4',
      codec: 'H.265 (HEVC)',
      hasPicture: true,
      cutShort: false,
      noIndex: false,
    });
  });

  it('tells sound alone from a picture', async () => {
    expect(await read(mp4(track('soun', 'mp4a')))).toMatchObject({ hasPicture: false, codec: null });
    expect(await read('\x1aE\xdf\xa3webm....A_OPUS')).toMatchObject({ container: 'WebM', hasPicture: false });
    expect(await read('\x1aE\xdf\xa3webm..A_OPUS..V_VP9\x83')).toMatchObject({
      codec: 'VP9',
      hasPicture: true,
    });
    expect(await read('OggS......\x01vorbis')).toMatchObject({ hasPicture: false });
  });

  it('sees that bytes are missing, and that the index is', async () => {
    const whole = mp4(track('vide', 'avc1'));
    expect(await read(whole.slice(0, -1))).toMatchObject({ cutShort: true, noIndex: false, codec: 'H.264' });
    const late = head + box('mdat', 'x'.repeat(100)) + box('moov', track('vide', 'avc1'));
    expect(await read(late)).toMatchObject({ noIndex: false });
    expect(await read(late.slice(0, 80))).toMatchObject({ cutShort: true, noIndex: true });
  });

  it('shows an unknown codec by its mark, and no mark that is no text', async () => {
    expect(await read(mp4(track('vide', 'abcd')))).toMatchObject({ codec: 'abcd' });
    expect(await read(mp4(track('vide', '<\0>\n')))).toMatchObject({ codec: null, hasPicture: true });
    expect(await read('RIFF....AVI LISTstrh....vidsMJPG')).toMatchObject({ codec: 'Motion JPEG' });
  });

  it('takes pictures, text and nothing for no video', async () => {
    for (const text of [
      '',
      'no',
      'not a video',
      '\xff\xd8\xff\xe0',
      box('ftyp', 'avif'),
      box('ftyp', 'heic'),
    ]) {
      expect(await read(text), text).toBeNull();
    }
  });

  it('is read whatever stands there', { timeout: 120_000 }, async () => {
    const real = [mp4(track('vide', 'avc1')), head, 'OggS', '\x1aE\xdf\xa3webm V_VP9', 'RIFF....AVI '];
    const mutated = fc
      .tuple(
        fc.constantFrom(...real),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 12 }),
        fc.nat(500),
      )
      .map(([text, changes, length]) => {
        const all = bytes(text);
        for (const [at, value] of changes) all[at % all.length] = value;
        return all.slice(0, length);
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, fc.uint8Array({ maxLength: 400 })), async (input) => {
        const header = await readVideoHeader(new Blob([new Uint8Array(input)]));
        expect(header === null || header.container.length > 0).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

const awkward = resolve('../shared/data/awkward/videos');
const known: [string, Record<string, unknown> | null][] = [
  ['hevc.mp4', { codec: 'H.265 (HEVC)', hasPicture: true }],
  ['audio-only.mp4', { hasPicture: false }],
  ['theora.ogv', { codec: 'Theora' }],
  ['motion-jpeg.avi', { codec: 'Motion JPEG' }],
  ['av1.webm', { codec: 'AV1' }],
  ['truncated-no-index.mp4', { noIndex: true }],
  ['truncated-after-index.mp4', { cutShort: true, noIndex: false }],
  ['rotated-90-metadata.mp4', { cutShort: false, codec: 'H.264' }],
  ['text-named.mp4', null],
];
describe.skipIf(!existsSync(awkward))('real videos', () => {
  it.each(known)('%s', async (name, wanted) => {
    const header = await readVideoHeader(new Blob([new Uint8Array(readFileSync(join(awkward, name)))]));
    if (wanted === null) expect(header).toBeNull();
    else expect(header).toMatchObject(wanted);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { PawsaurError } from '../../platform/errors';
import type { ImageDecoder } from '../../platform/imageDecoder';
import { nodeImageDecoder as decoder } from '../../platform/node/imageDecoder';
import { encodePicture, toSharp } from '../../platform/testing/pictures';
import { localReader } from './localReader';
import type { PictureRead, ReadTask } from './pictureReader';
import { type Alone, rawPicture, readPicture } from './readPicture';

const read = (bytes: Blob | Uint8Array, as: ReadTask['as'] = 'picture', side = 16) =>
  readPicture({ bytes, side, as }, decoder);
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function picture(bytes: Blob | Uint8Array, side = 16): Promise<PictureRead> {
  const result = await read(bytes, 'picture', side);
  if (result.kind !== 'picture') throw new Error(JSON.stringify(result));
  return result;
}

describe('readPicture', () => {
  it('gives the centre square, the size of the whole, and a fingerprint', async () => {
    const bytes = await encodePicture('png', { width: 60, height: 20, colour: [10, 20, 30] });
    const result = await picture(new Blob([bytes.slice()]));
    expect(result).toMatchObject({ width: 60, height: 20, format: 'PNG', conversions: [] });
    expect([...result.rgb]).toEqual(Array.from({ length: 256 }, () => [10, 20, 30]).flat());
    expect([result.exact.length, result.look.length, result.signature.length]).toEqual([2, 2, 64]);
    expect(new Set(result.signature)).toEqual(new Set([18]));
  });

  it('notes what was changed about it', async () => {
    const grey = { width: 30, height: 30, colour: [90, 90, 90] as [number, number, number] };
    const made: [string[], Promise<Uint8Array>][] = [
      [['grey'], toSharp(grey).toColourspace('b-w').jpeg().toBuffer()],
      [['cmyk'], toSharp(grey).toColourspace('cmyk').jpeg().toBuffer()],
      [['eight-bits'], toSharp(grey).toColourspace('rgb16').png().toBuffer()],
      [['flattened'], encodePicture('png', { ...grey, alpha: 90 })],
      [['flattened'], encodePicture('webp', { ...grey, alpha: 90 })],
      [['flattened'], encodePicture('avif', { ...grey, alpha: 90 })],
      [
        ['palette'],
        toSharp({ ...grey, right: [1, 2, 3] })
          .png({ palette: true })
          .toBuffer(),
      ],
      [['shrunk'], encodePicture('jpeg', { width: 4004, height: 4000 })],
      [[], encodePicture('avif', grey)],
    ];
    for (const [conversions, bytes] of made)
      expect((await picture(await bytes)).conversions).toEqual(conversions);
  });

  it('knows an animation by its header', async () => {
    const frames = await Promise.all(
      [10, 200].map((level) => encodePicture('png', { width: 20, height: 20, colour: [level, 0, 0] })),
    );
    const animation = () => sharp(frames, { join: { animated: true } });
    for (const bytes of [
      await animation().gif({ loop: 0 }).toBuffer(),
      await animation().gif({ loop: 1 }).toBuffer(),
      await animation().webp({ lossless: true }).toBuffer(),
    ]) {
      const { conversions, rgb } = await picture(bytes);
      expect(conversions).toContain('first-frame');
      expect(Math.abs(rgb[0]! - 10)).toBeLessThan(4);
    }
  });

  it('has one large picture open at a time, and small ones beside it', async () => {
    const [large, small] = await Promise.all(
      [4001, 40].map((side) => toSharp({ width: side, height: side }).jpeg().toBuffer()),
    );
    let queue: Promise<unknown> = Promise.resolve();
    let queued = 0;
    const alone: Alone = (work) => {
      queued++;
      const done = queue.then(work);
      queue = done;
      return done;
    };
    const open: number[] = [];
    const noting: ImageDecoder = {
      async open(bytes) {
        const picture = await decoder.open(bytes);
        open.push(picture.width);
        expect(open.filter((width) => width === 4001).length).toBeLessThan(2);
        return { ...picture, close: () => void open.splice(open.indexOf(picture.width), 1) };
      },
    };
    const tasks = [large!, small!, large!, small!].map(
      (bytes): ReadTask => ({ bytes, side: 16, as: 'picture' }),
    );
    const results = await Promise.all(tasks.map((task) => readPicture(task, noting, alone)));
    expect(results.map(({ kind }) => kind)).toEqual(Array(4).fill('picture'));
    expect([queued, open.length]).toEqual([2, 0]);
  });

  it('states the upright size of a photo that was turned', async () => {
    for (const [orientation, size] of [
      [3, [40, 20]],
      [5, [20, 40]],
      [8, [20, 40]],
    ] as const) {
      const turned = await toSharp({ width: 40, height: 20 }).withMetadata({ orientation }).jpeg().toBuffer();
      const { width, height } = await picture(turned);
      expect([width, height]).toEqual(size);
    }
  });

  it('makes masks of zeros and ones', async () => {
    const bytes = await encodePicture('png', {
      width: 32,
      height: 16,
      colour: [127, 127, 127],
      right: [128, 128, 128],
    });
    const result = await read(bytes, 'mask');
    expect(result).toMatchObject({ kind: 'mask', width: 32, height: 16 });
    expect(result.kind === 'mask' && [...result.mask.slice(0, 16)]).toEqual(
      [...Array(16).keys()].map((x) => +(x > 7)),
    );
  });

  it('refuses with a reason and a sentence', async () => {
    const png = await encodePicture('png', { width: 20, height: 20 });
    const sized = (width: number, height: number) => {
      const bytes = png.slice();
      new DataView(bytes.buffer).setUint32(16, width);
      new DataView(bytes.buffer).setUint32(20, height);
      return bytes;
    };
    const unreadable = new Blob(['x']);
    unreadable.slice = () => {
      throw new Error('permission denied');
    };
    const cases: [string, string, Blob | Uint8Array][] = [
      ['empty', 'empty', new Uint8Array(0)],
      ['empty', 'empty', new Blob([])],
      ['unreadable', 'permission denied', unreadable],
      ['too-large', '128 MB', new Uint8Array(129 * 2 ** 20)],
      ['not-an-image', 'JPEG, PNG', bytesOf('name,label')],
      ['not-an-image', 'a ZIP archive', bytesOf('PK\x03\x04')],
      ['unsupported-format', 'an SVG drawing', bytesOf('<svg onload="alert(1)"/>')],
      ['unsupported-format', 'a video', bytesOf('\0\0\0\x18ftypisom\0\0\0\0isommp42')],
      ['too-many-pixels', '30000 × 30000 px', sized(30_000, 30_000)],
      ['too-many-pixels', '16384 px a side', sized(20_000, 20)],
      ['too-small', '7 × 500 px', sized(7, 500)],
      ['damaged', 'JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4)],
      ['damaged', 'damaged', png.slice(0, 60)],
    ];
    for (const [reason, detail, bytes] of cases) {
      expect(await read(bytes)).toEqual({ kind: 'refused', reason, detail: expect.stringContaining(detail) });
    }
  });

  it('refuses what grows beyond its header, and closes whatever was opened', async () => {
    let open = 0;
    const lying = (readRows: () => Uint8ClampedArray): ImageDecoder => ({
      open: async () => {
        open++;
        return { width: 9000, height: 9000, readRows, close: () => void open-- };
      },
    });
    const bytes = await encodePicture('png', { width: 20, height: 20 });
    const never = lying(() => {
      throw new Error('read all the same');
    });
    expect(await readPicture({ bytes, side: 8, as: 'picture' }, never)).toMatchObject({
      reason: 'too-many-pixels',
    });
    expect(open).toBe(0);
    const broken: ImageDecoder = {
      open: async () => ({
        width: 20,
        height: 20,
        readRows: () => {
          throw new PawsaurError('image/canvas', 'no canvas');
        },
        close: () => void open--,
      }),
    };
    open = 1;
    expect(await localReader(broken).read({ bytes, side: 8, as: 'picture' })).toMatchObject({
      reason: 'damaged',
      detail: expect.stringContaining('no canvas'),
    });
    expect(open).toBe(0);
  });
});

describe('rawPicture', () => {
  it('keeps pixels of the right size, and stretches others', () => {
    const rgb = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * 7) % 256);
    const kept = rawPicture(rgb, 32, 32, 32, 'CIFAR');
    expect(kept).toMatchObject({ kind: 'picture', width: 32, height: 32, format: 'CIFAR', conversions: [] });
    expect([...kept.rgb]).toEqual([...rgb]);
    const grown = rawPicture(new Uint8Array(28 * 28 * 4).fill(77), 28, 28, 32, 'IDX');
    expect(new Set(grown.rgb)).toEqual(new Set([77]));
    expect(() => rawPicture(rgb, 31, 32, 32, 'CIFAR')).toThrow(
      expect.objectContaining({ code: 'image/shape' }),
    );
  });
});

interface ManifestFile {
  path: string;
  expect: string;
  also_ok?: string[];
  reason?: string;
  also_reason?: string[];
  upright_size?: [number, number];
  quadrant_rgb?: Record<'tl' | 'tr' | 'bl' | 'br', [number, number, number]>;
}

const awkward = resolve(import.meta.dirname, '../../../../shared/data/awkward');

describe.skipIf(!existsSync(awkward))(
  `the awkward pictures (${awkward}, skipped where it is missing)`,
  () => {
    const manifest = existsSync(awkward)
      ? readFileSync(resolve(awkward, 'MANIFEST.json'), 'utf8')
      : '{"files":[]}';
    const { files }: { files: ManifestFile[] } = JSON.parse(manifest);
    const pictures = files.filter(({ path }) => /^(images|bad|bombs)\/(?!.*\.zip$)/.test(path));

    it.each(pictures)('$path: $expect', async (file) => {
      const result = await read(readFileSync(resolve(awkward, file.path)));
      const outcome = {
        picture:
          result.kind === 'picture' && result.conversions.length > 0 ? 'import-with-conversion' : 'import',
        refused: 'skip',
        mask: 'mask',
      }[result.kind];
      expect([file.expect, ...(file.also_ok ?? [])]).toContain(outcome);
      // What is a system file is told by its name, before anything of it is read.
      if (result.kind === 'refused' && file.expect === 'skip' && file.reason !== 'system-file') {
        expect([file.reason, ...(file.also_reason ?? [])]).toContain(result.reason);
      }
      if (result.kind === 'picture' && file.upright_size) {
        expect([result.width, result.height]).toEqual(file.upright_size);
      }
    });

    it.each(pictures.filter(({ quadrant_rgb }) => quadrant_rgb))(
      '$path shows the right colours',
      async (file) => {
        const open = await decoder.open(readFileSync(resolve(awkward, file.path)));
        const [halfWidth, halfHeight] = [Math.floor(open.width / 2), Math.floor(open.height / 2)];
        const mean = (top: number, left: number) => {
          const rgba = open.readRows(top, halfHeight, left, halfWidth);
          return [0, 1, 2].map((c) => {
            let sum = 0;
            for (let i = c; i < rgba.length; i += 4) sum += rgba[i]!;
            return sum / (halfWidth * halfHeight);
          });
        };
        const found = {
          tl: mean(0, 0),
          tr: mean(0, open.width - halfWidth),
          bl: mean(open.height - halfHeight, 0),
          br: mean(open.height - halfHeight, open.width - halfWidth),
        };
        for (const place of ['tl', 'tr', 'bl', 'br'] as const) {
          const wanted = file.quadrant_rgb![place];
          found[place].forEach((value, c) => {
            // CMYK has no one way to RGB: libvips goes by a profile, browsers do not.
            expect(Math.abs(value - wanted[c]!)).toBeLessThanOrEqual(15);
          });
        }
      },
    );
  },
);

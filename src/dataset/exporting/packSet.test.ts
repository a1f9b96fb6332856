import { describe, expect, it } from 'vitest';
import { readableBytes } from '../../platform/memoryStorage';
import { nodeImageDecoder } from '../../platform/node/imageDecoder';
import { randomStream } from '../../platform/random';
import { importPictures } from '../importing/importPictures';
import { memorySink } from '../importing/pictureSink';
import { memoryPixels } from '../pixelStore';
import { localReader } from '../reading/localReader';
import { storedMasks } from '../storage/storedPixels';
import { type PackedSet, packSet } from './packSet';

const side = 16;
const area = side * side;

/** A picture of a set that is made up. */
interface Picture {
  name: string;
  class?: string;
  given?: string;
  heldOut?: boolean;
  mask?: boolean;
  leftOut?: boolean;
}

/** A set with noise for pictures and masks. */
function madeUp(name: string, pictures: readonly Picture[]): PackedSet {
  const random = randomStream(1, 'pictures');
  const count = pictures.length;
  const classNames = [...new Set(pictures.flatMap((picture) => picture.class ?? []))];
  const pixels = Uint32Array.from({ length: count * area }, () => (random.bits() | 0xff000000) >>> 0);
  const masks = Uint8Array.from({ length: count * area }, () => random.integer(2));
  const label = (of: string | undefined) => (of === undefined ? -1 : classNames.indexOf(of));
  const maskRows = Int32Array.from(pictures, ({ mask }, i) => (mask ? i : -1));
  return {
    name,
    index: {
      size: side,
      count,
      names: pictures.map((picture) => picture.name),
      classNames,
      labels: Int32Array.from(pictures, (picture) => label(picture.class)),
      split: Int8Array.from(pictures, ({ heldOut }) => (heldOut === undefined ? -1 : heldOut ? 1 : 0)),
      given: pictures.some(({ given }) => given !== undefined)
        ? Int32Array.from(pictures, ({ given }) => label(given))
        : null,
      excluded: Uint8Array.from(pictures, ({ leftOut }) => (leftOut ? 1 : 0)),
    },
    pixels: memoryPixels(pixels, side),
    masks: pictures.some(({ mask }) => mask)
      ? storedMasks([{ file: readableBytes(masks), rows: count }], side, maskRows)
      : null,
  };
}

async function pack(set: PackedSet): Promise<Blob> {
  return packSet(set, { onPicture: async () => undefined });
}

async function importAgain(zip: Blob, path = 'set.zip') {
  const sink = memorySink();
  const imported = await importPictures([{ path, bytes: async () => zip }], {
    reader: localReader(nodeImageDecoder),
    sink,
  });
  return { ...imported, ...sink.stores(imported.index) };
}

/** Everything that a set says of each of its pictures in use, by name. */
function contents(set: Pick<PackedSet, 'pixels' | 'masks'> & { index: PackedSet['index'] }) {
  const { index, pixels, masks } = set;
  const nameOf = (label: number) => index.classNames[label];
  const rows = [...index.excluded.keys()].filter((row) => !index.excluded[row]);
  return new Map(
    rows.map((row) => [
      index.names[row]!,
      {
        class: nameOf(index.labels[row]!),
        given: index.given === null ? 'nothing said' : nameOf(index.given[row]!),
        split: index.split[row],
        pixels: pixels.take([row]),
        mask: masks?.has(row) ? masks.take([row]) : null,
      },
    ]),
  );
}

async function expectSame(set: PackedSet, path?: string): Promise<void> {
  const again = await importAgain(await pack(set), path);
  expect(again.name).toBe(set.name);
  expect(again.index.size).toBe(set.index.size);
  expect(again.index.classNames).toEqual(set.index.classNames);
  expect(contents(again)).toEqual(contents(set));
  expect(again.report.lines.filter(({ outcome }) => outcome === 'skipped')).toEqual([]);
}

describe('an exported set', () => {
  it('imports again to the same set: names, classes, labels given, split, masks and pixels', async () => {
    await expectSame(
      madeUp('My pets', [
        { name: 'cat/1.jpg', class: 'cat', given: 'cat', heldOut: false },
        { name: 'cat/2.png', class: 'cat', heldOut: true, mask: true },
        { name: 'dog/1.webp', class: 'dog', given: 'cat', heldOut: false, mask: true },
        { name: 'other.png', heldOut: false },
      ]),
    );
  });

  it('has a folder for each half only where every picture is in one', async () => {
    const pictures = [
      { name: 'cat/1.jpg', class: 'cat', heldOut: false, mask: true },
      { name: 'cat/2.jpg', class: 'cat', heldOut: true },
      { name: 'dog/1.jpg', class: 'dog', heldOut: false },
    ];
    const split = madeUp('split', pictures);
    await expectSame(split);
    expect(await namesIn(await pack(split))).toEqual([
      'pawsaur.json',
      'labels.csv',
      'train/cat/1.png',
      'masks/train/cat/1.png',
      'val/cat/2.png',
      'train/dog/1.png',
    ]);
    const partly = madeUp('partly', [...pictures, { name: 'dog/2.jpg', class: 'dog' }]);
    await expectSame(partly);
    expect(await namesIn(await pack(partly))).toContain('cat/1.png');
  });

  it('keeps pictures apart that differ in their ending, in case or in the spelling of accents', async () => {
    await expectSame(
      madeUp('twins', [
        { name: 'a/x.jpg', class: 'a', mask: true },
        { name: 'a/x.png', class: 'a', mask: true },
        { name: 'a/X.png', class: 'a', mask: true },
        { name: 'A/x.png', class: 'A', mask: true },
        { name: 'é/x.png', class: 'é' },
        { name: 'e\u0301/x.png', class: 'e\u0301' },
        { name: 'b/deep/x.jpg', class: 'b' },
        { name: 'b/other/x.jpg', class: 'b' },
      ]),
    );
  });

  it('survives hostile names of pictures and classes', async () => {
    const hostile = [
      '<img src=x onerror=alert(1)>',
      '__proto__',
      'constructor',
      '=1+1',
      "'=1+1",
      'a\u202egpj.exe',
      'comma, and "quotes"; or\ttab',
      'CON',
      'masks',
      'images',
      'train',
      'val',
      '.hidden',
      '..',
      'a/b',
      '\u{1f63a}\u200d\u{1f680}',
      'x'.repeat(10_000),
    ];
    await expectSame(
      madeUp('<b>name</b>', [
        ...hostile.map((name, i) => ({ name: `${name}.jpg`, class: name, mask: i % 2 === 0 })),
        { name: '../../etc/passwd', class: 'masks' },
        { name: 'line\nbreak.jpg' },
        { name: '\ud83d.jpg' },
        { name: '' },
      ]),
    );
  });

  it.each(['cat.zip', 'masks.zip', 'downloads/my set.zip'])(
    'is the same when it is called %s, and has one class only',
    async (path) => {
      await expectSame(
        madeUp('cat', [
          { name: 'cat/1.png', class: 'cat', mask: true },
          { name: 'cat/2.png', class: 'cat' },
        ]),
        path,
      );
    },
  );

  it('is the same without classes', async () => {
    await expectSame(madeUp('flat', [{ name: '1.png' }, { name: '2.png', mask: true }, { name: 'x/3.png' }]));
  });

  it('leaves out what the person left out', async () => {
    const set = madeUp('some', [
      { name: 'a/1.png', class: 'a', leftOut: true },
      { name: 'a/2.png', class: 'a' },
    ]);
    const again = await importAgain(await pack(set));
    expect(again.index.names).toEqual(['a/2.png']);
    expect(again.pixels.take([0])).toEqual(set.pixels.take([1]));
  });

  it('comes back under its names where its only class has the name of the set', async () => {
    const set = madeUp('cat', [
      { name: 'cat/1.jpg', class: 'cat' },
      { name: 'cat/2.jpg', class: 'cat' },
    ]);
    const again = await importAgain(await pack(set), 'cat.zip');
    expect(contents(again)).toEqual(contents(set));
  });

  it('ends when it is told to', async () => {
    const set = madeUp('x', [{ name: '1.png' }, { name: '2.png' }]);
    const packing = packSet(set, {
      async onPicture(done, total) {
        expect([done, total]).toEqual([1, 2]);
        throw new Error('enough');
      },
    });
    await expect(packing).rejects.toThrow('enough');
  });
});

/** Names in the directory of an archive, read by their signatures. */
async function namesIn(zip: Blob): Promise<string[]> {
  const bytes = new Uint8Array(await zip.arrayBuffer());
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 22;
  const names: string[] = [];
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < view.getUint16(end + 10, true); i++) {
    const length = view.getUint16(at + 28, true);
    names.push(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length)));
    at += 46 + length + view.getUint16(at + 30, true);
  }
  return names;
}

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FolderFile } from '../platform/files';
import type { ImageDecoder } from '../platform/imageDecoder';
import { listFolder } from '../platform/node/folder';
import { nodeImageDecoder as decoder } from '../platform/node/imageDecoder';
import { encodePicture } from '../platform/testing/pictures';
import { heldOutIndices, summary, trainIndices } from './imageDataset';
import { importFolder } from './importFolder';
import { allPixels } from './testing/everything';

const shared = resolve(import.meta.dirname, '../../../shared/data');
const file = (path: string, bytes: Uint8Array): FolderFile => ({ path, bytes: async () => bytes });
const text = (path: string, content: string) => file(path, new TextEncoder().encode(content));

let red: Uint8Array;
let blue: Uint8Array;

beforeAll(async () => {
  red = await encodePicture('png', { width: 100, height: 90, colour: [250, 0, 0] });
  blue = await encodePicture('png', { width: 40, height: 60, colour: [0, 0, 250] });
});

describe('importFolder', () => {
  it('makes squares of 80 px, numbers the classes and holds a fifth of each out', async () => {
    const files = [...Array(10).keys()].flatMap((i) => [
      file(`pets/dog/${i}.png`, blue),
      file(`pets/cat/${i}.png`, red),
    ]);
    const dataset = await importFolder(files, { decoder });
    expect(summary(dataset)).toMatchObject({
      name: 'pets',
      kind: 'folder',
      size: 80,
      count: 20,
      trainCount: 16,
      heldOutCount: 4,
      classNames: ['cat', 'dog'],
      classCounts: [10, 10],
      hasMasks: false,
    });
    expect(dataset.skipped).toEqual([]);
    expect(dataset.names.slice(0, 2)).toEqual(['cat/0.png', 'cat/1.png']);
    const pixels = allPixels(dataset);
    expect(new Set(pixels.slice(0, 10 * 6400))).toEqual(new Set([0xff0000fa]));
    expect(new Set(pixels.slice(10 * 6400))).toEqual(new Set([0xfffa0000]));
    expect([...heldOutIndices(dataset)].filter((i) => dataset.labels[i] === 0).length).toBe(2);
    expect(trainIndices(dataset).length).toBe(16);
  });

  it('reads every kind of picture, by content and not by name', async () => {
    const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'bmp'] as const;
    const files = await Promise.all(
      formats.map(async (format) =>
        file(`${format}.txt`, await encodePicture(format, { width: 30, height: 20 })),
      ),
    );
    const dataset = await importFolder(files, { decoder, size: 16 });
    expect(dataset.skipped).toEqual([]);
    expect(dataset.count).toBe(6);
    for (let i = 0; i < 6; i++) {
      const pixel = dataset.pixels.take([i])[100]!;
      expect(Math.abs((pixel & 255) - 200)).toBeLessThan(10);
      expect(Math.abs(((pixel >>> 16) & 255) - 50)).toBeLessThan(12);
    }
  });

  it('lists what it cannot use with the reason, and keeps the rest', async () => {
    const jpeg = await encodePicture('jpeg', { width: 300, height: 300, right: [0, 0, 0] });
    const tiny = await encodePicture('png', { width: 7, height: 500 });
    const bomb = red.slice();
    new DataView(bomb.buffer).setUint32(16, 30_000);
    new DataView(bomb.buffer).setUint32(20, 30_000);
    const dataset = await importFolder(
      [
        file('a/good.png', red),
        file('b/half.jpg', jpeg.slice(0, jpeg.length / 2)),
        file('b/empty.jpg', new Uint8Array(0)),
        text('b/labels.csv', 'name,label'),
        text('b/drawing.svg', '<svg><script>alert(1)</script></svg>'),
        file('b/tiny.png', tiny),
        file('b/bomb.png', bomb),
        { path: 'b/locked.jpg', bytes: () => Promise.reject(new Error('permission denied')) },
        file('../outside.png', red),
        text('b/.DS_Store', 'x'),
      ],
      { decoder },
    );
    expect(dataset.count).toBe(1);
    expect(dataset.classNames).toEqual(['a']);
    const reasons = Object.fromEntries(dataset.skipped.map(({ path, reason }) => [path, reason]));
    expect(reasons).toEqual({
      '../outside.png': 'its path leaves the folder',
      'b/bomb.png': '30000 × 30000 px is too large: at most 64 megapixels',
      'b/drawing.svg': expect.stringMatching(/^an SVG drawing/),
      'b/empty.jpg': 'the file is empty',
      'b/half.jpg': expect.stringMatching(/^damaged or cut short/),
      'b/labels.csv': expect.stringContaining('no picture that can be read'),
      'b/locked.jpg': 'cannot be read (permission denied)',
      'b/tiny.png': '7 × 500 px is too small: at least 8 px a side',
    });
  });

  it('gives the same data set in whatever order the files arrive and however long they take', async () => {
    const names = ['cat/10.png', 'cat/9.png', 'dog/1.png', 'dog/2.png', 'loose.png'];
    const files = names.map((path, i) => file(path, i % 2 ? red : blue));
    const slow: FolderFile[] = files.map(({ path, bytes }, i) => ({
      path,
      bytes: () => new Promise((done) => setTimeout(() => done(bytes()), 5 * (names.length - i))),
    }));
    const expected = await importFolder(files, { decoder, name: 'x' });
    expect(expected.names).toEqual(['cat/9.png', 'cat/10.png', 'dog/1.png', 'dog/2.png', 'loose.png']);
    expect([...expected.labels]).toEqual([0, 0, 1, 1, -1]);
    expect(await importFolder(slow.reverse(), { decoder, name: 'x' })).toEqual(expected);
  });

  it('keeps classes with names that are traps for objects', async () => {
    const classes = ['__proto__', 'constructor', 'toString', '<b>', '10', '9'];
    const files = classes.map((name) => file(`set/${name}/1.png`, red));
    const dataset = await importFolder(files, { decoder });
    expect(dataset.classNames).toEqual(['9', '10', '<b>', '__proto__', 'constructor', 'toString']);
    expect(summary(dataset).classCounts).toEqual([1, 1, 1, 1, 1, 1]);
    expect(new Set(dataset.labels).size).toBe(6);
  });

  it('takes val as held out, and draws a split where one side of it is unusable', async () => {
    const usable = [
      file('d/train/cat/1.png', red),
      file('d/train/dog/2.png', blue),
      file('d/val/cat/3.png', red),
    ];
    const dataset = await importFolder(usable, { decoder });
    expect(dataset.classNames).toEqual(['cat', 'dog']);
    expect([...heldOutIndices(dataset)].map((i) => dataset.names[i])).toEqual(['val/cat/3.png']);
    const broken = [file('d/val/cat/9.png', red), text('d/train/cat/1.png', 'no')];
    expect(trainIndices(await importFolder(broken, { decoder })).length).toBe(1);
  });

  it('changes the split with the seed only', async () => {
    const files = [...Array(20).keys()].map((i) => file(`${i}.png`, red));
    const one = await importFolder(files, { decoder, seed: 1 });
    expect((await importFolder(files, { decoder, seed: 1 })).heldOut).toEqual(one.heldOut);
    expect((await importFolder(files, { decoder, seed: 2 })).heldOut).not.toEqual(one.heldOut);
    expect(heldOutIndices(one).length).toBe(4);
  });

  it('reports progress after every file and reads only two files at a time', async () => {
    let open = 0;
    let most = 0;
    const counting: ImageDecoder = {
      async open(bytes) {
        open--;
        return decoder.open(bytes);
      },
    };
    const files = [...Array(8).keys()].map((i) => ({
      path: `${i}.png`,
      bytes: async () => {
        most = Math.max(most, ++open);
        return new Blob([red.slice()]);
      },
    }));
    const progress: string[] = [];
    await importFolder(files, {
      decoder: counting,
      onProgress: (done, total) => progress.push(`${done}/${total}`),
    });
    expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((done) => `${done}/8`));
    expect(most).toBeLessThanOrEqual(2);
  });

  it('stops when asked', async () => {
    const controller = new AbortController();
    const files = [...Array(50).keys()].map((i) => file(`${i}.png`, red));
    let done = 0;
    const importing = importFolder(files, {
      decoder,
      signal: controller.signal,
      onProgress: () => {
        if (++done === 3) controller.abort();
      },
    });
    await expect(importing).rejects.toMatchObject({ code: 'aborted' });
    expect(done).toBeLessThan(6);
  });

  it('says in a sentence when there is nothing to train on', async () => {
    await expect(importFolder([], { decoder, name: 'void' })).rejects.toMatchObject({
      code: 'import/no-images',
      message: 'There are no pictures in “void”.',
      hint: expect.stringContaining('JPEG'),
    });
    await expect(
      importFolder([text('a/x.txt', 'x'), text('a/y.txt', 'y')], { decoder }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(
        /^None of the 2 files in “a” can be used; the first: x\.txt: no picture/,
      ),
    });
    await expect(importFolder([text('a/x.txt', 'x')], { decoder })).rejects.toMatchObject({
      message: expect.stringMatching(/^The one file in “a” cannot be used: x\.txt: not a picture/),
    });
  });
});

describe.skipIf(!there('hand-digits'))('the folder hand-digits', () => {
  it('comes in whole: 400 pictures, ten classes, 320 to train on', async () => {
    const dataset = await importFolder(await listFolder(`${shared}/hand-digits`), { decoder });
    const digits = [...Array(10).keys()].map((digit) => `digit_${digit}`);
    expect(summary(dataset)).toMatchObject({
      name: 'hand-digits',
      count: 400,
      trainCount: 320,
      heldOutCount: 80,
      classNames: digits,
      classCounts: Array(10).fill(40),
    });
    expect(dataset.skipped).toEqual([]);
    for (let label = 0; label < 10; label++) {
      expect([...heldOutIndices(dataset)].filter((i) => dataset.labels[i] === label).length).toBe(8);
    }
  });
});

describe.skipIf(!there('awkward/MANIFEST.json'))('the awkward pictures', () => {
  it('come in or are listed as their manifest says', async () => {
    type Entry = { path: string; expect: string; also_ok?: string[]; reason?: string };
    const manifest = JSON.parse(readFileSync(`${shared}/awkward/MANIFEST.json`, 'utf8')) as {
      files: Entry[];
    };
    const wanted = manifest.files.filter(({ path }) => /^(images|bad)\/|^bombs\/.*\.(png|jpg)$/.test(path));
    const dataset = await importFolder(await listFolder(`${shared}/awkward`), { decoder, name: 'awkward' });
    const reasons = new Map(dataset.skipped.map(({ path, reason }) => [path, reason]));
    const imported = new Set(dataset.names);
    for (const { path, expect: outcome, also_ok = [], reason } of wanted) {
      const actual = imported.has(path) ? 'import' : 'skip';
      const allowed = [outcome, ...also_ok].map((word) => (word.startsWith('import') ? 'import' : word));
      expect([path, allowed]).toEqual([path, expect.arrayContaining([actual])]);
      if (reason === 'system-file') expect([path, reasons.get(path)]).toEqual([path, undefined]);
      else if (actual === 'skip') expect(reasons.get(path)).toMatch(/\w/);
      if (reason === 'too-many-pixels') expect(reasons.get(path)).toContain('64 megapixels');
    }
  });
});

/** Whether the shared test data are there; says so where they are not. */
function there(path: string): boolean {
  const found = existsSync(`${shared}/${path}`);
  if (!found) console.log(`skipped: ${shared}/${path} is not there`);
  return found;
}

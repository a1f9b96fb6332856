import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FolderFile } from '../../platform/files';
import { listFolder } from '../../platform/node/folder';
import { nodeImageDecoder } from '../../platform/node/imageDecoder';
import { encodePicture } from '../../platform/testing/pictures';
import { localReader } from '../reading/localReader';
import type { PictureReader } from '../reading/pictureReader';
import { type ImportOptions, importPictures } from './importPictures';
import { memorySink } from './pictureSink';
import { ImportRefused } from './refused';

const shared = resolve(import.meta.dirname, '../../../../shared/data');
const reader = localReader(nodeImageDecoder);
const file = (path: string, bytes: Uint8Array): FolderFile => ({ path, bytes: async () => bytes });
const text = (path: string, content: string) => file(path, new TextEncoder().encode(content));

let red: Uint8Array;
let blue: Uint8Array;
let green: Uint8Array;

beforeAll(async () => {
  red = await encodePicture('png', { width: 100, height: 90, colour: [250, 0, 0] });
  blue = await encodePicture('png', { width: 40, height: 60, colour: [0, 0, 250] });
  green = await encodePicture('png', { width: 50, height: 50, colour: [0, 120, 0], right: [255, 255, 255] });
});

/** Imports into memory. */
async function load(files: Iterable<FolderFile>, options: Partial<ImportOptions> = {}) {
  const sink = memorySink();
  const set = await importPictures(files, { reader, sink, size: 16, ...options });
  const { pixels, masks } = sink.stores(set.index);
  return { ...set, pixels, masks, lines: new Map(set.report.lines.map((line) => [line.path, line])) };
}

/** Names of the classes of the pictures, in order. */
const classesOf = ({ index }: Awaited<ReturnType<typeof load>>) =>
  [...index.labels].map((label) => index.classNames[label] ?? null);

describe('importPictures', () => {
  it('makes squares of 80 px, in natural order, and numbers the classes', async () => {
    const files = [10, 9].flatMap((i) => [file(`pets/dog/${i}.png`, blue), file(`pets/cat/${i}.png`, red)]);
    const { name, index, pixels, masks, report } = await load(files, { size: null });
    expect(name).toBe('pets');
    expect(index.size).toBe(80);
    expect(index.names).toEqual(['cat/9.png', 'cat/10.png', 'dog/9.png', 'dog/10.png']);
    expect(index.classNames).toEqual(['cat', 'dog']);
    expect([...index.labels]).toEqual([0, 0, 1, 1]);
    expect([...index.split]).toEqual([-1, -1, -1, -1]);
    expect(index.given).toBeNull();
    expect([...index.widths, ...index.heights]).toEqual([100, 100, 40, 40, 90, 90, 60, 60]);
    expect(new Set(pixels.take([0, 1]))).toEqual(new Set([0xff0000fa]));
    expect(new Set(pixels.take([3]))).toEqual(new Set([0xfffa0000]));
    expect(masks).toBeNull();
    expect(report.lines[0]).toEqual({
      path: 'cat/9.png',
      outcome: 'imported',
      reason: null,
      detail: '100 × 90 px PNG',
    });
    expect(report.lines).toHaveLength(4);
  });

  it('reads every kind of picture, by content and not by name', async () => {
    const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'bmp'] as const;
    const files = await Promise.all(
      formats.map(async (format) =>
        file(`${format}.txt`, await encodePicture(format, { width: 30, height: 20 })),
      ),
    );
    const { index, pixels } = await load(files);
    expect(index.count).toBe(6);
    for (let i = 0; i < 6; i++) {
      const pixel = pixels.take([i])[100]!;
      expect(Math.abs((pixel & 255) - 200)).toBeLessThan(10);
      expect(Math.abs(((pixel >>> 16) & 255) - 50)).toBeLessThan(12);
    }
  });

  it('lists what it cannot use with the reason, and keeps the rest', async () => {
    const jpeg = await encodePicture('jpeg', { width: 300, height: 300, right: [0, 0, 0] });
    const bomb = red.slice();
    new DataView(bomb.buffer).setUint32(16, 30_000);
    new DataView(bomb.buffer).setUint32(20, 30_000);
    const { index, lines } = await load([
      file('a/good.png', red),
      file('b/half.jpg', jpeg.slice(0, jpeg.length / 2)),
      file('b/empty.jpg', new Uint8Array(0)),
      text('b/labels.csv', 'name,label\nnobody.png,cat\n'),
      text('b/drawing.svg', '<svg><script>alert(1)</script></svg>'),
      file('b/tiny.png', await encodePicture('png', { width: 7, height: 500 })),
      file('b/bomb.png', bomb),
      { path: 'b/locked.jpg', bytes: () => Promise.reject(new Error('permission denied')) },
      file('../outside.png', red),
      text('b/.DS_Store', 'x'),
    ]);
    expect(index.names).toEqual(['a/good.png']);
    expect(index.classNames).toEqual(['a']);
    expect(Object.fromEntries([...lines].map(([path, { reason }]) => [path, reason]))).toEqual({
      '../outside.png': 'unsafe-path',
      'a/good.png': null,
      'b/.DS_Store': 'system-file',
      'b/bomb.png': 'too-many-pixels',
      'b/drawing.svg': 'unsupported-format',
      'b/empty.jpg': 'empty',
      'b/half.jpg': 'damaged',
      'b/labels.csv': 'not-an-image',
      'b/locked.jpg': 'unreadable',
      'b/tiny.png': 'too-small',
    });
    for (const { detail } of lines.values()) expect(detail).toMatch(/\w/);
  });

  it('gives the same set in whatever order the files arrive and however long they take', async () => {
    const names = ['cat/10.png', 'cat/9.png', 'dog/1.png', 'dog/2.png', 'loose.png', 'masks/cat/9.png'];
    const files = [
      ...names.map((path, i) => file(path, i % 2 ? red : blue)),
      text('labels.csv', 'f,label\n9,cow\n'),
    ];
    const slow: FolderFile[] = files.map(({ path, bytes }, i) => ({
      path,
      bytes: () => new Promise((done) => setTimeout(() => done(bytes()), 5 * (files.length - i))),
    }));
    const expected = await load(files, { name: 'x' });
    expect(expected.index.names).toEqual(['cat/9.png', 'cat/10.png', 'dog/1.png', 'dog/2.png', 'loose.png']);
    const other = await load(slow.reverse(), { name: 'x' });
    expect(other.index).toEqual(expected.index);
    expect(other.report.lines).toEqual(expected.report.lines);
    expect(other.pixels.take([0, 1, 2, 3, 4])).toEqual(expected.pixels.take([0, 1, 2, 3, 4]));
  });

  it('keeps classes with names that are traps for objects, and names those that show nothing', async () => {
    const classes = ['__proto__', 'constructor', 'toString', '<b>', '10', '9', ' '];
    const set = await load(classes.map((name) => file(`set/${name}/1.png`, red)));
    expect(set.index.classNames).toEqual([
      '9',
      '10',
      '<b>',
      '__proto__',
      'constructor',
      'no name',
      'toString',
    ]);
    expect(new Set(set.index.labels).size).toBe(7);
    expect(set.report.warnings.map(({ code }) => code)).toContain('blank-class');
  });

  it('takes train and val for the split', async () => {
    const { index } = await load([
      file('d/train/cat/1.png', red),
      file('d/train/dog/2.png', blue),
      file('d/val/cat/3.png', red),
    ]);
    expect(index.classNames).toEqual(['cat', 'dog']);
    expect([...index.split]).toEqual([0, 0, 1]);
  });

  it('says how far it is, and reads no more files at a time than the reader likes', async () => {
    let open = 0;
    let most = 0;
    const counting: PictureReader = {
      ...reader,
      concurrency: 3,
      async read(task) {
        const result = await reader.read(task);
        open--;
        return result;
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
    await load([...files, file('9.png', red)], {
      reader: counting,
      onProgress: ({ stage, done, total }) => void (stage === 'reading' && progress.push(`${done}/${total}`)),
    });
    expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((done) => `${done}/9`));
    expect(most).toBeLessThanOrEqual(3);
  });

  it('tells the sink what to expect first, and leaves its errors as they are', async () => {
    const calls: unknown[] = [];
    const full = new Error('no room');
    const sink = {
      begin: (plan: unknown) => void calls.push(plan),
      picture: () => {
        if (calls.push('picture') === 4) throw full;
      },
      mask: () => void calls.push('mask'),
    };
    const files = ['1', '2', '3'].map((name) => file(`${name}.png`, red));
    const importing = load([...files, file('masks/1.png', red)], { sink });
    await expect(importing).rejects.toBe(full);
    expect(calls).toEqual([{ size: 16, pictures: 3, masks: 1 }, 'picture', 'mask', 'picture']);
  });

  it('stops when asked', async () => {
    const controller = new AbortController();
    const files = [...Array(50).keys()].map((i) => file(`${i}.png`, red));
    let last = 0;
    const importing = load(files, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        last = done;
        if (done === 3) controller.abort();
      },
    });
    await expect(importing).rejects.toMatchObject({ code: 'aborted' });
    expect(last).toBeLessThan(6);
  });

  it('says in a sentence when there is nothing to train on, and reports on every file', async () => {
    await expect(load([], { name: 'void' })).rejects.toMatchObject({
      code: 'import/no-images',
      message: 'There are no pictures in “void”.',
      hint: expect.stringContaining('JPEG'),
    });
    const refused = await load([text('a/x.txt', 'x'), text('a/y.txt', 'y'), text('a/z.jpg', '')]).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(ImportRefused);
    expect(refused).toMatchObject({
      message: 'None of the 3 files in “a” can be used: 2 are no pictures and 1 is empty.',
      report: { lines: [{ path: 'x.txt' }, { path: 'y.txt' }, { path: 'z.jpg', reason: 'empty' }] },
    });
    await expect(load([text('a/x.txt', 'x')])).rejects.toMatchObject({
      message: expect.stringMatching(/^The one file in “a” cannot be used: x\.txt: no picture/),
    });
  });

  it('gives the reason of the only archive as the code', async () => {
    await expect(load([file('p.zip', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0))])).rejects.toMatchObject({
      code: 'import/damaged',
      message: expect.stringMatching(/^“p” cannot be opened: /),
    });
  });
});

describe('masks', () => {
  it('come with their pictures, at any scale of the same shape', async () => {
    const half = await encodePicture('png', {
      width: 25,
      height: 25,
      colour: [0, 0, 0],
      right: [255, 255, 255],
    });
    const { index, masks, lines } = await load([
      file('images/a.png', red),
      file('images/b.png', green),
      file('masks/b.png', half),
    ]);
    expect([...index.maskRows]).toEqual([-1, 0]);
    expect([masks!.has(0), masks!.has(1)]).toEqual([false, true]);
    const [none, some] = [masks!.take([0]), masks!.take([1])];
    expect(none.includes(1)).toBe(false);
    expect([...some.slice(0, 16)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(lines.get('masks/b.png')).toMatchObject({ outcome: 'used', detail: 'mask of images/b.png' });
    expect(index.classNames).toEqual([]);
  });

  it('are left out where they do not fit, cannot be read, or have no picture', async () => {
    const { index, lines, report } = await load([
      file('1.png', red),
      file('2.png', blue),
      text('3.png', 'no'),
      file('4.png', green),
      file('masks/1.png', blue),
      text('masks/2.png', 'no'),
      file('masks/3.png', red),
      file('masks/4.png', await encodePicture('png', { width: 50, height: 50, colour: [0, 0, 0] })),
      file('masks/5.png', red),
    ]);
    expect([...index.maskRows]).toEqual([-1, -1, 0]);
    const reasons = ['1', '2', '3', '4', '5'].map((stem) => lines.get(`masks/${stem}.png`)!.reason);
    expect(reasons).toEqual(['mask-unfit', 'not-an-image', 'mask-unfit', null, 'mask-unfit']);
    expect(report.warnings.map(({ code }) => code)).toContain('empty-masks');
  });
});

describe('a list of labels', () => {
  it('gives classes to the pictures beside it, over what folders say', async () => {
    const set = await load([
      file('d/images/a.png', red),
      file('d/images/b.png', blue),
      file('d/images/c.png', green),
      text('d/index.csv', 'name,species,width\na,dog,3\nb,cat,4\nzebra,zebra,5\n'),
    ]);
    expect(set.index.classNames).toEqual(['cat', 'dog']);
    expect(classesOf(set)).toEqual(['dog', 'cat', null]);
    expect(set.lines.get('index.csv')).toMatchObject({
      outcome: 'used',
      detail: expect.stringMatching(/^labels of 2 pictures; one row was left out, the first is row 4: /),
    });
  });

  it('tells labels given from classes, and names the split', async () => {
    const { index } = await load([
      ...['a', 'b', 'c'].map((stem) => file(`${stem}.png`, red)),
      text('labels.csv', 'picture,label,split,truth\na.png,,train,cat\nb.png,dog,held-out,cat\nc.png,,,\n'),
    ]);
    expect(index.classNames).toEqual(['cat', 'dog']);
    expect([...index.labels]).toEqual([0, 0, -1]);
    expect([...index.given!]).toEqual([-1, 1, -1]);
    expect([...index.split]).toEqual([0, 1, -1]);
  });

  it('is left alone when it holds no classes', async () => {
    const names = [...Array(12).keys()].map((i) => `${i}.png`);
    const sizes = `file,bytes\n${names.map((name, i) => `${name},${1000 + 7 * i}\n`).join('')}`;
    const set = await load([...names.map((name) => file(name, red)), text('index.csv', sizes)]);
    expect(set.index.classNames).toEqual([]);
    expect(set.lines.get('index.csv')).toMatchObject({
      outcome: 'skipped',
      detail: expect.stringContaining('no class'),
    });
  });

  it('speaks for its own folder only', async () => {
    const set = await load([
      file('train/1.png', red),
      file('val/1.png', blue),
      text('train/labels.csv', 'file,label\n1.png,cat\n'),
      text('val/labels.csv', 'file,label\n1.png,dog\n'),
    ]);
    expect(classesOf(set)).toEqual(['cat', 'dog']);
    expect([...set.index.split]).toEqual([0, 1]);
  });

  it('is the whole truth of a set that Pawsaur exported', async () => {
    const description = {
      format: 'pawsaur-set',
      version: 1,
      name: 'My <b>set</b>',
      size: 24,
      classNames: ['z', 'GLASS ', 'glass'],
      renamed: [['glass_2/2.png', 'glass/__proto__.png']],
    };
    const set = await load(
      [
        file('glass/1.png', red),
        file('glass_2/2.png', blue),
        file('none/3.png', green),
        text('labels.csv', 'picture,truth\nglass/1.png,GLASS \nglass_2/2.png,glass\nnone/3.png,\n'),
        text('pawsaur.json', JSON.stringify(description)),
      ],
      { size: null, name: 'file' },
    );
    expect(set.name).toBe('My <b>set</b>');
    expect(set.index.size).toBe(24);
    expect(set.index.classNames).toEqual(['z', 'GLASS ', 'glass']);
    expect(classesOf(set)).toEqual(['GLASS ', 'glass', null]);
    expect(set.index.names).toEqual(['glass/1.png', 'glass/__proto__.png', 'none/3.png']);
  });

  it('does no harm when it is broken, and neither does a description', async () => {
    const set = await load([
      file('cat/1.png', red),
      file('dog/2.png', blue),
      { path: 'labels.csv', bytes: () => Promise.reject(new Error('gone')) },
      text('cat/labels.txt', '"'),
      text('pawsaur.json', '{"format":"pawsaur-set","version":1,"size":1e9}'),
    ]);
    expect(classesOf(set)).toEqual(['cat', 'dog']);
    expect(set.index.size).toBe(16);
    const reasons = ['labels.csv', 'cat/labels.txt', 'pawsaur.json'].map(
      (path) => set.lines.get(path)?.reason,
    );
    expect(reasons).toEqual(['unreadable', 'not-an-image', 'not-an-image']);
  });
});

describe('warnings', () => {
  const codes = async (files: FolderFile[]) => {
    const { report } = await load(files);
    return new Map(report.warnings.map(({ code, message }) => [code, message]));
  };

  it('name one picture in two classes, copies, and classes with one picture', async () => {
    const found = await codes([
      file('glass/a.png', green),
      file('metal/a.png', green),
      file('metal/b.png', red),
      file('metal/c.png', red),
    ]);
    expect(found.get('duplicates')).toMatch(/^2 pictures are/);
    expect(found.get('conflicting-labels')).toBe(
      'One picture is in more than one class: ‘glass/a.png’ in ‘glass’ and ‘metal’.',
    );
    expect(found.get('small-classes')).toMatch(/^The class ‘glass’ has one picture/);
    expect(found.has('single-class')).toBe(false);
  });

  it('tell of names that look alike, and of a single class', async () => {
    const twins = await codes([
      file('Glass/a.png', red),
      file('glass/b.png', blue),
      file('GLASS /c.png', green),
    ]);
    expect(twins.get('class-twins')).toContain('“Glass” and “glass” and “GLASS ”');
    const single = await codes([file('d/glass/a.png', red), file('d/glass/b.png', green)]);
    expect([...single.keys()]).toEqual(['single-class']);
    expect(await codes([file('a.png', red), file('b.png', green)])).toEqual(new Map());
  });
});

describe.skipIf(!there('hand-digits'))('the folder hand-digits', () => {
  it('comes in whole: 400 pictures in ten classes', async () => {
    const { name, index, report } = await load(await listFolder(`${shared}/hand-digits`));
    expect(name).toBe('hand-digits');
    expect(index.classNames).toEqual([...Array(10).keys()].map((digit) => `digit_${digit}`));
    for (let label = 0; label < 10; label++) {
      expect(index.labels.filter((each) => each === label)).toHaveLength(40);
    }
    expect(report.lines.every(({ outcome }) => outcome === 'imported')).toBe(true);
  });
});

describe.skipIf(!there('pets-masks'))('the folder pets-masks', () => {
  it('comes in with its masks and species', async () => {
    const { index, report } = await load(await listFolder(`${shared}/pets-masks`));
    expect(index.count).toBe(120);
    expect(index.classNames).toEqual(['cat', 'dog']);
    expect(index.labels.includes(-1)).toBe(false);
    expect(index.maskRows.includes(-1)).toBe(false);
    expect(report.lines.filter(({ outcome }) => outcome === 'used')).toHaveLength(121);
    expect(report.lines.filter(({ outcome }) => outcome === 'skipped')).toEqual([]);
  });
});

describe.skipIf(!there('awkward/MANIFEST.json'))('the awkward files', () => {
  type Entry = {
    path: string;
    expect: string;
    also_ok?: string[];
    reason?: string;
    imported?: number;
    also_imported?: number[];
    upright_size?: [number, number];
  };
  const manifest = () =>
    (JSON.parse(readFileSync(`${shared}/awkward/MANIFEST.json`, 'utf8')) as { files: Entry[] }).files;

  it('come in or are listed as their manifest says', async () => {
    const wanted = manifest().filter(({ path }) => /^(images|bad)\/|^bombs\/.*\.(png|jpg)$/.test(path));
    const chosen = new Set(wanted.map(({ path }) => `awkward/${path}`));
    const all = await listFolder(`${shared}/awkward`);
    const { index, lines } = await load(all.filter(({ path }) => chosen.has(path)));
    const outcomes = new Map([
      ['imported', 'import'],
      ['converted', 'import-with-conversion'],
      ['skipped', 'skip'],
    ]);
    for (const { path, expect: outcome, also_ok = [], reason, upright_size } of wanted) {
      const line = lines.get(path);
      const actual = outcomes.get(line?.outcome ?? '');
      expect([path, [outcome, ...also_ok]]).toEqual([path, expect.arrayContaining([actual])]);
      if (actual === 'skip' && reason) expect([path, line!.reason]).toEqual([path, reason]);
      const row = index.names.indexOf(path);
      if (upright_size && row >= 0) {
        expect([path, [index.widths[row], index.heights[row]]]).toEqual([path, upright_size]);
      }
    }
  });

  it('give what they hold, as archives', async () => {
    const archives = manifest().filter(({ path }) => /\.(zip|tar\.gz)$/.test(path));
    for (const { path, expect: outcome, also_ok = [], reason, imported, also_imported = [] } of archives) {
      const leaf = path.slice(path.lastIndexOf('/') + 1);
      const bytes = readFileSync(`${shared}/awkward/${path}`);
      const set = await load([file(leaf, bytes)]).catch((error: unknown) => error);
      const actual = set instanceof ImportRefused ? 'refuse' : 'import';
      expect([path, [outcome, ...also_ok]]).toEqual([path, expect.arrayContaining([actual])]);
      if (set instanceof ImportRefused) {
        if (outcome === 'refuse') expect([path, set.code]).toEqual([path, `import/${reason}`]);
      } else if (imported !== undefined) {
        const { count } = (set as Awaited<ReturnType<typeof load>>).index;
        expect([path, [imported, ...also_imported]]).toEqual([path, expect.arrayContaining([count])]);
      }
    }
  });
});

/** Whether the shared test data are there; says so where they are not. */
function there(path: string): boolean {
  const found = existsSync(`${shared}/${path}`);
  if (!found) console.log(`skipped: ${shared}/${path} is not there`);
  return found;
}

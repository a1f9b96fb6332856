import { describe, expect, it } from 'vitest';
import type { FolderFile } from '../../platform/files';
import { encodePicture } from '../../platform/testing/pictures';
import type { PictureReader } from '../reading/pictureReader';
import { ImportRefused } from './refused';
import { colouredPictures, file, load, reader, text } from './testing/load';

const { red, blue } = await colouredPictures();

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

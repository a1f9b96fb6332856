import { describe, expect, it } from 'vitest';
import { openSources } from './openSources';
import { contents, file, gzip, open, skipped, tar, text, zip } from './testing/archives';

describe('openSources', () => {
  it('hands plain files on without reading them', async () => {
    let reads = 0;
    const bytes = async () => {
      reads++;
      return text('x');
    };
    const sources = await openSources([
      { path: 'pets/./cat//1.jpg', bytes },
      { path: 'pets/labels.csv', bytes },
    ]);
    expect(reads).toBe(0);
    expect(sources).toMatchObject({ lines: [], archives: [], name: null });
    expect(await contents(sources)).toEqual([
      ['pets/cat/1.jpg', 'x'],
      ['pets/labels.csv', 'x'],
    ]);
    expect(reads).toBe(2);
  });

  it('sets system files and climbing paths aside, and keeps hostile names', async () => {
    const hostile = ['__proto__', '<img src=x>.jpg', 'a\u202egpj', '=1+1.jpg', 'AC\\DC.jpg', '.jpg', '..jpg'];
    const sources = await openSources(
      [
        ...hostile,
        '.DS_Store',
        'cat/._1.jpg',
        '.git/1.jpg',
        'x/__MACOSX/1.jpg',
        '../1.jpg',
        'a\\..\\1.jpg',
        '',
      ].map((path) => file(path, text('x'))),
    );
    expect(sources.pictures.map(({ path }) => path)).toEqual(hostile);
    expect(skipped(sources)).toEqual([
      '.DS_Store: system-file',
      'cat/._1.jpg: system-file',
      '.git/1.jpg: system-file',
      'x/__MACOSX/1.jpg: system-file',
      '../1.jpg: unsafe-path',
      'a\\..\\1.jpg: unsafe-path',
      ': unsafe-path',
    ]);
  });

  it('gives what a single archive holds its bare path, and several archives a folder each', async () => {
    const pets = zip({ 'cat/1.jpg': 'a', 'dog/1.jpg': 'b' });
    const alone = await open({ 'my/pets.zip': pets, '.DS_Store': 'x' });
    expect(alone.name).toBe('pets');
    expect(await contents(alone)).toEqual([
      ['cat/1.jpg', 'a'],
      ['dog/1.jpg', 'b'],
    ]);
    const together = await open({
      'my/pets.zip': pets,
      'more.tar.gz': gzip(tar([{ name: '1.jpg', content: 'c' }])),
    });
    expect(together.name).toBeNull();
    expect((await contents(together)).map(([path]) => path)).toEqual([
      'my/pets/cat/1.jpg',
      'my/pets/dog/1.jpg',
      'more/1.jpg',
    ]);
    expect(together.archives.map(({ path, reason }) => [path, reason])).toEqual([
      ['my/pets.zip', null],
      ['more.tar.gz', null],
    ]);
  });

  it('keeps the rest when one archive is broken, empty or of another kind', async () => {
    const sources = await open({
      'a.zip': zip({ '1.jpg': 'a' }),
      'b.zip': 'no archive',
      'c.tar': 'no archive either',
      'd.gz': gzip(text('cut')).subarray(0, 12),
      'e.zip': '',
      'f.rar': 'Rar!',
    });
    expect((await contents(sources)).map(([path]) => path)).toEqual(['a/1.jpg']);
    expect(sources.archives.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      'a.zip: null',
      'b.zip: damaged',
      'c.tar: damaged',
      'd.gz: damaged',
      'e.zip: empty',
      'f.rar: unsupported-format',
    ]);
    expect(skipped(sources)).toHaveLength(5);
  });

  it('tells a file chosen alone by its content', async () => {
    const sources = await open({ download: zip({ '1.jpg': 'a' }) });
    expect(await contents(sources)).toEqual([['1.jpg', 'a']]);
    expect(await contents(await open({ download: 'a picture' }))).toEqual([['download', 'a picture']]);
  });

  it('reads a single file once, and says so when that fails', async () => {
    let reads = 0;
    const bytes = async (): Promise<Uint8Array> => {
      reads++;
      throw new Error('gone');
    };
    expect(await contents(await openSources([{ path: '1.jpg', bytes }]))).toEqual([
      ['1.jpg', '(unreadable)'],
    ]);
    expect(reads).toBe(1);
    expect((await openSources([{ path: '1.zip', bytes }])).archives).toMatchObject([
      { reason: 'unreadable' },
    ]);
  });

  it('gives two files of one path two paths', async () => {
    const files = ['1.jpg', '1.jpg', '1 (2).jpg', '1.jpg', 'cat.d/x', 'cat.d/x'];
    const { pictures } = await openSources(files.map((path) => file(path, text(''))));
    expect(pictures.map(({ path }) => path)).toEqual([
      '1.jpg',
      '1 (2).jpg',
      '1 (2) (2).jpg',
      '1 (3).jpg',
      'cat.d/x',
      'cat.d/x (2)',
    ]);
  });

  it('stops when asked to', async () => {
    const controller = new AbortController();
    controller.abort();
    const opening = open({ 'a.zip': zip({ '1.jpg': 'a' }) }, { signal: controller.signal });
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  });
});

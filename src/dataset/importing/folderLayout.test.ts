import { describe, expect, it } from 'vitest';
import { readFolderLayout } from './folderLayout';

const read = (paths: string[], name?: string) => {
  const files = paths.map((path) => ({ path, bytes: async () => new Uint8Array(0) }));
  const layout = readFolderLayout(files, name);
  const placed = layout.files.map(({ path, className, heldOut }) => [path, className, heldOut]);
  return { name: layout.name, unsafe: layout.unsafe, placed };
};

describe('readFolderLayout', () => {
  it('takes the top folder for the name and the folders below it for classes', () => {
    expect(read(['pets/dog/1.jpg', 'pets/cat/old/2.jpg', 'pets/loose.jpg'])).toEqual({
      name: 'pets',
      unsafe: [],
      placed: [
        ['cat/old/2.jpg', 'cat', null],
        ['dog/1.jpg', 'dog', null],
        ['loose.jpg', null, null],
      ],
    });
  });

  it('accepts paths with and without the name that the caller gives', () => {
    for (const prefix of ['pets/', '']) {
      const layout = read([`${prefix}dog/1.jpg`, `${prefix}cat/1.jpg`], 'pets');
      expect(layout.name).toBe('pets');
      expect(layout.placed.map(([, className]) => className)).toEqual(['cat', 'dog']);
    }
    expect(read(['cats/1.jpg', 'cats/2.jpg'], 'pets').placed[0]).toEqual(['cats/1.jpg', 'cats', null]);
  });

  it('leaves a flat folder unlabelled', () => {
    expect(read(['holiday/1.jpg', 'holiday/2.jpg'])).toEqual({
      name: 'holiday',
      unsafe: [],
      placed: [
        ['1.jpg', null, null],
        ['2.jpg', null, null],
      ],
    });
    expect(read(['1.jpg', '2.jpg'])).toMatchObject({
      name: null,
      placed: [['1.jpg', null, null], expect.anything()],
    });
  });

  it('keeps a single class below the top folder', () => {
    expect(read(['set/glass/1.jpg', 'set/glass/2.jpg']).placed[1]).toEqual(['glass/2.jpg', 'glass', null]);
  });

  it('uses train and val as splits, with classes or flat', () => {
    expect(read(['d/train/cat/1.jpg', 'd/VAL/cat/2.jpg', 'd/train/dog/3.jpg']).placed).toEqual([
      ['train/cat/1.jpg', 'cat', false],
      ['train/dog/3.jpg', 'dog', false],
      ['VAL/cat/2.jpg', 'cat', true],
    ]);
    expect(read(['d/train/1.jpg', 'd/test/2.jpg']).placed).toEqual([
      ['test/2.jpg', null, true],
      ['train/1.jpg', null, false],
    ]);
  });

  it('takes train for a class when there is no val, or when other folders stand beside them', () => {
    expect(read(['d/train/1.jpg', 'd/car/2.jpg']).placed.map(([, name]) => name)).toEqual(['car', 'train']);
    expect(read(['d/train/1.jpg', 'd/test/2.jpg', 'd/ship/3.jpg']).placed.map(([, name]) => name)).toEqual([
      'ship',
      'test',
      'train',
    ]);
  });

  it('looks through folders that only wrap the others', () => {
    expect(read(['a/b/c/cat/1.jpg', 'a/b/c/dog/2.jpg'])).toMatchObject({
      name: 'a',
      placed: [
        ['b/c/cat/1.jpg', 'cat', null],
        ['b/c/dog/2.jpg', 'dog', null],
      ],
    });
    expect(read(['data/train/cat/1.jpg', 'data/train/dog/2.jpg']).placed.map(([, name]) => name)).toEqual([
      'cat',
      'dog',
    ]);
  });

  it('drops hidden and system files without a word', () => {
    const junk = [
      '.DS_Store',
      'Thumbs.db',
      'desktop.ini',
      'cat/._1.jpg',
      '__MACOSX/cat/1.jpg',
      '.git/x/1.jpg',
    ];
    expect(read([...junk, 'cat/1.jpg', 'dog/1.jpg'])).toMatchObject({
      unsafe: [],
      placed: [
        ['cat/1.jpg', 'cat', null],
        ['dog/1.jpg', 'dog', null],
      ],
    });
  });

  it('sets paths aside that climb out of the folder', () => {
    expect(read(['../../etc/passwd.jpg', 'cat/../../x.jpg', '', './cat//./1.jpg', 'dog/2.jpg'])).toEqual({
      name: null,
      unsafe: ['../../etc/passwd.jpg', 'cat/../../x.jpg', ''],
      placed: [
        ['cat/1.jpg', 'cat', null],
        ['dog/2.jpg', 'dog', null],
      ],
    });
  });

  it('treats hostile names as names', () => {
    const hostile = ['__proto__', 'constructor', '<img src=x onerror=alert(1)>', 'a\u202egpj', '=1+1', ' '];
    const classes = read(hostile.map((name) => `set/${name}/1.jpg`)).placed.map(([, name]) => name);
    expect(new Set(classes)).toEqual(new Set(hostile));
  });
});

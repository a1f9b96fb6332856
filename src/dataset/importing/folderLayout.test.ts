import { describe, expect, it } from 'vitest';
import { readFolderLayout } from './folderLayout';

const read = (paths: string[], name?: string) => {
  const layout = readFolderLayout(
    paths.map((path) => ({ path })),
    name,
  );
  const placed = layout.files.map(({ path, className, heldOut }) => [path, className, heldOut]);
  return { name: layout.name, placed };
};
/** Pictures and their masks, classes, and masks left over. */
const readMasks = (paths: string[], name?: string) => {
  const { files, lostMasks } = readFolderLayout(
    paths.map((path) => ({ path })),
    name,
  );
  return {
    pairs: files.map(({ path, className, mask }) => [path, className, mask?.path ?? null]),
    lost: lostMasks.map(({ path }) => path),
  };
};

describe('readFolderLayout', () => {
  it('takes the top folder for the name and the folders below it for classes', () => {
    expect(read(['pets/dog/1.jpg', 'pets/cat/old/2.jpg', 'pets/loose.jpg'])).toEqual({
      name: 'pets',
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

  it('lets no text beside the pictures hide what the folders mean', () => {
    expect(read(['README.md', 'pets/cat/1.jpg', 'pets/dog/1.jpg', 'pets/licence.txt'])).toEqual({
      name: 'pets',
      placed: [
        ['cat/1.jpg', 'cat', null],
        ['dog/1.jpg', 'dog', null],
        ['licence.txt', null, null],
        ['README.md', null, null],
      ],
    });
    expect(read(['d/train/cat/1.jpg', 'd/val/cat/2.jpg', 'd/about.json'], 'x').placed).toEqual([
      ['d/about.json', null, null],
      ['d/train/cat/1.jpg', 'cat', false],
      ['d/val/cat/2.jpg', 'cat', true],
    ]);
  });

  it('keeps the class of a picture that is named like a text', () => {
    const mixed = ['cat/1.jpg', 'dog/2.jpg', 'dog/3.txt'];
    expect(read(mixed).placed.map(([, name]) => name)).toEqual(['cat', 'dog', 'dog']);
    expect(read(['cat/1.txt', 'dog/2.txt']).placed.map(([, name]) => name)).toEqual(['cat', 'dog']);
  });

  it('takes a folder of pictures for no class when it is the only one', () => {
    expect(read(['d/images/1.jpg', 'd/images/2.jpg'], 'd').placed.map(([, name]) => name)).toEqual([
      null,
      null,
    ]);
    expect(read(['images/1.jpg', 'cat/2.jpg']).placed.map(([, name]) => name)).toEqual(['cat', 'images']);
  });

  it('sets lists of labels aside, and what an export says of itself', () => {
    const paths = [
      'set/cat/1.png',
      'set/dog/2.png',
      'set/labels.csv',
      'set/dog/Index.CSV',
      'set/pawsaur.json',
    ];
    const layout = readFolderLayout(
      paths.map((path) => ({ path })),
      'other',
    );
    expect(layout.files.map(({ path }) => path)).toEqual(['set/cat/1.png', 'set/dog/2.png']);
    expect(layout.lists.map(({ path }) => path)).toEqual(['set/dog/Index.CSV', 'set/labels.csv']);
    expect(layout.description?.path).toBe('set/pawsaur.json');
  });

  it('finds masks beside pictures, whatever the extensions', () => {
    expect(readMasks(['d/images/a.jpg', 'd/images/b.jpg', 'd/masks/a.png', 'd/index.csv'])).toEqual({
      pairs: [
        ['images/a.jpg', null, 'masks/a.png'],
        ['images/b.jpg', null, null],
      ],
      lost: [],
    });
    expect(readMasks(['cat/1.jpg', 'dog/1.jpg', 'masks/cat/1.png', 'Masks/dog/1.png']).pairs).toEqual([
      ['cat/1.jpg', 'cat', 'masks/cat/1.png'],
      ['dog/1.jpg', 'dog', 'Masks/dog/1.png'],
    ]);
    expect(readMasks(['cat/1.jpg', 'cat/mask/1.png', 'dog/1.jpg', 'dog/mask/1.png']).pairs).toEqual([
      ['cat/1.jpg', 'cat', 'cat/mask/1.png'],
      ['dog/1.jpg', 'dog', 'dog/mask/1.png'],
    ]);
    const split = ['train/images/cat/1.jpg', 'train/masks/cat/1.png', 'val/images/cat/2.jpg'];
    expect(readMasks(split).pairs).toEqual([
      ['train/images/cat/1.jpg', 'cat', 'train/masks/cat/1.png'],
      ['val/images/cat/2.jpg', 'cat', null],
    ]);
    expect(readMasks(['data/1.jpg', 'data/masks/1.png'], 'pets').pairs).toEqual([
      ['data/1.jpg', null, 'data/masks/1.png'],
    ]);
  });

  it('gives a picture one mask, that of its whole name first, and lists the others', () => {
    expect(
      readMasks(['1.jpg', '1.png', '2.jpg', 'masks/1.png', 'masks/2.bmp', 'masks/2.png', 'masks/9.png']),
    ).toEqual({
      pairs: [
        ['1.jpg', null, null],
        ['1.png', null, 'masks/1.png'],
        ['2.jpg', null, 'masks/2.bmp'],
      ],
      lost: ['masks/2.png', 'masks/9.png'],
    });
  });

  it('takes a folder of masks that fit no picture for a class', () => {
    const worn = ['mask/1.jpg', 'mask/2.jpg', 'no_mask/1.jpg'];
    expect(readMasks(worn).pairs.map(([, name]) => name)).toEqual(['mask', 'mask', 'no_mask']);
  });

  it('treats hostile names as names', () => {
    const hostile = ['__proto__', 'constructor', '<img src=x onerror=alert(1)>', 'a\u202egpj', '=1+1', ' '];
    const classes = read(hostile.map((name) => `set/${name}/1.jpg`)).placed.map(([, name]) => name);
    expect(new Set(classes)).toEqual(new Set(hostile));
  });
});

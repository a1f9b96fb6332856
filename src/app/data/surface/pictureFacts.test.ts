import { describe, expect, it } from 'vitest';
import { createLabelling, withGiven } from '../../../labels';
import { sampleColumns } from '../../testing/fakeColumns';
import { countClasses, describeSizes, findRepeats } from './overview';
import { everyPicture, joinPictures, visiblePictures } from './pictureFacts';

/** Rows 0, 2, 3 and 5 of a set of six: 1 and 4 are left out. */
const list = {
  generation: 1,
  classNames: ['cat', 'dog'],
  names: ['cat/Tom.jpg', 'dog/rex.jpg', 'dog/tomato.jpg', 'stray.jpg'],
  truth: Int32Array.of(0, 1, 1, -1),
  given: Int32Array.of(-1, -1, -1, -1),
  heldOut: Uint8Array.of(0, 1, 0, 0),
  rows: Int32Array.of(0, 2, 3, 5),
};
const labelling = withGiven(createLabelling(list.classNames, list.truth), Int32Array.of(0, -1, -1, -1));
const columns = sampleColumns({
  names: ['cat/Tom.jpg', 'cat/out.jpg', 'dog/rex.jpg', 'dog/tomato.jpg', 'dog/out.jpg', 'stray.jpg'],
  widths: Int32Array.of(640, 9, 100, 300, 9, 40),
  heights: Int32Array.of(480, 9, 200, 300, 9, 50),
  excluded: Uint8Array.of(0, 1, 0, 0, 1, 0),
  hasMask: Uint8Array.of(1, 0, 0, 1, 0, 0),
  exactGroups: Int32Array.of(0, 0, 1, -1, -1, 1),
  lookGroups: Int32Array.of(2, -1, 1, 2, -1, 1),
});
const pictures = joinPictures(list, labelling, { columns, made: false });
const shown = (changes: Partial<typeof everyPicture>) => [
  ...visiblePictures(pictures, { ...everyPicture, ...changes }),
];

describe('what is known of the pictures in use', () => {
  it('is found by their rows in the stored set', () => {
    expect([...pictures.stored!.widths]).toEqual([640, 100, 300, 40]);
    expect([...pictures.masked!]).toEqual([1, 0, 1, 0]);
  });

  it('counts no picture as a duplicate of one that is left out', () => {
    expect([...pictures.stored!.exact]).toEqual([-1, 1, -1, 1]);
  });

  it('is less for a built-in set, which has masks and no files', () => {
    const made = joinPictures(list, labelling, { columns: null, made: true });
    expect(made.stored).toBeNull();
    expect([...made.masked!]).toEqual([1, 1, 1, 1]);
  });
});

describe('a filter', () => {
  it('goes by class, side, label and mask, all at once', () => {
    expect(shown({})).toEqual([0, 1, 2, 3]);
    expect(shown({ label: 1 })).toEqual([1, 2]);
    expect(shown({ label: -1 })).toEqual([3]);
    expect(shown({ side: 'heldOut' })).toEqual([1]);
    expect(shown({ side: 'train', label: 1 })).toEqual([2]);
    expect(shown({ labelled: true })).toEqual([0]);
    expect(shown({ labelled: false, masked: true })).toEqual([2]);
  });

  it('finds part of a name in any case', () => {
    expect(shown({ search: ' TOM ' })).toEqual([0, 2]);
  });

  it('puts pictures that are alike next to each other', () => {
    expect(shown({ alike: 'exact' })).toEqual([1, 3]);
    expect(shown({ alike: 'near' })).toEqual([1, 3, 0, 2]);
  });
});

describe('the set in numbers', () => {
  it('counts training and held-out pictures of every class, and those of none last', () => {
    expect(countClasses(pictures)).toEqual([
      { label: 0, train: 1, heldOut: 0 },
      { label: 1, train: 1, heldOut: 1 },
      { label: -1, train: 1, heldOut: 0 },
    ]);
  });

  it('sorts shorter sides into bars, and counts those that are enlarged', () => {
    const { widths, heights } = pictures.stored!;
    expect(describeSizes(widths, heights, 80)).toEqual({
      bins: [
        { from: 32, to: 48, count: 1 },
        { from: 48, to: 64, count: 0 },
        { from: 64, to: 96, count: 0 },
        { from: 96, to: 128, count: 1 },
        { from: 128, to: 192, count: 0 },
        { from: 192, to: 256, count: 0 },
        { from: 256, to: 384, count: 1 },
        { from: 384, to: 512, count: 1 },
      ],
      smallest: 40,
      median: 300,
      largest: 480,
      smaller: 1,
    });
    expect(describeSizes(new Int32Array(0), new Int32Array(0), 80)).toBeNull();
  });

  it('names all but the first of each group', () => {
    expect(findRepeats(Int32Array.of(3, -1, 3, 0, 3, 0))).toEqual({
      groups: 2,
      pictures: 5,
      rest: Int32Array.of(2, 4, 5),
    });
  });
});

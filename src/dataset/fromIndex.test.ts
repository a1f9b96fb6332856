import { describe, expect, it } from 'vitest';
import { datasetFromIndex } from './fromIndex';
import type { PictureIndex } from './importing/pictureIndex';
import { memoryPixels } from './pixelStore';
import { samplePictureIndex } from './testing/pictureIndex';

const set = (index: PictureIndex) => ({
  id: 'a1',
  name: 'pets',
  revision: 2,
  index,
  pixels: memoryPixels(
    Uint32Array.from({ length: 4 * index.count }, (_, i) => Math.floor(i / 4)),
    2,
  ),
  masks: null,
});

/** Masks of the rows from 10 on, each filled with the number of its row. */
const someMasks = {
  has: (row: number) => row >= 10,
  take: (rows: ArrayLike<number>) => Uint8Array.from({ length: 4 * rows.length }, (_, i) => rows[i >> 2]!),
  close: () => undefined,
};

describe('datasetFromIndex', () => {
  it('has every column and its pixels in stored order', () => {
    const dataset = datasetFromIndex(set(samplePictureIndex(20)), 0);
    expect(dataset).toMatchObject({
      set: 'a1',
      revision: 2,
      name: 'pets',
      kind: 'folder',
      size: 2,
      count: 20,
    });
    expect([...dataset.rows]).toEqual([...Array(20).keys()]);
    expect([...dataset.labels.slice(0, 3)]).toEqual([0, 1, 0]);
    expect(dataset.heldOut.reduce((sum, flag) => sum + flag, 0)).toBe(4);
    expect([...dataset.pixels.take([7, 3])]).toEqual([7, 7, 7, 7, 3, 3, 3, 3]);
    expect(dataset).toMatchObject({ masks: null, given: null });
  });

  it('leaves pictures out without moving the others to the other side', () => {
    const all = datasetFromIndex(set(samplePictureIndex(20)), 0);
    const excluded = Uint8Array.from({ length: 20 }, (_, row) => (row < 3 ? 1 : 0));
    const given = Int32Array.from({ length: 20 }, (_, row) => (row === 4 ? 1 : -1));
    const rest = datasetFromIndex(set(samplePictureIndex(20, { excluded, given })), 0);
    expect(rest.count).toBe(17);
    expect([...rest.rows.slice(0, 2)]).toEqual([3, 4]);
    expect(rest.heldOut).toEqual(all.heldOut.slice(3));
    expect(rest.labels).toEqual(all.labels.slice(3));
    expect([...rest.given!.slice(0, 3)]).toEqual([-1, 1, -1]);
    expect(rest.names[0]).toBe('picture 3.jpg');
    expect([...rest.pixels.take([0])]).toEqual([3, 3, 3, 3]);
  });

  it('knows which of its pictures have masks', () => {
    const excluded = Uint8Array.from({ length: 12 }, (_, row) => (row < 3 ? 1 : 0));
    const { masks } = datasetFromIndex({ ...set(samplePictureIndex(12, { excluded })), masks: someMasks }, 0);
    expect([6, 7, 8].map((index) => masks!.has(index))).toEqual([false, true, true]);
    expect([...masks!.take([8])]).toEqual([11, 11, 11, 11]);
    const without = Uint8Array.from({ length: 12 }, (_, row) => (row < 10 ? 0 : 1));
    const index = samplePictureIndex(12, { excluded: without });
    expect(datasetFromIndex({ ...set(index), masks: someMasks }, 0).masks).toBeNull();
  });

  it('trains on what there is when all that is left was held out', () => {
    const split = Int8Array.from([0, 0, 1, 1]);
    const excluded = Uint8Array.from([1, 1, 0, 0]);
    const { heldOut } = datasetFromIndex(set(samplePictureIndex(4, { split, excluded })), 0);
    expect([...heldOut]).toEqual([0, 0]);
  });

  it('says that nothing is left when everything is left out', () => {
    const index = samplePictureIndex(3, { excluded: Uint8Array.of(1, 1, 1) });
    expect(() => datasetFromIndex(set(index), 0)).toThrow('Every picture of “pets” is left out.');
  });

  it('closes the stores of the set with its own', () => {
    let closed = 0;
    const pixels = { ...memoryPixels(new Uint32Array(8), 2), close: () => closed++ };
    datasetFromIndex({ ...set(samplePictureIndex(2)), pixels }, 0).pixels.close();
    expect(closed).toBe(1);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLUMNS, column } from './parameters';
import { cutByPictures, PictureSlots } from './pictureSlots';

const rowsOf = (pictures: readonly number[]) => {
  const rows = new Float32Array(pictures.length * COLUMNS);
  pictures.forEach((picture, i) => {
    rows[i * COLUMNS + column.image] = picture;
    rows[i * COLUMNS + column.top] = 100 + i;
  });
  return rows;
};
const namedBy = (rows: Float32Array) =>
  Array.from({ length: rows.length / COLUMNS }, (_, i) => rows[i * COLUMNS + column.image]!);

/** Slots for pictures of two pixels, each filled with the picture's number, and what was read and written. */
function slotsFor(count: number) {
  const device = new Uint32Array(2 * count);
  const read: number[][] = [];
  const written: [slot: number, pictures: number][] = [];
  const source = {
    take(indices: ArrayLike<number>) {
      read.push(Array.from(indices));
      return Uint32Array.from({ length: 2 * indices.length }, (_, i) => indices[i >> 1]!);
    },
  };
  const slots = new PictureSlots(source, count, 2, (slot, pixels) => {
    written.push([slot, pixels.length / 2]);
    device.set(pixels, 2 * slot);
  });
  /** The pictures that placed rows find on the device. */
  const seen = (rows: Float32Array) => namedBy(rows).map((slot) => [device[2 * slot], device[2 * slot + 1]]);
  return { slots, source, seen, read, written };
}

describe('PictureSlots', () => {
  it('reads each picture once while there is room, and writes neighbours together', () => {
    const { slots, read, written } = slotsFor(8);
    slots.place(rowsOf([5, 3, 5]));
    slots.place(rowsOf([3, 9, 1, 5]));
    expect(read).toEqual([
      [5, 3],
      [9, 1],
    ]);
    expect(written).toEqual([
      [0, 2],
      [2, 2],
    ]);
  });

  it('changes nothing in a row but the picture', () => {
    const rows = rowsOf([7, 2]);
    const before = rows.slice();
    const placed = slotsFor(2).slots.place(rows);
    expect(rows).toEqual(before);
    expect(namedBy(placed)).toEqual([0, 1]);
    expect(placed[COLUMNS + column.top]).toBe(101);
  });

  it('makes room by the picture that was asked for longest ago', () => {
    const { slots, read } = slotsFor(3);
    slots.place(rowsOf([0, 1, 2]));
    slots.place(rowsOf([0]));
    slots.place(rowsOf([3]));
    slots.place(rowsOf([0, 2]));
    slots.place(rowsOf([1]));
    expect(read).toEqual([[0, 1, 2], [3], [1]]);
  });

  it('has every picture of a call in place, whatever came before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }), { maxLength: 30 }),
        (count, calls) => {
          const { slots, seen } = slotsFor(count);
          for (const pictures of calls) {
            if (new Set(pictures).size > count) {
              expect(() => slots.place(rowsOf(pictures))).toThrow(/there is room for/);
            } else {
              const placed = slots.place(rowsOf(pictures));
              expect(seen(placed)).toEqual(pictures.map((picture) => [picture, picture]));
            }
          }
        },
      ),
    );
  });

  it('is as it was when its source cannot be read', () => {
    const { slots, source, seen } = slotsFor(2);
    slots.place(rowsOf([0, 1]));
    const { take } = source;
    source.take = () => {
      throw new Error('the file is gone');
    };
    expect(() => slots.place(rowsOf([2]))).toThrow('the file is gone');
    source.take = () => new Uint32Array(3);
    expect(() => slots.place(rowsOf([2]))).toThrow(/1 pictures need 2 pixels; 3 were given/);
    source.take = take;
    expect(seen(slots.place(rowsOf([1, 0])))).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });
});

describe('cutByPictures', () => {
  it('cuts where one picture more would be too many', () => {
    const parts = cutByPictures(rowsOf([0, 1, 0, 2, 2, 1, 3]), 2).map(namedBy);
    expect(parts).toEqual([[0, 1, 0], [2, 2, 1], [3]]);
  });

  it('leaves rows whole that fit', () => {
    const rows = rowsOf([4, 4, 4]);
    expect(cutByPictures(rows, 1)).toEqual([rows]);
    expect(cutByPictures(rows, Number.POSITIVE_INFINITY)).toEqual([rows]);
  });
});

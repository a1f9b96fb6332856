import { describe, expect, it } from 'vitest';
import { memoryPixels } from '../dataset';
import { chooseProbes, rgbaPictures, spread, thumbnailPictures } from './pictures';

const rgba = (r: number, g: number, b: number) => (r | (g << 8) | (b << 16) | (255 << 24)) >>> 0;

const packed = Uint32Array.from({ length: 32 }, (_, i) => {
  const [x, y] = [i % 4, Math.floor(i / 4)];
  return i < 16 ? rgba(x < 2 ? 0 : 200, y < 2 ? 0 : 100, 7) : rgba(1, 2, 3);
});
/** Two pictures of 4 × 4: one of quarters, one plain. */
const source = { size: 4, count: 2, pixels: memoryPixels(packed, 4) };

describe('pictures', () => {
  it('copies chosen pictures as bytes in the order asked for', () => {
    const pictures = rgbaPictures(source, [1, 0]);
    expect(pictures).toHaveLength(2 * 16 * 4);
    expect([...pictures.subarray(0, 4)]).toEqual([1, 2, 3, 255]);
    expect([...pictures.subarray(64, 68)]).toEqual([0, 0, 7, 255]);
    pictures[0] = 99;
    expect(packed[16]).toBe(rgba(1, 2, 3));
  });

  it('shrinks by averaging what each pixel covers', () => {
    expect([...thumbnailPictures(source, [0], 2)]).toEqual([
      0, 0, 7, 255, 200, 0, 7, 255, 0, 100, 7, 255, 200, 100, 7, 255,
    ]);
    expect([...thumbnailPictures(source, [0], 1)]).toEqual([100, 50, 7, 255]);
  });

  it('covers every stored pixel at odd sizes, and enlarges without gaps', () => {
    const third = thumbnailPictures(source, [1], 3);
    expect(new Set(Array.from(third).filter((_, i) => i % 4 === 0))).toEqual(new Set([1]));
    expect(thumbnailPictures(source, [0], 6).subarray(0, 4)).toEqual(Uint8ClampedArray.of(0, 0, 7, 255));
  });

  it.each([-1, 2, 0.5, Number.NaN])('refuses picture %s', (index) => {
    expect(() => rgbaPictures(source, [index])).toThrow(/There is no picture/);
    expect(() => thumbnailPictures(source, [index], 2)).toThrow(/There is no picture/);
  });
});

describe('chooseProbes', () => {
  const dataset = (labels: number[], heldOut: number[]) => ({
    count: labels.length,
    labels: Int32Array.from(labels),
    heldOut: Uint8Array.from(heldOut),
    classNames: [],
  });

  it('takes one held-out picture of each class before a second', () => {
    const labels = Array.from({ length: 60 }, (_, i) => i % 3);
    const heldOut = labels.map((_, i) => (i >= 45 ? 1 : 0));
    const probes = [...chooseProbes(dataset(labels, heldOut))];
    expect(probes).toHaveLength(8);
    expect(new Set(probes).size).toBe(8);
    expect(probes.every((i) => i >= 45)).toBe(true);
    expect(probes.slice(0, 3).map((i) => labels[i])).toEqual([0, 1, 2]);
  });

  it('spreads over the classes when there are more than probes', () => {
    const labels = Array.from({ length: 100 }, (_, i) => i % 20);
    const probes = [
      ...chooseProbes(
        dataset(
          labels,
          labels.map(() => 0),
        ),
      ),
    ];
    expect(new Set(probes.map((i) => labels[i])).size).toBe(8);
    expect(Math.max(...probes.map((i) => labels[i]!))).toBeGreaterThan(15);
  });

  it('spreads over an unlabelled set and leaves unlabelled pictures of a labelled one aside', () => {
    const none = new Array<number>(40).fill(-1);
    const probes = chooseProbes(
      dataset(
        none,
        none.map((_, i) => (i >= 24 ? 1 : 0)),
      ),
    );
    expect([...probes]).toEqual([24, 26, 28, 30, 32, 34, 36, 38]);
    const some = none.map((_, i) => (i < 20 ? i % 2 : -1));
    expect(
      [
        ...chooseProbes(
          dataset(
            some,
            none.map(() => 0),
          ),
        ),
      ].every((i) => i < 20),
    ).toBe(true);
  });

  it('takes what there is of a tiny set', () => {
    expect([...chooseProbes(dataset([0, 1], [0, 0]))].sort()).toEqual([0, 1]);
    expect([...chooseProbes(dataset([-1], [0]))]).toEqual([0]);
  });
});

describe('spread', () => {
  it('takes evenly spaced items, all when there are few', () => {
    expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
    expect(spread([0, 1], 4)).toEqual([0, 1]);
    expect(spread([], 4)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { drawHeldOut, splitRows } from './split';

function labelsOf(counts: Record<number, number>): Int32Array {
  return Int32Array.from(
    Object.entries(counts).flatMap(([label, n]) => new Array<number>(n).fill(Number(label))),
  );
}

const heldOutOf = (labels: Int32Array, flags: Uint8Array, label: number) =>
  [...labels].filter((value, i) => value === label && flags[i] === 1).length;

describe('drawHeldOut', () => {
  it('holds out a fifth of every class, rounded, and never the last picture', () => {
    const labels = labelsOf({ 0: 40, 1: 1, 2: 2, 3: 3, 4: 7, 5: 130 });
    const flags = drawHeldOut(labels, 0);
    expect([0, 1, 2, 3, 4, 5].map((label) => heldOutOf(labels, flags, label))).toEqual([8, 0, 0, 1, 1, 26]);
  });

  it('splits unlabelled pictures as one group', () => {
    const flags = drawHeldOut(new Int32Array(10).fill(-1), 3);
    expect(flags.reduce((a, b) => a + b, 0)).toBe(2);
  });

  it('repeats itself, and changes with the seed', () => {
    const labels = labelsOf({ 0: 50, 1: 50 });
    expect(drawHeldOut(labels, 1)).toEqual(drawHeldOut(labels, 1));
    expect(drawHeldOut(labels, 1)).not.toEqual(drawHeldOut(labels, 2));
  });

  it('leaves a class alone when another one grows', () => {
    const before = drawHeldOut(labelsOf({ 0: 20, 1: 20 }), 0).slice(0, 20);
    const after = drawHeldOut(labelsOf({ 0: 20, 1: 60 }), 0).slice(0, 20);
    expect(after).toEqual(before);
  });

  it('copes with no pictures at all', () => {
    expect(drawHeldOut(new Int32Array(0), 0).length).toBe(0);
  });
});

describe('splitRows', () => {
  const columns = (labels: Int32Array, changes: { split?: number[]; copies?: [number, number][] } = {}) => {
    const exact = Uint32Array.from({ length: 2 * labels.length }, (_, i) => i);
    for (const [copy, of] of changes.copies ?? []) exact.set(exact.slice(2 * of, 2 * of + 2), 2 * copy);
    const split = Int8Array.from(changes.split ?? new Array<number>(labels.length).fill(-1));
    return { labels, split, exact };
  };

  it('draws where nothing is named, or only one side is', () => {
    const labels = labelsOf({ 0: 20, 1: 20 });
    const drawn = drawHeldOut(labels, 4);
    expect(splitRows(columns(labels), 4)).toEqual(drawn);
    expect(splitRows(columns(labels, { split: new Array(40).fill(0) }), 4)).toEqual(drawn);
  });

  it('takes the sides that are named, and draws the others', () => {
    const labels = labelsOf({ 0: 10, 1: 10 });
    const split = [1, 0, 1, ...new Array<number>(17).fill(-1)];
    const flags = splitRows(columns(labels, { split }), 0);
    expect([...flags.slice(0, 3)]).toEqual([1, 0, 1]);
    expect(flags.slice(3)).toEqual(drawHeldOut(labels, 0).slice(3));
  });

  it('keeps copies on one side, whatever class they are in', () => {
    const labels = labelsOf({ 0: 40, 1: 40 });
    const copies = Array.from({ length: 40 }, (_, i): [number, number] => [40 + i, i]);
    const flags = splitRows(columns(labels, { copies }), 0);
    expect(flags.slice(40)).toEqual(flags.slice(0, 40));
    expect(heldOutOf(labels, flags, 1)).toBe(8);
  });

  it('puts a copy of a picture that is named where that one is', () => {
    const labels = labelsOf({ 0: 12 });
    const split = [...new Array<number>(10).fill(-1), 0, 1];
    const copies = Array.from({ length: 10 }, (_, i): [number, number] => [i, i < 5 ? 10 : 11]);
    const flags = splitRows(columns(labels, { split, copies }), 0);
    expect([...flags]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1]);
  });
});

import { describe, expect, it } from 'vitest';
import { drawHeldOut } from './split';

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

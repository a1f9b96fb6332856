import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeBudget, drawBudget } from './budget';
import { createLabelling, labelCounts, withGiven } from './labelling';

// 40 pictures in turns of three classes and unknown; every fifth is held out.
const truth = Int32Array.from({ length: 40 }, (_, i) => (i % 4 === 3 ? -1 : i % 4));
const labelling = createLabelling(['a', 'b', 'c', 'empty'], truth);
const train = Int32Array.from({ length: 40 }, (_, i) => i).filter((i) => i % 5 !== 0);

describe('drawBudget', () => {
  it('gives every class as many true labels as asked, and all where there are fewer', () => {
    for (const [perClass, counts] of [
      [0, [0, 0, 0, 0]],
      [3, [3, 3, 3, 0]],
      [99, [8, 8, 8, 0]],
    ] as const) {
      const given = drawBudget(labelling, train, perClass, 0);
      expect([...labelCounts({ ...labelling, given })]).toEqual(counts);
      given.forEach((label, i) => {
        if (label >= 0) expect(label).toBe(truth[i]);
      });
    }
  });

  it('never labels a held-out picture, and holds every smaller budget of the same seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(9), fc.nat(9), (seed, a, b) => {
        const small = drawBudget(labelling, train, Math.min(a, b), seed);
        const large = drawBudget(labelling, train, Math.max(a, b), seed);
        small.forEach((label, i) => {
          if (label >= 0) expect(large[i]).toBe(label);
          if (!train.includes(i)) expect(large[i]).toBe(-1);
        });
      }),
    );
  });

  it('is the same for the same seed, another for another', () => {
    const draws = [0, 0, 1, 2].map((seed) => drawBudget(labelling, train, 3, seed).join());
    expect(new Set(draws).size).toBe(3);
    expect(draws[0]).toBe(draws[1]);
  });

  it('draws a class alike whatever becomes of the others', () => {
    const merged = createLabelling(
      ['a', 'b', 'c', 'empty'],
      truth.map((label) => (label === 2 ? 1 : label)),
    );
    const ofClassA = (given: Int32Array) => given.map((label) => (label === 0 ? 1 : 0));
    expect(ofClassA(drawBudget(merged, train, 3, 5))).toEqual(ofClassA(drawBudget(labelling, train, 3, 5)));
  });

  it('draws from labels given by hand where the truth is not known', () => {
    const byHand = withGiven(createLabelling(['a', 'b'], Int32Array.of(-1, -1, -1)), Int32Array.of(1, -1, 0));
    expect([...drawBudget(byHand, [0, 1, 2], 1, 0)]).toEqual([1, -1, 0]);
  });
});

describe('describeBudget', () => {
  it('says what a budget comes to and which classes have fewer', () => {
    expect(describeBudget(labelling, train, 3)).toEqual({
      perClass: 3,
      labels: 9,
      pictures: 32,
      short: [{ class: 3, available: 0 }],
      words: '3 of every class: 9 of 32 training pictures have a label. Fewer than asked: ‘empty’ has none.',
    });
    expect(describeBudget(labelling, train, 9).short.length).toBe(4);
    expect(describeBudget(labelling, train, 9).labels).toBe(24);
  });

  it('names five classes and counts the rest', () => {
    const many = createLabelling(
      Array.from({ length: 9 }, (_, i) => `c${i}`),
      Int32Array.of(0),
    );
    expect(describeBudget(many, [0], 2).words).toMatch(/‘c4’ has none and 4 more\.$/);
  });
});

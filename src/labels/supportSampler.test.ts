import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSupportSampler, type SupportRequest } from './supportSampler';

// 60 pictures, six classes of ten; class 4 has no labels, class 5 two, the others five each.
const given = Int32Array.from({ length: 60 }, (_, i) => {
  const [label, nth] = [i % 6, Math.floor(i / 6)];
  const labelled = label === 4 ? 0 : label === 5 ? 2 : 5;
  return nth < labelled ? label : -1;
});
const trainIndices = Int32Array.from({ length: 60 }, (_, i) => i);
const base: SupportRequest = {
  given,
  trainIndices,
  classes: 6,
  classesPerBatch: 0,
  imagesPerClass: 4,
  seed: 3,
};

describe('the support sampler', () => {
  it('leaves out classes without labels, and interleaves rows as it sampled the classes', () => {
    const sampler = createSupportSampler(base);
    expect([...sampler.labelledClasses]).toEqual([0, 1, 2, 3, 5]);
    expect([sampler.classesPerBatch, sampler.rows, sampler.batchesPerEpoch]).toEqual([5, 20, 1]);
    const { indices, classes } = sampler.batchAt(0);
    expect([...classes].sort()).toEqual([0, 1, 2, 3, 5]);
    indices.forEach((index, row) => {
      expect(given[index]).toBe(classes[row % 5]);
    });
  });

  it('shows a class distinct pictures, and repeats whole permutations where it has too few', () => {
    const sampler = createSupportSampler(base);
    let reordered = 0;
    for (let step = 0; step < 30; step++) {
      const { indices, classes } = sampler.batchAt(step);
      classes.forEach((label, c) => {
        const images = [0, 1, 2, 3].map((image) => indices[image * 5 + c]!);
        if (label !== 5) expect(new Set(images).size).toBe(4);
        else {
          expect(new Set(images.slice(0, 2)).size).toBe(2);
          expect(new Set(images.slice(2)).size).toBe(2);
          if (images[0] !== images[2]) reordered++;
        }
      });
    }
    expect(reordered).toBeGreaterThan(5);
    expect(reordered).toBeLessThan(25);
  });

  it('walks through all classes in an inner epoch, in another order each time', () => {
    const sampler = createSupportSampler({ ...base, classesPerBatch: 1 });
    expect(sampler.batchesPerEpoch).toBe(5);
    const orders = Array.from({ length: 20 }, (_, epoch) =>
      Array.from({ length: 5 }, (_, i) => sampler.batchAt(5 * epoch + i).classes[0]!),
    );
    for (const order of orders) expect(order.toSorted()).toEqual([0, 1, 2, 3, 5]);
    expect(new Set(orders.map(String)).size).toBeGreaterThan(10);
  });

  it('lets the classes that are left over sit out, others each time', () => {
    const sampler = createSupportSampler({ ...base, classesPerBatch: 2 });
    expect(sampler.batchesPerEpoch).toBe(2);
    const out = new Set<number>();
    for (let epoch = 0; epoch < 40; epoch++) {
      const seen = [0, 1].flatMap((i) => [...sampler.batchAt(2 * epoch + i).classes]);
      expect(new Set(seen).size).toBe(4);
      for (const label of [0, 1, 2, 3, 5]) if (!seen.includes(label)) out.add(label);
    }
    expect(out.size).toBe(5);
  });

  it('shuffles the pictures of a class anew each inner epoch, so that all get their turn', () => {
    const sampler = createSupportSampler({ ...base, imagesPerClass: 1 });
    const shown = new Set<number>();
    for (let step = 0; step < 60; step++) for (const index of sampler.batchAt(step).indices) shown.add(index);
    expect(shown.size).toBe(22);
  });

  it('takes one label a class, and one class', () => {
    const one = createSupportSampler({ ...base, given: given.map((label, i) => (i === 0 ? label : -1)) });
    expect(one.batchAt(7)).toEqual({ indices: Int32Array.of(0, 0, 0, 0), classes: Int32Array.of(0) });
  });

  it('does not use labels of held-out pictures', () => {
    const sampler = createSupportSampler({ ...base, trainIndices: trainIndices.filter((i) => i % 6 !== 2) });
    expect([...sampler.labelledClasses]).toEqual([0, 1, 3, 5]);
  });

  it('is disturbed by a new label in the class that got it and in no other', () => {
    const [before, after] = [given, given.with(36, 0)].map((labels) =>
      createSupportSampler({ ...base, given: labels }),
    );
    const rowsOf = (step: number, sampler: typeof before) => {
      const { indices, classes } = sampler!.batchAt(step);
      return [...indices].filter((_, row) => classes[row % 5] !== 0);
    };
    for (let step = 0; step < 10; step++) expect(rowsOf(step, after)).toEqual(rowsOf(step, before));
  });

  it('gives the same batch for the same step, in whatever order steps are asked for', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(5), fc.integer({ min: 1, max: 9 }), (seed, perBatch, images) => {
        const request = { ...base, seed, classesPerBatch: perBatch, imagesPerClass: images };
        const [one, other] = [createSupportSampler(request), createSupportSampler(request)];
        const forwards = Array.from({ length: 8 }, (_, step) => one.batchAt(step));
        for (let step = 7; step >= 0; step--) expect(other.batchAt(step)).toEqual(forwards[step]);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses where nothing is labelled, and where a batch wants more classes than are', () => {
    expect(() => createSupportSampler({ ...base, given: given.map(() => -1) })).toThrow(
      expect.objectContaining({ code: 'labels/none' }),
    );
    expect(() => createSupportSampler({ ...base, classesPerBatch: 6 })).toThrow(
      expect.objectContaining({ code: 'labels/classes-per-batch', hint: expect.stringContaining('5') }),
    );
  });
});

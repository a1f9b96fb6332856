import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { softNeighbourProbabilities } from './softNeighbours';

const corner = Float32Array.of(1, 0, 0, 1);

describe('soft nearest neighbours', () => {
  it('weighs votes by exp(cosine / temperature), whatever the lengths', () => {
    const [first, second] = softNeighbourProbabilities({
      support: Float32Array.of(5, 0, 0, 0.1),
      supportLabels: Int32Array.of(1, 0),
      queries: Float32Array.of(30, 40),
      dim: 2,
      classes: 2,
      temperature: 0.5,
    });
    // Cosines .6 and .8.
    const expected = Math.exp(0.8 / 0.5) / (Math.exp(0.8 / 0.5) + Math.exp(0.6 / 0.5));
    expect(first).toBeCloseTo(expected, 6);
    expect(second).toBeCloseTo(1 - expected, 6);
  });

  it('adds up the votes of a class: three far ones can outvote a near one', () => {
    const input = {
      support: Float32Array.of(1, 0, 0, 1, 0, 1, 0, 1),
      supportLabels: Int32Array.of(0, 1, 1, 1),
      queries: Float32Array.of(1, 0.6),
      dim: 2,
      classes: 3,
    };
    const soft = softNeighbourProbabilities({ ...input, temperature: 1 });
    expect(soft[1]).toBeGreaterThan(soft[0]!);
    expect(soft[2]).toBe(0);
    const sharp = softNeighbourProbabilities(input);
    expect(sharp[0]).toBeGreaterThan(0.9);
  });

  it('lets no unlabelled image vote', () => {
    const input = { support: corner, queries: Float32Array.of(0.1, 1), dim: 2, classes: 2 };
    const some = softNeighbourProbabilities({ ...input, supportLabels: Int32Array.of(0, -1) });
    expect([...some]).toEqual([1, 0]);
    const none = softNeighbourProbabilities({ ...input, supportLabels: Int32Array.of(-1, -1) });
    expect([...none]).toEqual([0, 0]);
  });

  it('answers evenly for a feature of length zero, and not at all for one that is no number', () => {
    const probabilities = softNeighbourProbabilities({
      support: corner,
      supportLabels: Int32Array.of(0, 1),
      queries: Float32Array.of(0, 0, Number.NaN, 1),
      dim: 2,
      classes: 2,
    });
    expect([...probabilities]).toEqual([0.5, 0.5, 0, 0]);
  });

  it('still tells near from nearer at a temperature at which every vote would underflow', () => {
    const probabilities = softNeighbourProbabilities({
      support: Float32Array.of(0, 1, 0, -1, 1, 0, -1, 0),
      supportLabels: Int32Array.of(0, 1),
      queries: Float32Array.of(0, 0, 1, 0.1),
      dim: 4,
      classes: 2,
      temperature: 1e-5,
    });
    expect([...probabilities]).toEqual([1, 0]);
  });

  it('gives distributions for any features, block borders included', () => {
    const features = (rows: number) =>
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: rows * 3, maxLength: rows * 3 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }).chain((n) => fc.tuple(features(n), features(5))),
        fc.integer({ min: 0, max: 4 }),
        ([queries, support], odd) => {
          const supportLabels = Int32Array.of(0, 1, 2, 3, odd);
          const probabilities = softNeighbourProbabilities({
            support: Float32Array.from(support),
            supportLabels,
            queries: Float32Array.from(queries),
            dim: 3,
            classes: 5,
          });
          for (let i = 0; i < probabilities.length; i += 5) {
            const sum = probabilities.subarray(i, i + 5).reduce((a, b) => a + b, 0);
            expect(sum).toBeCloseTo(1, 5);
          }
          if (odd < 4) expect(probabilities.filter((_, i) => i % 5 === 4).every((p) => p === 0)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});

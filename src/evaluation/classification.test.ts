import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALIBRATION_BINS, predictedClasses, scoreClassification } from './classification';

describe('classification', () => {
  // Three classes; the rows say 0, 1, 1, 2, 0.
  const probabilities = [
    [0.9, 0.1, 0],
    [0.2, 0.7, 0.1],
    [0.3, 0.5, 0.2],
    [0.1, 0.1, 0.8],
    [0.5, 0.3, 0.2],
  ].flat();

  it('counts what is taken for what: truth in rows, answers in columns', () => {
    const score = scoreClassification(probabilities, [0, 1, 0, 1, -1], 3);
    expect([...score.confusion]).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 0]);
    expect(score.accuracy).toBe(50);
    expect(score.count).toBe(4);
    expect(score.perClass).toEqual([
      { count: 2, right: 1, accuracy: 50 },
      { count: 2, right: 1, accuracy: 50 },
      { count: 0, right: 0, accuracy: null },
    ]);
    expect(score.balancedAccuracy).toBe(50);
  });

  it('gives every class the same weight in the balanced accuracy', () => {
    const score = scoreClassification(probabilities, [0, 0, 0, 2, 0], 3);
    expect(score.accuracy).toBe(60);
    expect(score.balancedAccuracy).toBe(75);
  });

  it('measures calibration by hand-checked bins', () => {
    // Confidences .9 (right), .7 (right), .5 (wrong), .8 (wrong), .5 (right): the two of .5 share a bin.
    const { calibrationError, meanConfidence, bins } = scoreClassification(probabilities, [0, 1, 0, 1, 0], 3);
    expect(meanConfidence).toBeCloseTo(68, 10);
    expect(calibrationError).toBeCloseTo((100 * (0.1 + 0.3 + 0.8 + 0)) / 5, 10);
    expect(bins).toHaveLength(15);
    expect(bins[7]).toMatchObject({ count: 2, accuracy: 50 });
    expect(bins[7]!.confidence).toBeCloseTo(50, 10);
    expect(bins[7]!.from).toBeCloseTo(46.67, 2);
    expect(bins[0]).toMatchObject({ count: 0, confidence: null, accuracy: null });
  });

  it('puts certainty in the last bin and calls it calibrated when it is right', () => {
    const score = scoreClassification([1, 0, 0, 1], [0, 1], 2);
    expect(score.bins.at(-1)).toMatchObject({ count: 2, confidence: 100, accuracy: 100 });
    expect(score.calibrationError).toBe(0);
    expect(scoreClassification([1, 0, 0, 1], [1, 0], 2).calibrationError).toBe(100);
  });

  it('reads votes that do not sum to one as shares', () => {
    expect(scoreClassification([30, 10], [0], 2).meanConfidence).toBe(75);
  });

  it('decides ties for the lower class and answers nothing where there is nothing', () => {
    expect([...predictedClasses([0.5, 0.5, 0, 0, Number.NaN, Number.NaN, 0.2, 0.8], 2)]).toEqual([
      0, -1, -1, 1,
    ]);
    const score = scoreClassification([0.5, 0.5, 0, 0], [0, 1], 2);
    expect(score).toMatchObject({ count: 2, unanswered: 1, accuracy: 50, meanConfidence: 50 });
    expect(score.perClass[1]).toEqual({ count: 1, right: 0, accuracy: 0 });
    expect([...score.confusion]).toEqual([1, 0, 0, 0]);
  });

  it('has nothing to say without known classes', () => {
    for (const score of [
      scoreClassification(probabilities, [-1, -1, -1, -1, -1], 3),
      scoreClassification([], [], 0),
    ]) {
      expect(score).toMatchObject({ count: 0, accuracy: null, balancedAccuracy: null });
      expect(score).toMatchObject({ meanConfidence: null, calibrationError: null });
    }
  });

  it('adds up, whatever the answers', () => {
    const row = fc.tuple(
      fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
      fc.integer({ min: -1, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const score = scoreClassification(
          rows.flatMap(([votes]) => votes),
          rows.map(([, truth]) => truth),
          4,
        );
        const answers = score.count - score.unanswered;
        const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
        expect(sum(score.confusion)).toBe(answers);
        expect(sum(score.bins.map(({ count }) => count))).toBe(answers);
        expect(sum(score.perClass.map(({ count }) => count))).toBe(score.count);
        const kept = rows.filter(([, truth]) => truth >= 0);
        const right = kept.filter(([votes, truth]) => {
          const most = Math.max(...votes);
          return most > 0 && votes.indexOf(most) === truth;
        });
        expect(score.right).toBe(right.length);
        if (answers === 0) return;
        // A mean gap of bins can be no smaller than the gap of the means.
        const gap = Math.abs(score.meanConfidence! - (100 * score.right) / answers);
        expect(score.calibrationError!).toBeGreaterThanOrEqual(gap - 1e-9);
        for (const bin of score.bins.filter(({ count }) => count > 0)) {
          expect(bin.confidence!).toBeGreaterThan(bin.from - 1e-9);
          expect(bin.confidence!).toBeLessThanOrEqual(bin.to + 1e-9);
        }
      }),
    );
    expect(CALIBRATION_BINS).toBe(15);
  });
});

import { describe, expect, it } from 'vitest';
import { createLabelling, effectiveTruth, labelCounts, runLabels, withGiven } from './labelling';

const labelling = withGiven(
  createLabelling(['cat', 'dog'], Int32Array.of(0, 1, -1, -1)),
  Int32Array.of(1, -1, 0, -1),
);

describe('a labelling', () => {
  it('scores with the truth where it is known, and with labels given by hand elsewhere', () => {
    expect([...effectiveTruth(labelling)]).toEqual([0, 1, 0, -1]);
    expect(runLabels(labelling)).toEqual({
      classes: 2,
      given: Int32Array.of(1, -1, 0, -1),
      truth: Int32Array.of(0, 1, 0, -1),
    });
  });

  it('counts what was given, among all pictures or some', () => {
    expect([...labelCounts(labelling)]).toEqual([1, 1]);
    expect([...labelCounts(labelling, [1, 2, 3])]).toEqual([1, 0]);
  });

  it('keeps its own copies, coming in and going out', () => {
    const truth = Int32Array.of(0);
    const given = Int32Array.of(0);
    const names = ['cat'];
    const mine = withGiven(createLabelling(names, truth), given);
    truth[0] = -1;
    given[0] = -1;
    names[0] = 'dog';
    runLabels(mine).given[0] = -1;
    expect(mine).toEqual({ classNames: ['cat'], truth: Int32Array.of(0), given: Int32Array.of(0) });
  });

  it('refuses labels of another data set', () => {
    expect(() => createLabelling(['cat'], Int32Array.of(1))).toThrow(
      expect.objectContaining({ code: 'labels/truth' }),
    );
    const wrong = [Int32Array.of(0, 0, 0), Int32Array.of(0, 0, 0, 2), Int32Array.of(0, 0, 0, -2)];
    for (const given of wrong) {
      expect(() => withGiven(labelling, given)).toThrow(expect.objectContaining({ code: 'labels/given' }));
    }
  });
});

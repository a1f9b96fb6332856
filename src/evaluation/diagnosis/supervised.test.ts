import { describe, expect, it } from 'vitest';
import { findPreset } from '../../recipe';
import type { EvaluationNumbers } from './report';
import { diagnoseSupervised, type SupervisedInput } from './supervised';

const recipe = findPreset('supervised-quick')!.recipe;
const lnC = Math.log(10);

/** A run of 700 steps at step 500, scored every 100 steps with these accuracies. */
function run(
  numbers: { loss?: number; batchCorrect?: number },
  scores: readonly (number | null)[],
  changes: Partial<SupervisedInput> = {},
): SupervisedInput {
  const evaluations = scores.map(
    (own, i): EvaluationNumbers => ({
      step: 100 * i,
      featureStdScaled: 0.4,
      jaccardHeadMean: null,
      classification: { shown: 'classifier', readOuts: [{ id: 'classifier', heldOut: own }] },
    }),
  );
  return {
    step: 500,
    totalSteps: 700,
    warmupSteps: 70,
    reports: new Array(60).fill({ loss: 0.6, batchCorrect: 99.6, ...numbers }),
    evaluations,
    classes: 10,
    recipe,
    ...changes,
  };
}

describe('diagnosis of the supervised baseline', () => {
  it('sees labels known by heart where held-out accuracy has stopped rising', () => {
    const found = diagnoseSupervised(run({}, [10, 29, 65, 74, 75.5, 76]));
    expect(found.state).toBe('memorised');
    expect(found.sentence).toMatch(
      /99\.6 % of its labelled pictures.*\(76\.0 %\) has not risen since step 300/,
    );
    expect(found.tryThis.map(({ field, value }) => [field, value])).toEqual([
      ['labels_per_class', 10],
      [null, null],
    ]);
  });

  it.each([
    ['rises still', {}, [10, 29, 65, 70, 73, 76]],
    ['has labels left to learn', { batchCorrect: 97 }, [10, 74, 75, 75, 75, 75]],
    ['was scored only twice', {}, [10, 75, 75]],
    ['has nothing held out', {}, [null, null, null, null]],
  ] as const)('is content while it %s', (_, numbers, scores) => {
    expect(diagnoseSupervised(run(numbers, scores)).state).toBe('healthy');
  });

  it('calls a falling accuracy no better than a flat one', () => {
    expect(diagnoseSupervised(run({}, [10, 76, 74, 70])).state).toBe('memorised');
  });

  it('raises the banner at ln C, not before the first numbers mean something', () => {
    const even = { loss: lnC + 0.01, batchCorrect: 10 };
    expect(diagnoseSupervised(run(even, [])).title).toBe('Stuck at ln C');
    expect(diagnoseSupervised(run({ ...even, loss: lnC + 0.03 }, [])).state).toBe('healthy');
    expect(diagnoseSupervised(run(even, [], { step: 89 })).state).toBe('too early');
    expect(diagnoseSupervised(run(even, [], { step: 90 })).state).toBe('uniform');
  });

  it('says at once that a loss is no number', () => {
    expect(diagnoseSupervised(run({ loss: Number.NaN }, [], { step: 3 })).state).toBe('diverged');
  });

  it('shows how far training is ahead of what is held out', () => {
    const { gauges } = diagnoseSupervised(run({}, [10, 50, 69.6]));
    expect(gauges.map(({ name }) => name)).toEqual(['loss', 'batchCorrect', 'gap', 'featureSpread']);
    expect(gauges[2]!.value).toBeCloseTo(30, 6);
    expect(gauges[2]!.state).toBe('high');
    expect(diagnoseSupervised(run({}, [10])).gauges[2]!.state).toBe('unknown');
  });
});

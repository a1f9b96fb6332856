import { describe, expect, it } from 'vitest';
import { findPreset, officialRecipeOf } from '../../recipe';
import { diagnoseSwav, type SwavInput } from './swav';

const recipe = findPreset('swav-quick')!.recipe;
const lnK = Math.log(recipe.nmb_prototypes);

/** A run of 250 steps at step 200; H and Hm as shares of ln K. */
function run(
  numbers: { h: number; hm: number; kl: number; s?: number },
  changes: Partial<SwavInput> = {},
): SwavInput {
  const report = {
    loss: numbers.h * lnK + numbers.kl,
    assignmentEntropy: numbers.h * lnK,
    meanAssignmentEntropy: numbers.hm * lnK,
    kl: numbers.kl,
  };
  const evaluation = { step: 200, featureStdScaled: numbers.s ?? 0, jaccardHeadMean: null };
  return {
    step: 200,
    totalSteps: 250,
    warmupSteps: 25,
    reports: new Array(30).fill(report),
    evaluations: numbers.s === undefined ? [] : [evaluation],
    recipe,
    ...changes,
  };
}

describe('diagnosis of SwAV', () => {
  it.each([
    ['different prototypes', { h: 0.4, hm: 0.98, kl: 0.9, s: 0.5 }, 'healthy'],
    ['all prototypes alike', { h: 0.99, hm: 1, kl: 0.02, s: 0.05 }, 'uniform'],
    ['all prototypes alike, features not looked at', { h: 0.99, hm: 1, kl: 0.02 }, 'uniform'],
    ['even assignments of features still spread', { h: 0.97, hm: 0.995, kl: 0.1, s: 0.4 }, 'healthy'],
    [
      'even assignments that the predictions are far from',
      { h: 0.97, hm: 0.995, kl: 0.5, s: 0.05 },
      'healthy',
    ],
    ['one prototype for all', { h: 0.02, hm: 0.04, kl: 0.01, s: 0.02 }, 'one-hot'],
    ['sharp, but all prototypes used', { h: 0.05, hm: 0.97, kl: 1.2, s: 0.5 }, 'healthy'],
  ] as const)('reads %s', (_, numbers, state) => {
    expect(diagnoseSwav(run(numbers)).state).toBe(state);
  });

  it('names the numbers of a uniform collapse and changes that the recipe does not have', () => {
    const found = diagnoseSwav(run({ h: 0.99, hm: 1, kl: 0.02 }));
    expect(found.sentence).toMatch(/sits at 4\.137, and ln 64 = 4\.159 .*H = 0\.99 ln K, Hm = 1\.00 ln K/);
    expect(found.tryThis.map(({ field }) => field)).toEqual(['epsilon', 'lr']);
    const official = diagnoseSwav(
      run(
        { h: 0.99, hm: 1, kl: 0.02 },
        { recipe: { ...officialRecipeOf('swav'), nmb_prototypes: 64, hue: 0.2 } },
      ),
    );
    expect(official.tryThis.map(({ field }) => field)).toContain('hue');
    expect(official.tryThis.map(({ field }) => field)).not.toContain('nmb_prototypes');
  });

  it('waits for the warm-up, but not to say that a loss is no number', () => {
    const even = { h: 0.99, hm: 1, kl: 0.02 };
    expect(diagnoseSwav(run(even, { step: 44 })).state).toBe('too early');
    expect(diagnoseSwav(run(even, { step: 45 })).state).toBe('uniform');
    expect(diagnoseSwav(run({ ...even, kl: Number.NaN }, { step: 3 })).state).toBe('diverged');
  });

  it('shows its own series in the gauges', () => {
    const { gauges } = diagnoseSwav(run({ h: 0.99, hm: 1, kl: 0.02, s: 0.3 }));
    expect(gauges.map(({ name, state }) => [name, state])).toEqual([
      ['assignmentEntropy', 'high'],
      ['meanAssignmentEntropy', 'healthy'],
      ['kl', 'low'],
      ['featureSpread', 'healthy'],
    ]);
  });
});

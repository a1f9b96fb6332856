import { describe, expect, it } from 'vitest';
import { findPreset, officialRecipeOf } from '../../recipe';
import { diagnosePaws, type PawsInput } from './paws';
import type { EvaluationNumbers } from './report';

const quick = findPreset('grey-paws-quick')!.recipe;
const lnC = Math.log(10);

/** Numbers of one step, those of a healthy run where none are given. */
function report(numbers: Record<string, number> = {}) {
  return {
    loss: 0.2,
    pawsLoss: 0.9,
    meanEntropy: 2.24,
    targetEntropy: 0.5,
    pawsWeight: 1,
    pseudoCorrect: 70,
    ...numbers,
  };
}

function evaluation(step: number, own: number | null, classifier: number | null = null): EvaluationNumbers {
  const readOuts = [
    { id: 'snnHead', heldOut: own },
    { id: 'classifier', heldOut: classifier },
  ];
  return {
    step,
    featureStdScaled: 0.5,
    jaccardHeadMean: null,
    classification: { shown: 'snnHead', readOuts },
  };
}

/** A run of the quick preset, 700 steps with a ramp from step 175 to 315, at step 600. */
function run(numbers: Record<string, number>, changes: Partial<PawsInput> = {}): PawsInput {
  return {
    step: 600,
    totalSteps: 700,
    warmupSteps: 70,
    reports: new Array(120).fill(report(numbers)),
    evaluations: [],
    classes: 10,
    supervised: null,
    recipe: quick,
    ...changes,
  };
}

/** A rising or falling series, as the last 100 reports. */
function slope(from: number, to: number) {
  return Array.from({ length: 100 }, (_, i) => report({ pseudoCorrect: from + ((to - from) * i) / 99 }));
}

describe('diagnosis of PAWS', () => {
  // From docs/recipes.md.
  it.each([
    ['grey, 5 labels, at 700', { pawsLoss: 0.6, pseudoCorrect: 77 }, {}, 'healthy'],
    ['grey, just after the ramp', { pseudoCorrect: 60 }, { step: 335 }, 'healthy'],
    ['hands, 8 labels', { pseudoCorrect: 95 }, {}, 'healthy'],
    ['waste, 5 labels', { pseudoCorrect: 42 }, { classes: 6 }, 'not helping'],
    [
      'waste, 10 labels: half-way from chance is 58',
      { pseudoCorrect: 56, meanEntropy: 1.7, pawsLoss: 0.9 },
      { classes: 6 },
      'not helping',
    ],
    ['where pseudo-labels start at 17 %', { pseudoCorrect: 17 }, { step: 335 }, 'not helping'],
    ['pure, without me-max', { meanEntropy: 1.51, pawsLoss: 0.76 }, {}, 'vanishing classes'],
    ['pure, me-max ramped in', { meanEntropy: 2.24, pawsLoss: 0.98 }, {}, 'healthy'],
    ['hidden labels unknown', { pseudoCorrect: Number.NaN }, {}, 'healthy'],
    ['hardly off the even guess', { pawsLoss: 2.2 }, {}, 'slow'],
  ] as const)('reads %s as it turned out', (_, numbers, changes, state) => {
    expect(diagnosePaws(run(numbers, changes)).state).toBe(state);
  });

  it('waits for the ramp, and says what for', () => {
    const first = diagnosePaws(run({ pawsWeight: 0 }, { step: 174 }));
    expect([first.state, first.title]).toEqual(['too early', 'Labels first']);
    expect(first.sentence).toContain('Until step 175');
    const ramping = diagnosePaws(run({ pawsWeight: 0.5, pseudoCorrect: 30 }, { step: 245 }));
    expect(ramping.state).toBe('too early');
    expect(ramping.sentence).toMatch(
      /counts 50 %; 30 % of the pseudo-labels are right so far\. From step 335 on/,
    );
    expect(diagnosePaws(run({ pseudoCorrect: 30 }, { step: 334 })).state).toBe('too early');
    expect(diagnosePaws(run({ pseudoCorrect: 30 }, { step: 335 })).state).toBe('not helping');
  });

  it('says at once that a loss is no number', () => {
    const found = diagnosePaws(run({ loss: Number.NaN }, { step: 3 }));
    expect(found.state).toBe('diverged');
    expect(found.tryThis[0]).toMatchObject({ field: 'lr', value: quick.lr / 4 });
  });
});

describe('stuck at ln C', () => {
  // LARS, 300 steps, me-max from the start: at ln C with uniform targets by step 100.
  const pure = { ...officialRecipeOf('paws'), epochs: 30, warmup_epochs: 3, steps_per_epoch: 10 };
  const stuck = (changes: Partial<PawsInput> = {}, numbers: Record<string, number> = {}) =>
    diagnosePaws(
      run(
        { pawsLoss: lnC - 0.015, meanEntropy: lnC, targetEntropy: lnC, pseudoCorrect: 10, ...numbers },
        { step: 100, totalSteps: 300, warmupSteps: 30, recipe: pure, ...changes },
      ),
    );

  it('raises the banner after 50 steps within 0.02 of ln C', () => {
    const found = stuck();
    expect(found.state).toBe('uniform');
    expect(found.title).toBe('Stuck at ln C');
    expect(found.sentence).toMatch(/stood at 2\.288 for 50 steps, and ln 10 = 2\.303/);
    expect(stuck({}, { pawsLoss: lnC - 0.021 }).state).not.toBe('uniform');
    const short = { reports: new Array(49).fill(report({ pawsLoss: lnC })) };
    expect(stuck(short).state).not.toBe('uniform');
    const strayed = new Array(60).fill(report({ pawsLoss: lnC }));
    strayed[30] = report({ pawsLoss: 2.1 });
    expect(stuck({ reports: strayed }).state).not.toBe('uniform');
    strayed[30] = report({ pawsLoss: lnC });
    strayed[9] = report({ pawsLoss: 2.1 });
    expect(stuck({ reports: strayed }).state).toBe('uniform');
  });

  it('names what broke the even start in the trials, and nothing the recipe has', () => {
    expect(stuck().tryThis.map(({ field, value }) => [field, value])).toEqual([
      ['support_ce_weight', 1],
      ['optimizer', 'adamw'],
      ['me_max_ramp_end', 0.5],
      ['warmup_epochs', 9],
    ]);
    const better = { ...pure, support_ce_weight: 1, optimizer: 'adamw' as const };
    expect(stuck({ recipe: better }).tryThis.map(({ field }) => field)).not.toContain('optimizer');
    for (const { field, value } of stuck({ recipe: better }).tryThis) expect(better[field!]).not.toBe(value);
  });

  it('does not take a slow warm-up for it while pseudo-labels say something', () => {
    const warming = { step: 60, warmupSteps: 150, totalSteps: 500 };
    expect(stuck(warming, { targetEntropy: 1.8 }).state).toBe('too early');
    expect(stuck(warming).state).toBe('uniform');
    expect(stuck({ ...warming, step: 100 }, { targetEntropy: 1.8 }).state).toBe('uniform');
  });

  it('does not count steps in which the votes had no weight', () => {
    expect(stuck({ recipe: quick, totalSteps: 700 }, { pawsWeight: 0 }).state).toBe('too early');
  });

  it('means the classes that vote, not all there are', () => {
    const recipe = { ...pure, classes_per_batch: 4 };
    expect(stuck({ recipe }, { pawsLoss: Math.log(4) }).sentence).toContain('ln 4 = 1.386');
    expect(stuck({ recipe }).state).not.toBe('uniform');
  });
});

describe('PAWS that does not help', () => {
  it('is told from pseudo-labels that are still climbing', () => {
    expect(diagnosePaws(run({}, { reports: slope(30, 45) })).state).toBe('slow');
    expect(diagnosePaws(run({}, { reports: slope(44, 46) })).state).toBe('not helping');
    expect(diagnosePaws(run({}, { reports: slope(50, 40) })).state).toBe('not helping');
  });

  it('is seen in the held-out accuracy once most of the run is over', () => {
    const at = (step: number, own: number, supervised: number) =>
      diagnosePaws(run({}, { step, evaluations: [evaluation(0, 90), evaluation(step, own)], supervised }));
    expect(at(600, 43.8, 44.6).sentence).toContain(
      '43.8 %, and the same labels without PAWS gave 44.6 % at best',
    );
    expect(at(600, 43.8, 44.6).state).toBe('not helping');
    expect(at(600, 44.6, 44.6).state).toBe('not helping');
    expect(at(600, 44.7, 44.6).state).toBe('healthy');
    // At 43 % of the run the vote stood at 69, the labels alone at 79.5 in the end.
    expect(at(340, 69, 79.5).state).toBe('healthy');
  });

  it('is not said of a run that beats the labels alone, however its pseudo-labels look', () => {
    const evaluations = [evaluation(600, 62.3)];
    expect(diagnosePaws(run({ pseudoCorrect: 50 }, { evaluations, supervised: 52 })).state).toBe('healthy');
    expect(diagnosePaws(run({ pseudoCorrect: 50 }, { evaluations })).state).toBe('not helping');
  });

  it('falls back on the classifier of the same run where no hidden label is known', () => {
    const evaluations = [evaluation(600, 43.8, 46.5)];
    const unknown = { pseudoCorrect: Number.NaN };
    expect(diagnosePaws(run(unknown, { evaluations })).sentence).toMatch(
      /votes tell 43\.8 %.*labels alone 46\.5 %/,
    );
    expect(diagnosePaws(run(unknown, { evaluations: [evaluation(600, 47, 46.5)] })).state).toBe('healthy');
    expect(diagnosePaws(run({ pseudoCorrect: 70 }, { evaluations })).state).toBe('healthy');
  });

  it('advises another draw and more labels first', () => {
    const recipe = findPreset('photos-paws-quick')!.recipe;
    const found = diagnosePaws(run({ pseudoCorrect: 40 }, { recipe, totalSteps: 400, step: 300 }));
    expect(found.tryThis.map(({ field, value }) => [field, value])).toEqual([
      ['label_seed', recipe.label_seed + 1],
      ['labels_per_class', 8],
      [null, null],
    ]);
    const byHand = diagnosePaws(
      run({ pseudoCorrect: 40 }, { recipe: { ...recipe, label_source: 'hand', cnn_pool: 1 } }),
    );
    expect(byHand.tryThis.map(({ field }) => field)).toEqual([null, null, 'cnn_pool', null]);
    expect(byHand.tryThis[0]!.text).toContain('Pick labels for me');
  });

  it('gives votes without a ramp time before it judges them', () => {
    const recipe = officialRecipeOf('paws');
    expect(diagnosePaws(run({ pseudoCorrect: 20 }, { recipe, step: 314 })).state).toBe('healthy');
    expect(diagnosePaws(run({ pseudoCorrect: 20 }, { recipe, step: 315 })).state).toBe('not helping');
  });
});

describe('vanishing classes', () => {
  it('are met with me-max', () => {
    const without = diagnosePaws(run({ meanEntropy: 1.51 }, { recipe: { ...quick, me_max: false } }));
    expect(without.tryThis[0]).toMatchObject({ field: 'me_max', value: true });
    expect(without.sentence).toMatch(/entropy of 1\.51, and ln 10 = 2\.30/);
    const ramping = { ...quick, me_max_ramp_end: 0.9 };
    expect(diagnosePaws(run({ meanEntropy: 1.51 }, { recipe: ramping })).tryThis[0]!.text).toMatch(/^Wait/);
    expect(diagnosePaws(run({ meanEntropy: 1.51 })).tryThis[0]).toMatchObject({
      field: 'lr',
      value: quick.lr / 2,
    });
  });
});

describe('gauges of PAWS', () => {
  it('show shares of ln C with the bands where runs learnt', () => {
    const { gauges } = diagnosePaws(
      run({ pseudoCorrect: 40, meanEntropy: 1.7 }, { evaluations: [evaluation(600, 50)] }),
    );
    expect(gauges.map(({ name, value, state }) => [name, Number(value!.toFixed(3)), state])).toEqual([
      ['pawsLoss', Number((0.9 / lnC).toFixed(3)), 'healthy'],
      ['meanEntropy', Number((1.7 / lnC).toFixed(3)), 'low'],
      ['targetEntropy', Number((0.5 / lnC).toFixed(3)), 'healthy'],
      ['pseudoCorrect', 40, 'low'],
      ['featureSpread', 0.5, 'healthy'],
    ]);
    expect(gauges[0]!.limits[0]!.at * lnC).toBeCloseTo(lnC - 0.02, 10);
    expect(diagnosePaws(run({ pseudoCorrect: Number.NaN })).gauges[3]).toMatchObject({
      value: null,
      state: 'unknown',
    });
  });
});

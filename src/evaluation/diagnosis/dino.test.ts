import { describe, expect, it } from 'vitest';
import { officialRecipe, presets } from '../../recipe';
import { type DinoInput, diagnoseDino } from './dino';

const quick = presets.find(({ name }) => name === 'confetti-quick')!.recipe;

/** A run of 250 steps at step 200, in units of the tables: H and Hm as shares of ln K. */
function run(
  numbers: { loss?: number; h: number; hm: number; kl: number; s?: number | null },
  changes: Partial<DinoInput> = {},
): DinoInput {
  const recipe = changes.recipe ?? quick;
  const lnK = Math.log(recipe.out_dim);
  const report = {
    loss: numbers.loss ?? numbers.h * lnK + numbers.kl,
    teacherEntropy: numbers.h * lnK,
    meanTeacherEntropy: numbers.hm * lnK,
    kl: numbers.kl,
  };
  const start = { step: 0, featureStdScaled: 0.35, jaccardHeadMean: null };
  const now = { step: 200, featureStdScaled: numbers.s ?? 0, jaccardHeadMean: null };
  return {
    step: 200,
    totalSteps: 250,
    warmupSteps: 25,
    reports: new Array(30).fill(report),
    evaluations: numbers.s === null || numbers.s === undefined ? [start] : [start, now],
    wholeImage: null,
    recipe,
    ...changes,
  };
}

describe('diagnosis', () => {
  // H from the tables of docs/recipes.md as (loss - KL) / ln K where it is not given.
  it.each([
    ['confetti, 250 steps', { loss: 3.8, h: 0.71, hm: 0.98, kl: 0.86, s: 0.34 }, 'healthy'],
    ['confetti, 800 steps', { loss: 3.31, h: 0.527, hm: 0.975, kl: 1.12, s: 0.67 }, 'healthy'],
    ['official init', { loss: 3.85, h: 0.753, hm: 0.98, kl: 0.72, s: 0.47 }, 'healthy'],
    ['hand-digits, sharp but even', { loss: 2.02, h: 0.24, hm: 0.971, kl: 1.0, s: 0.54 }, 'healthy'],
    ['waste-photos', { loss: 2.01, h: 0.25, hm: 0.984, kl: 0.98, s: 0.71 }, 'healthy'],
    ['the EMA centre of the paper', { loss: 3.98, h: 0.904, hm: 0.98, kl: 0.22, s: 0.24 }, 'slow'],
    ['Sinkhorn with a soft teacher', { loss: 4.02, h: 0.904, hm: 0.98, kl: 0.26, s: 0.24 }, 'slow'],
    ['hue 0.5', { loss: 4.158, h: 0.985, hm: 0.998, kl: 0.06, s: 0.07 }, 'uniform'],
    ['hue 0.5 at the bar', { loss: 4.12, h: 0.95, hm: 0.99, kl: 0.15, s: 0.1 }, 'uniform'],
    ['hue 0.5 as its features follow', { loss: 4.16, h: 0.98, hm: 0.999, kl: 0.1, s: 0.106 }, 'uniform'],
    ['a plateau that is left later', { loss: 4.16, h: 0.97, hm: 0.999, kl: 0.14, s: 0.44 }, 'slow'],
    ['a ViT on hand-digits', { loss: 4.15, h: 0.97, hm: 0.98, kl: 0.11, s: 0.05 }, 'uniform'],
    ['one output for all', { loss: 0.07, h: 0.01, hm: 0.02, kl: 0.03, s: 0.02 }, 'one-hot'],
    ['ever fewer outputs', { loss: 1.1, h: 0.15, hm: 0.6, kl: 0.5, s: 0.3 }, 'one-hot'],
  ] as const)('reads %s as it turned out', (_, numbers, state) => {
    expect(diagnoseDino(run(numbers)).state).toBe(state);
  });

  it('names the numbers of a uniform collapse and what changes it', () => {
    const recipe = { ...quick, hue: 0.5 };
    const found = diagnoseDino(run({ loss: 4.158, h: 0.985, hm: 0.998, kl: 0.06, s: 0.07 }, { recipe }));
    expect(found.sentence).toMatch(
      /The loss sits at 4\.158, and ln 64 = 4\.159 .*KL 0\.06.*spread only 0\.07/,
    );
    expect(found.tryThis[0]).toMatchObject({ field: 'hue', value: 0.1 });
    expect(found.tryThis.map(({ field }) => field)).not.toContain('centering');
  });

  it('advises only what the recipe does not do already', () => {
    const found = diagnoseDino(run({ h: 0.985, hm: 0.998, kl: 0.06, s: 0.07 }, { recipe: officialRecipe }));
    expect(found.tryThis.map(({ field, value }) => [field, value])).toEqual([
      ['teacher_temp', 0.02],
      ['centering', 'sinkhorn'],
      ['global_crops_scale_min', 0.5],
      ['out_dim', 64],
    ]);
    for (const { field, value } of found.tryThis) expect(officialRecipe[field!]).not.toBe(value);
  });

  it('does not take the even start of every run for a collapse', () => {
    const start = { loss: 4.159, h: 0.99, hm: 0.999, kl: 0.03, s: 0.08 };
    expect(diagnoseDino(run(start, { step: 44 })).state).toBe('too early');
    expect(diagnoseDino(run(start, { step: 45 })).state).toBe('uniform');
    expect(diagnoseDino(run(start, { step: 100, warmupSteps: 100 })).state).toBe('too early');
    expect(diagnoseDino(run(start, { reports: [] })).state).toBe('too early');
  });

  it('calls no run collapsed while its features are spread', () => {
    expect(diagnoseDino(run({ loss: 4.14, h: 0.97, hm: 0.995, kl: 0.1, s: 0.2 })).state).toBe('slow');
  });

  it('judges by the outputs alone, and more strictly, before the first evaluation', () => {
    expect(diagnoseDino(run({ h: 0.985, hm: 0.998, kl: 0.06, s: null })).state).toBe('uniform');
    expect(diagnoseDino(run({ loss: 4.12, h: 0.95, hm: 0.99, kl: 0.15, s: null })).state).toBe('slow');
  });

  it('averages twenty steps, so that a single one raises no banner', () => {
    const input = run({ h: 0.6, hm: 0.98, kl: 1, s: 0.4 });
    const odd = { ...input.reports[0]!, kl: 0.01, teacherEntropy: 4.15 };
    expect(diagnoseDino({ ...input, reports: [...input.reports, odd] }).state).toBe('healthy');
    expect(diagnoseDino({ ...input, reports: [...input.reports, ...new Array(20).fill(odd)] }).state).toBe(
      'slow',
    );
  });

  it('does not blame a small batch for leaving most of many outputs empty', () => {
    // 128 teacher rows cannot fill 65536 outputs: Hm stays near H + ln 128.
    const numbers = { h: 0.15, hm: 0.56, kl: 1, s: 0.4 };
    expect(diagnoseDino(run(numbers, { recipe: { ...officialRecipe, batch_size: 64 } })).state).toBe(
      'healthy',
    );
    expect(diagnoseDino(run(numbers)).state).toBe('one-hot');
  });

  it('says at once that a loss is no number', () => {
    const found = diagnoseDino(run({ loss: Number.NaN, h: 0.5, hm: 0.9, kl: 1 }, { step: 3 }));
    expect(found.state).toBe('diverged');
    expect(found.tryThis[0]).toMatchObject({ field: 'lr', value: quick.lr / 4 });
  });
});

describe('background shortcut', () => {
  const healthy = { h: 0.6, hm: 0.98, kl: 1.2, s: 0.4 };
  const seen = (start: number, now: number, step = 200): Partial<DinoInput> => ({
    step,
    wholeImage: 18.8,
    evaluations: [
      { step: 0, featureStdScaled: 0.35, jaccardHeadMean: start },
      { step, featureStdScaled: 0.4, jaccardHeadMean: now },
    ],
  });

  it('is seen where attention stays flat or falls below the whole picture', () => {
    expect(diagnoseDino(run(healthy, seen(20.8, 19.1))).sentence).toMatch(
      /not moved .*19\.1 now, 20\.8 before/,
    );
    expect(diagnoseDino(run(healthy, seen(13.7, 17.7))).sentence).toMatch(
      /worse than marking the whole picture/,
    );
    expect(diagnoseDino(run(healthy, seen(20.8, 19.1))).state).toBe('shortcut');
  });

  it('is not seen where attention moves, too early, or without masks', () => {
    expect(diagnoseDino(run(healthy, seen(19.7, 29.4))).state).toBe('healthy');
    expect(diagnoseDino(run(healthy, seen(19.7, 19, 140))).state).toBe('healthy');
    expect(diagnoseDino(run(healthy)).state).toBe('healthy');
  });
});

describe('gauges', () => {
  it('show every reading with the band where runs learnt and the limits of collapse', () => {
    const { gauges } = diagnoseDino(run({ loss: 4.158, h: 0.985, hm: 0.998, kl: 0.06, s: 0.07 }));
    expect(gauges.map(({ name, state }) => [name, state])).toEqual([
      ['teacherEntropy', 'high'],
      ['meanTeacherEntropy', 'healthy'],
      ['kl', 'low'],
      ['featureSpread', 'low'],
    ]);
    expect(gauges[0]!.limits.map(({ at }) => at)).toEqual([0.96, 0.1]);
  });

  it('say what is not known yet', () => {
    expect(diagnoseDino(run({ h: 0.6, hm: 0.98, kl: 1, s: null })).gauges[3]!.state).toBe('unknown');
  });
});

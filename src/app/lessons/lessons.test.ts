import { safeParse } from 'valibot';
import { describe, expect, it } from 'vitest';
import { checkRecipe, fieldSchemas, findPreset, isFieldName, presets, type Recipe } from '../../recipe';
import { SessionClient } from '../../session/client';
import type { DiagnosisReport, Phase } from '../../session/protocol';
import { evaluationAt, sampleEvent } from '../../session/testing/samples';
import { sampleScores } from '../testing/labelledRun';
import { attentionSentence, knnSentence } from './Conclusion';
import { experiments, experimentsFor } from './experiments';
import { accuracySentence, rivalSentence } from './labelSentences';
import { situationOf } from './situation';

describe('the explanation', () => {
  const empty = new SessionClient().getState();
  const { prepared } = sampleEvent('prepared');
  const recipe = { warmup_epochs: 2.5 };
  const at = (phase: Phase, step: number, state?: DiagnosisReport['state']) =>
    situationOf({
      ...empty,
      prepared,
      recipe,
      run: { ...empty.run, phase, step, epoch: step / 10 },
      diagnosis: state ? { ...sampleEvent('diagnosis').diagnosis, state } : null,
    });

  it('follows a run from before its first step to its end', () => {
    expect(situationOf({ ...empty, recipe: null })).toBe('rest');
    expect(at('preparing', 0)).toBe('preparing');
    expect(at('paused', 0)).toBe('rest');
    expect(at('running', 0)).toBe('warming up');
    expect(at('running', 20)).toBe('warming up');
    expect(at('running', 30)).toBe('training');
    expect(at('running', 30, 'slow')).toBe('slow');
    expect(at('paused', 30)).toBe('paused');
    expect(at('running', 30, 'not helping')).toBe('not helping');
    expect(at('finished', 250, 'not helping')).toBe('finished');
    expect(at('finished', 250, 'healthy')).toBe('finished');
  });

  it('explains a collapse above all, and a failure above that', () => {
    expect(at('running', 30, 'uniform')).toBe('uniform');
    expect(at('finished', 250, 'uniform')).toBe('uniform');
    expect(at('failed', 30, 'uniform')).toBe('failed');
    expect(at('finished', 250, 'vanishing classes')).toBe('vanishing classes');
    expect(situationOf({ ...empty, recipe: null, connection: 'dead' })).toBe('failed');
  });
});

describe('the conclusion', () => {
  const { baselines } = sampleEvent('baselines');
  const last = { ...evaluationAt(250), looKnn10: 60, jaccardHeadMean: 30 };

  it('names the best of what needs no training, and says when that is better', () => {
    expect(knnSentence(last, baselines)).toMatch(
      /leave-one-out, k = 10\) is right for 60.0 % of the pictures, more than .*42.0 %/,
    );
    expect(knnSentence({ ...last, looKnn10: 30 }, baselines)).toMatch(/still less than raw pixels at 42.0 %/);
    expect(knnSentence({ ...last, looKnn10: 43 }, baselines)).toMatch(/about as many as/);
    expect(knnSentence({ ...last, looKnn10: null }, baselines)).toMatch(/held-out, k = 10\) .* 50.0 %/);
    expect(knnSentence({ ...last, looKnn10: null, knn10: null }, baselines)).toBeNull();
  });

  it('holds attention against a disc in the middle', () => {
    expect(attentionSentence(last, baselines)).toMatch(
      /30.0, from 20.0 before training.*still scores more: 34.0/,
    );
    expect(attentionSentence({ ...last, jaccardHeadMean: 44 }, baselines)).toMatch(/it found the object/);
    expect(attentionSentence({ ...last, jaccardHeadMean: null }, baselines)).toBeNull();
  });
});

describe('the conclusion of a run with labels', () => {
  const { baselines } = sampleEvent('baselines');
  const scored = (step: number, accuracy: number) => ({
    ...evaluationAt(step),
    classification: sampleScores(accuracy),
  });
  const paws = findPreset('grey-paws-quick')!.recipe;
  const supervised = { recipe: { ...paws, method: 'supervised' as const }, evaluations: [scored(700, 74)] };

  it('holds accuracy against no training and against pixels that know all labels', () => {
    expect(accuracySentence([scored(0, 20), scored(700, 90)], baselines)).toBe(
      'With 50 labels it tells 90.0 % of the held-out pictures right, from 20.0 % before training. Raw pixels with all labels, hidden ones included, come to 40.0 %.',
    );
    expect(accuracySentence([scored(700, 39)], baselines)).toMatch(/no more than raw pixels reach/);
    expect(accuracySentence([evaluationAt(700)], baselines)).toBeNull();
  });

  it('asks for the baseline where there is none, or only one of other labels', () => {
    expect(rivalSentence(paws, scored(700, 90), [])).toMatch(/run the supervised baseline/);
    const otherDraw = { ...supervised, recipe: { ...supervised.recipe, label_seed: 7 } };
    expect(rivalSentence(paws, scored(700, 90), [otherDraw])).toMatch(/run the supervised baseline/);
    expect(rivalSentence(findPreset('confetti-quick')!.recipe, scored(700, 90), [])).toBeNull();
  });

  it('says what the unlabelled pictures bought, or that they bought nothing', () => {
    expect(rivalSentence(paws, scored(700, 90), [supervised])).toMatch(/74.0 %.* bought 16.0 points/);
    expect(rivalSentence(paws, scored(700, 75), [supervised])).toMatch(/did not help/);
    expect(rivalSentence(paws, scored(700, 60), [supervised])).toMatch(/lost 14.0 points/);
    const earlier = { recipe: paws, evaluations: [scored(700, 90)] };
    expect(rivalSentence(supervised.recipe, scored(700, 74), [earlier])).toMatch(/bought 16.0 points/);
  });
});

describe('the experiments', () => {
  const facts = { trainImages: 1600, imageSize: 64, classes: 10 };

  it('change fields to values they may have, and to recipes that start', () => {
    for (const preset of presets) {
      for (const experiment of experiments[preset.recipe.method]) {
        const changes = experiment.changes(preset.recipe);
        for (const [name, value] of Object.entries(changes)) {
          expect(
            isFieldName(name) && safeParse(fieldSchemas[name], value).success,
            `${experiment.id} ${name}`,
          ).toBe(true);
        }
        if (!experiment.fits({ recipe: preset.recipe, underWay: false })) continue;
        const refusals = checkRecipe({ ...preset.recipe, ...changes }, facts).filter(
          (p) => p.kind === 'refusal',
        );
        expect(refusals, `${experiment.id} on ${preset.name}`).toEqual([]);
      }
    }
  });

  const idsOf =
    (preset: string) =>
    (changes: Partial<Recipe>, underWay: boolean): string[] =>
      experimentsFor({ recipe: { ...findPreset(preset)!.recipe, ...changes }, underWay }).map(({ id }) => id);

  it('offer the way back once one has been done, and live ones only on a run', () => {
    const ids = idsOf('confetti-quick');
    expect(ids({}, false)).toEqual(['hue', 'paper']);
    expect(ids({ hue: 0.5 }, false)[0]).toBe('hue-back');
    expect(ids({}, true)).toEqual(['hue', 'sharpening']);
    expect(ids({ centering_on: false }, true)[0]).toBe('centring-back');
    expect(ids({ data: 'folder', arch: 'cnn' }, false)).toEqual(['colour-photos']);
  });

  it('of PAWS take away what holds it up, and draw other labels', () => {
    const ids = idsOf('grey-paws-quick');
    expect(ids({}, false)).toEqual(['labels-alone', 'label-draw', 'pure', 'one-label']);
    expect(ids({}, true)).toEqual(['me-max', 'sharpen', 'pure', 'one-label']);
    expect(ids({ me_max: false, sharpen: 1 }, true).slice(0, 2)).toEqual(['me-max-back', 'sharpen-back']);
    expect(ids({ support_ce_weight: 0 }, false)[0]).toBe('ce-back');
    expect(ids({ label_source: 'hand' }, false)).toEqual(['labels-alone', 'pure']);
  });

  it('name the price of an even guess over the classes there are', () => {
    const pure = experiments.paws.find(({ id }) => id === 'pure')!;
    expect(pure.text(findPreset('grey-paws-quick')!.recipe, 4)).toContain('ln 4 = 1.386');
  });
});

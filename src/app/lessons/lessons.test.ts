import { safeParse } from 'valibot';
import { describe, expect, it } from 'vitest';
import { checkRecipe, fieldSchemas, findPreset, isFieldName, presets } from '../../recipe';
import { SessionClient } from '../../session/client';
import type { Phase } from '../../session/protocol';
import { evaluationAt, sampleEvent } from '../../session/testing/samples';
import { attentionSentence, knnSentence } from './Conclusion';
import { experiments, experimentsFor } from './experiments';
import { situationOf } from './situation';

describe('the explanation', () => {
  const empty = new SessionClient().getState();
  const { prepared } = sampleEvent('prepared');
  const recipe = { warmup_epochs: 2.5 };
  const at = (phase: Phase, step: number, state?: 'healthy' | 'uniform' | 'slow') =>
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
    expect(at('finished', 250, 'healthy')).toBe('finished');
  });

  it('explains a collapse above all, and a failure above that', () => {
    expect(at('running', 30, 'uniform')).toBe('uniform');
    expect(at('finished', 250, 'uniform')).toBe('uniform');
    expect(at('failed', 30, 'uniform')).toBe('failed');
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

describe('the experiments', () => {
  it('change fields to values they may have, and to recipes that start', () => {
    for (const preset of presets) {
      for (const experiment of experiments) {
        const changes = experiment.changes(preset.recipe);
        for (const [name, value] of Object.entries(changes)) {
          expect(
            isFieldName(name) && safeParse(fieldSchemas[name], value).success,
            `${experiment.id} ${name}`,
          ).toBe(true);
        }
        if (!experiment.fits({ recipe: preset.recipe, underWay: false })) continue;
        const facts = { trainImages: 1600, imageSize: 64, classes: 10 };
        const refusals = checkRecipe({ ...preset.recipe, ...changes }, facts).filter(
          (p) => p.kind === 'refusal',
        );
        expect(refusals, `${experiment.id} on ${preset.name}`).toEqual([]);
      }
    }
  });

  it('offer the way back once one has been done, and live ones only on a run', () => {
    const recipe = { ...findPreset('confetti-quick')!.recipe };
    const ids = (changes: Partial<typeof recipe>, underWay: boolean) =>
      experimentsFor({ recipe: { ...recipe, ...changes }, underWay }).map(({ id }) => id);
    expect(ids({}, false)).toEqual(['hue', 'paper']);
    expect(ids({ hue: 0.5 }, false)[0]).toBe('hue-back');
    expect(ids({}, true)).toEqual(['hue', 'sharpening']);
    expect(ids({ centering_on: false }, true)[0]).toBe('centring-back');
    expect(ids({ data: 'folder', arch: 'cnn' }, false)).toEqual(['colour-photos']);
  });
});

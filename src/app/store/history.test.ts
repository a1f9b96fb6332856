import { beforeEach, expect, it } from 'vitest';
import { defaultPreset } from '../../recipe';
import { evaluationAt, sampleEvent } from '../../session/testing/samples';
import { freshPage } from '../testing/fakeSession';
import { liveTitle, outcomeOf, runTitle } from './history';
import { useRun } from './run';

beforeEach(() => {
  freshPage();
});

it('names a run by what differs from its preset', () => {
  const { recipe } = defaultPreset;
  expect(runTitle('confetti-quick', recipe)).toBe('confetti-quick');
  expect(runTitle('confetti-quick', { ...recipe, hue: 0.5, centering: 'ema' })).toBe(
    'centring Sinkhorn (3 rounds) → moving average, hue jitter 0.1 → 0.5',
  );
  expect(runTitle('confetti-quick', { ...recipe, data: 'grey' })).toBe('confetti-quick');
  expect(runTitle('confetti-quick', { ...recipe, shape_cue: false, background: 'grey', data_seed: 3 })).toBe(
    'shape tells the class on → off, background as in the set → grey noise',
  );
});

it('says what was changed while it went, and leaves out what is no field', () => {
  const changes = [
    { step: 40, field: 'sharpening_on', value: false },
    { step: 41, field: '__proto__', value: 1 },
  ];
  expect(liveTitle(changes)).toBe('sharpening on → off after step 40');
});

it('gives the last scores as the outcome, and a collapse first', () => {
  const { run } = useRun.getState();
  const { diagnosis } = sampleEvent('diagnosis');
  const state = { run, evaluations: [evaluationAt(0), evaluationAt(50)], diagnosis, stepsRecorded: 60 };
  expect(outcomeOf(state)).toEqual({ text: 'Jaccard 20.0 · k-NN 50.0 % · step 60', bad: false });
  const collapsed = { ...diagnosis, state: 'uniform' as const, title: 'Uniform collapse' };
  expect(outcomeOf({ ...state, evaluations: [], diagnosis: collapsed })).toEqual({
    text: 'uniform collapse · step 60',
    bad: true,
  });
});

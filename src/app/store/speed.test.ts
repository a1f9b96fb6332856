import { beforeEach, expect, it } from 'vitest';
import { findPreset } from '../../recipe';
import { sampleEvent } from '../../session/testing/samples';
import { type FakeSession, freshPage } from '../testing/fakeSession';
import { ensureData, start } from './actions';
import { useRun } from './run';
import { estimateSeconds, followTiming, useSpeeds } from './speed';

const facts = { trainImages: 1600, imageSize: 64, classes: 10 };
const quick = findPreset('confetti-quick')!.recipe;
const standard = findPreset('confetti-standard')!.recipe;
const adapter = 'a test adapter';

let session: FakeSession;

beforeEach(async () => {
  localStorage.clear();
  useSpeeds.setState({ measured: [] });
  session = freshPage();
  followTiming();
  await ensureData();
  await start();
});

const measure = (stepMs: number) => {
  const { timing } = sampleEvent('timing');
  session.send({ type: 'timing', timing: { ...timing, stepMs } });
};
const seconds = (recipe: typeof quick) =>
  estimateSeconds(recipe, facts, adapter, useSpeeds.getState().measured);

it('knows nothing before a step was measured, and ignores the first ones', () => {
  expect(seconds(quick)).toBeNull();
  session.train(2);
  measure(80);
  expect(seconds(quick)).toBeNull();
});

it('tells how long a recipe takes from steps like its own', () => {
  session.train(6);
  measure(80);
  expect(seconds(quick)).toBeCloseTo(20);
  expect(seconds(standard)).toBeCloseTo(64);
  expect(JSON.parse(localStorage.getItem('pawsaur.speeds') ?? '')).toHaveLength(1);
});

it('does not compare with steps that are not alike, other networks or other adapters', () => {
  session.train(6);
  measure(80);
  const { measured } = useSpeeds.getState();
  expect(seconds({ ...quick, embed_dim: 8, depth: 1, batch_size: 2 })).toBeNull();
  expect(seconds(findPreset('photos-quick')!.recipe)).toBeNull();
  expect(estimateSeconds(quick, facts, 'another adapter', measured)).toBeNull();
  expect(useRun.getState().engine?.adapter).toBe(adapter);
});

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { engineMemory } from '../engine';
import { findPreset, type Recipe } from '../recipe';
import type { PlannedMemory } from './dependencies';
import { startDependencies } from './engineDependencies';
import type { SessionEvent } from './protocol';
import { fakeDataset, fakeRecipe, noLabels } from './testing/fakes';
import { Harness } from './testing/harness';
import { TrainingSession } from './trainingSession';

const load = { type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} } as const;
const megabyte = 2 ** 20;

/** A device that takes one megabyte for each picture of the batch. */
const planRun = ({ batch_size }: Recipe): PlannedMemory => ({
  gpuBytes: batch_size * megabyte,
  stateBytes: 1000,
  largestBufferBytes: 1000,
  dispatches: 7,
});

describe('a plan', () => {
  it('is told before anything is built', async () => {
    const harness = new Harness({ planRun });
    await harness.done(load);
    await harness.done({ type: 'plan', recipe: { ...fakeRecipe } });
    expect(harness.all('plan')[0]!.plan).toEqual({
      exact: true,
      gpuBytes: 4 * megabyte,
      stateBytes: 1000,
      largestBufferBytes: 1000,
      dispatches: 7,
      problems: [],
    });
    expect(harness.device.alive).toBe(0);
  });

  it('names the largest batch that fits, each recipe planned once, and refuses the start for it', async () => {
    const planned: string[] = [];
    const recipe = { ...fakeRecipe, batch_size: 8 };
    const harness = new Harness({
      budgetBytes: 5.5 * megabyte,
      planRun: (candidate) => {
        planned.push(JSON.stringify(candidate));
        return planRun(candidate);
      },
    });
    await harness.done(load);
    await harness.done({ type: 'plan', recipe });
    expect(harness.all('plan')[0]!.plan.problems).toEqual([
      {
        field: 'batch_size',
        kind: 'refusal',
        suggestion: 5,
        message: expect.stringMatching(/^This needs 8 MB .* It fits with batch size 5\.$/),
      },
    ]);
    expect(await harness.ask({ type: 'prepare', recipe })).toMatchObject({ type: 'refused' });
    expect(new Set(planned).size).toBe(planned.length);
    await harness.done({ type: 'prepare', recipe: { ...recipe, batch_size: 5 } });
  });

  it('is an estimate where the device plans nothing', async () => {
    const harness = new Harness({ planRun: () => null });
    await harness.done(load);
    await harness.done({ type: 'plan', recipe: { ...fakeRecipe } });
    const { plan } = harness.all('plan')[0]!;
    expect(plan).toMatchObject({ exact: false, stateBytes: null, dispatches: null });
    expect(plan.gpuBytes).toBeGreaterThan(megabyte);
  });

  it('is not made for a recipe that cannot start, nor without pictures', async () => {
    const harness = new Harness({ planRun });
    expect(await harness.ask({ type: 'plan', recipe: { ...fakeRecipe } })).toMatchObject({
      error: { code: 'session/no-data' },
    });
    await harness.done(load);
    const answer = await harness.ask({ type: 'plan', recipe: { ...fakeRecipe, batch_size: 64 } });
    expect(answer).toMatchObject({ type: 'refused', problems: [{ field: 'batch_size' }] });
    expect(harness.all('plan')).toEqual([]);
  });

  it('is overtaken by the next one, in the midst of a search', async () => {
    const harness = new Harness({ planRun, budgetBytes: 2.5 * megabyte });
    await harness.done(load);
    const first = harness.ask({ type: 'plan', recipe: { ...fakeRecipe, batch_size: 8 } });
    const second = harness.ask({ type: 'plan', recipe: { ...fakeRecipe, batch_size: 2 } });
    expect(await first).toMatchObject({ error: { code: 'session/overtaken' } });
    expect(await second).toMatchObject({ type: 'done' });
    expect(harness.all('plan').map(({ plan }) => plan.gpuBytes)).toEqual([2 * megabyte]);
  });

  it('comes between two steps of a run that goes, while others are under way', async () => {
    const harness = await new Harness({ planRun, inspectEveryMs: Number.POSITIVE_INFINITY }).ready({
      eval_every: 100,
    });
    const open: (() => void)[] = [];
    harness.device.before = (operation) =>
      operation === 'trainStep' ? new Promise<void>((resolve) => open.push(resolve)) : undefined;
    await harness.done({ type: 'start' });
    await vi.waitFor(() => expect(harness.device.stepping).toBe(3));
    const planning = harness.done({ type: 'plan', recipe: { ...fakeRecipe } });
    open.shift()!();
    await planning;
    expect(harness.device.stepping).toBeGreaterThanOrEqual(2);
    harness.device.before = () => undefined;
    for (const go of open) go();
    await harness.untilPhase('finished');
    expect(harness.stepsTold).toHaveLength(10);
  });
});

describe('on the real engine', () => {
  const tiny: Partial<Recipe> = {
    local_crops_size: 16,
    global_crops_size: 32,
    batch_size: 4,
    out_dim: 32,
    head_hidden_dim: 24,
    head_bottleneck_dim: 12,
    epochs: 2,
    steps_per_epoch: 5,
    warmup_epochs: 0,
    data: 'grey',
  };
  const recipes: [string, Recipe][] = [
    [
      'a Vision Transformer',
      { ...findPreset('confetti-quick')!.recipe, ...tiny, embed_dim: 24, depth: 2, num_heads: 3 },
    ],
    ['a CNN', { ...findPreset('photos-quick')!.recipe, ...tiny, cnn_width: 8, cnn_blocks: 1, cnn_pool: 2 }],
  ];

  it.each(recipes)('what is told of %s is what its run takes, to the byte', async (_, recipe) => {
    const engine = await startDependencies();
    const dependencies = { ...engine.dependencies, makeBuiltin: async () => fakeDataset() };
    const events: SessionEvent[] = [];
    const session = new TrainingSession(dependencies, (event) => events.push(event));
    await session.handle({ type: 'loadBuiltin', id: 1, name: 'grey', seed: 0, params: {} });
    const before = { used: engineMemory().used, tensors: tf.memory().numTensors };
    await session.handle({ type: 'plan', id: 2, recipe: { ...recipe } });
    const told = events.find((event) => event.type === 'plan')!;
    expect(told.plan).toMatchObject({ exact: true, problems: [] });
    expect(engineMemory().used).toBe(before.used);

    const method = await dependencies.createMethod(recipe, fakeDataset(), noLabels(fakeDataset()));
    await method.prepare();
    expect(engineMemory().used - before.used).toBe(told.plan.gpuBytes);
    method.dispose();
    expect({ used: engineMemory().used, tensors: tf.memory().numTensors }).toEqual(before);

    const { used } = engineMemory();
    await session.handle({ type: 'prepare', id: 6, recipe: { ...recipe } });
    await session.handle({ type: 'step', id: 7 });
    const { timing } = events.findLast((event) => event.type === 'timing')!;
    expect(engineMemory().allocated - used).toBe(told.plan.gpuBytes);
    expect(timing.gpuBytes - used).toBe(told.plan.gpuBytes);
    await session.dispose();

    const limits = { ...dependencies, budgetBytes: told.plan.gpuBytes };
    const exact = new TrainingSession(limits, (event) => events.push(event));
    await exact.handle({ type: 'loadBuiltin', id: 3, name: 'grey', seed: 0, params: {} });
    await exact.handle({ type: 'plan', id: 4, recipe: { ...recipe, batch_size: 6 } });
    await exact.handle({ type: 'plan', id: 5, recipe: { ...recipe } });
    const [larger, same] = events.filter((event) => event.type === 'plan').slice(1);
    expect(larger!.plan.problems).toMatchObject([{ kind: 'refusal' }]);
    expect(same!.plan.problems).toEqual([]);
  });
});

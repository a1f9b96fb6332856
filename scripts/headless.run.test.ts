import { describe, expect, it } from 'vitest';
import type { SessionDependencies } from '../src/session/dependencies';
import { FakeDevice, fakeDependencies, fakeRecipe } from '../src/session/testing/fakes';
import type { HeadlessOptions } from './headless/arguments';
import { HeadlessRun } from './headless/run';

const kernelPlan = { origin: 'stored' as const, gemm: { large: 'a variant' } };
const engine = { backend: 'webgpu', adapter: 'a fake', kernelPlan };

function setUp(changes: Partial<HeadlessOptions> = {}, overrides: Partial<SessionDependencies> = {}) {
  const device = new FakeDevice();
  const lines: string[] = [];
  const options: HeadlessOptions = {
    recipe: { ...fakeRecipe },
    preset: 'official',
    data: { builtin: 'confetti' },
    steps: null,
    json: null,
    quiet: false,
    ...changes,
  };
  const { dependencies, failEngine } = fakeDependencies(device, overrides);
  const run = new HeadlessRun(options, engine, dependencies, (line) => lines.push(line));
  return { run, device, lines, failEngine };
}

describe('a headless run', () => {
  it('trains to the end and gathers everything for the file', async () => {
    const { run, lines } = setUp();
    await run.train();
    const file = run.file('npm run headless -- --data confetti');
    expect(file.losses).toEqual(Array.from({ length: 10 }, (_, i) => 4 - (i + 1) / 10));
    expect(file.columns.step).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(file.evaluations.map(({ step }) => step)).toEqual([0, 4, 8, 10]);
    for (const { jaccard, jaccardHeadMean } of file.evaluations) expect(jaccard).toBe(jaccardHeadMean);
    expect(file).toMatchObject({
      adapter: 'a fake',
      backend: 'webgpu',
      kernelPlan,
      preset: 'official',
      recipe: fakeRecipe,
      baselines: { chance: 50 },
      dataset: { name: 'confetti', trainCount: 8 },
      command: 'npm run headless -- --data confetti',
    });
    expect(file.timing!.stepMsMedian).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(file))).toEqual(file);
    expect(lines.filter((line) => line.startsWith('step'))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith('evaluation at step'))).toHaveLength(4);
  });

  it('stops after the steps asked for, scored, with the schedule unchanged', async () => {
    const { run, device } = setUp({ steps: 5 });
    await run.train();
    expect(device.trainSteps).toBe(5);
    expect(run.file('').evaluations.at(-1)!.step).toBe(5);
  });

  it('refuses more steps than the recipe has, and names the epochs', async () => {
    const { run, device } = setUp({ steps: 25 });
    await expect(run.train()).rejects.toMatchObject({
      code: 'headless/arguments',
      message: expect.stringContaining('more than the 10 steps'),
      hint: expect.stringContaining('--set epochs=13'),
    });
    expect(device.trainSteps).toBe(0);
  });

  it('names the field that keeps it from starting, and a value that works', async () => {
    const { run } = setUp({ recipe: { ...fakeRecipe, batch_size: 64 } });
    await expect(run.train()).rejects.toMatchObject({
      code: 'headless/refused',
      message: expect.stringContaining('--set batch_size=8'),
    });
  });

  it('fails with what happened, and keeps what it had', async () => {
    const { run, device, failEngine } = setUp();
    device.before = (operation, step) => {
      if (operation === 'trainStep' && step === 6) failEngine();
    };
    await expect(run.train()).rejects.toMatchObject({ code: 'device-lost' });
    expect(run.file('').losses).toHaveLength(6);
  });

  it('ends early when stopped', async () => {
    const { run, device } = setUp();
    device.before = async (operation, step) => {
      if (operation === 'trainStep' && step === 2) queueMicrotask(() => void run.stop());
    };
    await run.train();
    expect(run.file('').losses).toHaveLength(3);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SessionDependencies } from '../src/session/dependencies';
import { runText } from '../src/session/runFile';
import { FakeDevice, fakeDependencies, fakeRecipe } from '../src/session/testing/fakes';
import type { HeadlessOptions } from './headless/arguments';
import { type BudgetOptions, trainBudget } from './headless/budget';
import { HeadlessRun } from './headless/run';

const kernelPlan = { origin: 'stored' as const, gemm: { large: 'a variant' } };
const engine = { backend: 'webgpu', adapter: 'a fake', kernelPlan };

const folder = mkdtempSync(join(tmpdir(), 'pawsaur-run-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

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
    labels: null,
    budget: null,
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
    const text = JSON.parse(runText(file));
    expect({ ...text, evaluations: [] }).toEqual({ ...file, evaluations: [] });
    expect(text.evaluations).toMatchObject([{ step: 0 }, { step: 4 }, { step: 8 }, { step: 10 }]);
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

  it('tells what labels are worth, and keeps them in the file', async () => {
    const { run, lines } = setUp({ recipe: { ...fakeRecipe, method: 'paws', labels_per_class: 2 } });
    await run.train();
    const said = lines.filter((line) => line.includes('4 labels, held out (unlabelled)'));
    expect(said).toHaveLength(4);
    expect(said[0]).toMatch(/soft neighbours of the head [\d.]+ \([\d.]+\) \*, of the features/);
    expect(lines.find((line) => line.startsWith('step     1'))).toContain('votes right –');
    const file = JSON.parse(runText(run.file('')));
    expect(file.labels).toMatchObject({ source: 'budget', counts: [2, 2] });
    const { classification } = file.evaluations.at(-1);
    expect(classification.confusion).toHaveLength(4);
    expect(classification.confusion.reduce((sum: number, count: number) => sum + count)).toBe(4);
    expect(file.columns.pseudoCorrect).toEqual(new Array(10).fill(null));
  });

  it('gives the labels of a file, and lists the rows that give none', async () => {
    const labels = written('labels.csv', 'picture,label\npicture 0,round\npicture 3,square\nlost,round\n');
    const recipe = { ...fakeRecipe, method: 'supervised' as const, label_source: 'hand' as const };
    const { run, lines, device } = setUp({ recipe, labels });
    await run.train();
    expect([...device.givenSeen[0]!]).toEqual([0, -1, -1, 1, ...new Array(8).fill(-1)]);
    expect(lines).toContainEqual(expect.stringMatching(/^2 labels given\n?/));
    expect(lines).toContainEqual(expect.stringMatching(/left out: row 4: lost, round/));
    expect(run.file('').labels).toMatchObject({ source: 'hand', counts: [1, 1] });
  });

  it('refuses a file without one label for these pictures', async () => {
    const labels = written('others.csv', 'picture,label\ncat.jpg,cat\n');
    const { run } = setUp({ labels });
    await expect(run.train()).rejects.toMatchObject({
      code: 'headless/refused',
      message: expect.stringContaining('gave no label'),
    });
  });
});

describe('a headless label budget', () => {
  const budget = { labelsPerClass: [1, 2], methods: ['paws' as const, 'dino' as const], seeds: [0] };
  const options = (json: string, changes: Partial<BudgetOptions> = {}): BudgetOptions => ({
    recipe: { ...fakeRecipe, method: 'paws' },
    data: { builtin: 'confetti' },
    budget,
    json,
    ...changes,
  });
  const go = (given: BudgetOptions, device = new FakeDevice(), signal = new AbortController().signal) => {
    const lines: string[] = [];
    const { dependencies } = fakeDependencies(device);
    const done = trainBudget(given, engine, dependencies, (line) => lines.push(line), signal);
    return { done, lines, device };
  };

  it('draws up a table, and has nothing left to do when asked again', async () => {
    const json = join(folder, 'budget.json');
    const first = go(options(json));
    const experiment = await first.done;
    expect(experiment.done.map(({ id }) => id)).toEqual(['paws/0/1', 'paws/0/2', 'dino/0']);
    expect(first.device.trainSteps).toBe(30);
    const table = first.lines.at(-1)!.split('\n');
    expect(table[0]).toMatch(/^labels of each class +1 +2$/);
    expect(table.slice(1).map((line) => line.match(/^[\w, ]+?(?= {2})/)?.[0])).toEqual([
      'paws, seed 0',
      'dino, seed 0',
    ]);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual(JSON.parse(JSON.stringify(experiment)));

    const again = go(options(json));
    await again.done;
    expect(again.device.trainSteps).toBe(0);
    expect(again.lines.at(-1)).toBe(first.lines.at(-1));
  });

  it('goes on where it was ended', async () => {
    const json = join(folder, 'ended.json');
    const end = new AbortController();
    const device = new FakeDevice();
    device.before = () => {
      if (device.trainSteps === 13) end.abort();
    };
    const ended = await go(options(json), device, end.signal).done;
    expect(ended.done).toHaveLength(1);
    const rest = go(options(json));
    const { done } = await rest.done;
    expect(done).toHaveLength(3);
    expect(rest.device.trainSteps).toBe(20);
  });

  it('does not write over another experiment, or anything else', async () => {
    const json = join(folder, 'mine.json');
    await go(options(json, { budget: { ...budget, methods: ['paws'], labelsPerClass: [1] } })).done;
    await expect(go(options(json)).done).rejects.toMatchObject({ code: 'headless/arguments' });
    const notes = written('notes.json', 'Do not lose this.');
    await expect(go(options(notes)).done).rejects.toMatchObject({ code: 'headless/arguments' });
    expect(readFileSync(notes, 'utf8')).toBe('Do not lose this.');
  });
});

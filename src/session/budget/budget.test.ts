import { describe, expect, it } from 'vitest';
import { PawsaurError } from '../../platform/errors';
import { findPreset, type Recipe } from '../../recipe';
import { SessionClient } from '../client';
import { localPort } from '../localPort';
import type { EvaluationReport } from '../protocol';
import { FakeDevice, fakeDataset, fakeDependencies, fakeRecipe } from '../testing/fakes';
import { evaluationAt, sampleClassification } from '../testing/samples';
import {
  type BudgetExperiment,
  type BudgetPlan,
  cellsOf,
  planBudget,
  readBudget,
  remainingRuns,
  runsOf,
  secondsLeft,
} from './budgetExperiment';
import { recipeFor } from './budgetRecipes';
import { type BudgetProgress, type BudgetSession, runBudget } from './budgetRunner';
import { clientBudgetSession } from './clientBudgetSession';

const base = findPreset('grey-paws-quick')!.recipe;
const dataset = { name: 'grey', trainCount: 1600, size: 64, classes: 10 };
const plan = (changes: Partial<BudgetPlan> = {}): BudgetPlan => ({
  base,
  methods: ['paws', 'supervised', 'dino'],
  labelsPerClass: [4, 1, 2],
  seeds: [0],
  dataset,
  ...changes,
});
const ids = (experiment: BudgetExperiment) => runsOf(experiment).map(({ id }) => id);

describe('the recipes of a budget', () => {
  const shared = ['arch', 'cnn_width', 'hue', 'solarize_prob', 'global_crops_size', 'batch_size', 'epochs'];
  const pick = (recipe: Recipe) => shared.map((name) => recipe[name as keyof Recipe]);

  it.each(['grey-paws-quick', 'photos-paws-quick', 'supervised-quick', 'photos-quick', 'swav-quick'])(
    'of %s share trunk, views and length',
    (name) => {
      const from = findPreset(name)!.recipe;
      for (const method of ['paws', 'supervised', 'dino'] as const) {
        const recipe = recipeFor(method, from);
        expect(recipe.method).toBe(method);
        expect(pick(recipe)).toEqual(pick(from));
      }
    },
  );

  it('give PAWS its label loss, and the baseline all of the optimiser', () => {
    const supervised = recipeFor('supervised', base);
    expect(supervised).toEqual({ ...base, method: 'supervised' });
    const paws = recipeFor('paws', findPreset('supervised-quick')!.recipe);
    expect(paws).toMatchObject({ support_ce_weight: 1, paws_ramp_end: 0.45, optimizer: 'adamw', lr: 2e-3 });
  });

  it('give DINO the peak rate of its preset, whatever the batch', () => {
    const preset = findPreset('photos-quick')!.recipe;
    const recipe = recipeFor('dino', base);
    expect(recipe.lr * recipe.batch_size).toBeCloseTo(preset.lr * preset.batch_size, 10);
    expect(recipe).toMatchObject({ teacher_temp: 0.02, centering: 'sinkhorn', out_dim: 64 });
    expect(recipe.freeze_last_layer).toBeCloseTo(base.epochs / 20);
  });
});

describe('a plan', () => {
  it('trains DINO once for a seed, and the others at every budget, few labels first', () => {
    const experiment = planBudget(plan({ seeds: [3, 7], labelsPerClass: [2, 1, 2] }));
    expect(ids(experiment)).toEqual([
      'paws/3/1',
      'supervised/3/1',
      'paws/3/2',
      'supervised/3/2',
      'dino/3',
      'paws/7/1',
      'supervised/7/1',
      'paws/7/2',
      'supervised/7/2',
      'dino/7',
    ]);
    const [first, , third] = runsOf(experiment);
    expect(first!.recipe).toMatchObject({ method: 'paws', labels_per_class: 1, label_seed: 3, seed: 3 });
    expect(third!.recipe.labels_per_class).toBe(2);
    expect(runsOf(experiment)[4]!.labelsPerClass).toEqual([1, 2]);
  });

  it('takes labels by budget, though the recipe it is made from takes them by hand', () => {
    const byHand = planBudget(plan({ base: { ...base, label_source: 'hand' } }));
    expect(runsOf(byHand).every(({ recipe }) => recipe.label_source === 'budget')).toBe(true);
  });
});

/** Trains nothing, and scores by a formula; every step takes as long as there are floating-point operations. */
class FakeBudgetSession implements BudgetSession {
  prepared: string[] = [];
  asked: number[] = [];
  #recipe: Recipe = base;
  #step = 0;
  /** Called before the network is trained. */
  before: (recipe: Recipe, step: number) => void = () => undefined;
  clock = 0;

  async prepare(recipe: Recipe) {
    this.prepared.push(`${recipe.method} ${recipe.labels_per_class} ${recipe.seed}`);
    this.#recipe = recipe;
    this.#step = 0;
    if (recipe.labels_per_class === 13) return { problem: 'Thirteen brings bad luck.' };
    return { totalSteps: 20, stepsPerEpoch: 10 };
  }

  async trainUntil(step: number, signal: AbortSignal, onStep: (step: number) => void) {
    while (this.#step < step) {
      this.before(this.#recipe, this.#step);
      signal.throwIfAborted();
      this.clock += 1000;
      onStep(++this.#step);
    }
  }

  evaluations() {
    return [0, 10, 20].map((step) =>
      this.#report(step, this.#recipe.labels_per_class, this.#recipe.label_seed),
    );
  }

  async evaluate({ labelsPerClass, labelSeed }: { labelsPerClass: number; labelSeed: number }) {
    this.asked.push(labelsPerClass);
    return this.#report(this.#step, labelsPerClass, labelSeed);
  }

  #report(step: number, labels: number, seed: number): EvaluationReport {
    const heldOut = 10 * labels + step + seed + this.#recipe.method.length;
    return {
      ...evaluationAt(step),
      classification: {
        ...sampleClassification(),
        labels: 10 * labels,
        shown: 'linear',
        readOuts: [{ id: 'linear', heldOut, unlabelled: heldOut / 2 }],
      },
    };
  }
}

const small = { ...base, eval_every: 10 };
const go = (
  experiment: BudgetExperiment,
  session: FakeBudgetSession,
  signal = new AbortController().signal,
) => runBudget(experiment, session, { signal, now: () => session.clock });

describe('an experiment', () => {
  it('brings a curve for every method, budget and seed', async () => {
    const session = new FakeBudgetSession();
    const done = await go(planBudget(plan({ base: small })), session);
    const cells = cellsOf(done);
    expect(cells.map(({ method, labelsPerClass }) => `${method} ${labelsPerClass}`).sort()).toEqual(
      ['paws', 'supervised', 'dino']
        .flatMap((method) => [1, 2, 4].map((labels) => `${method} ${labels}`))
        .sort(),
    );
    const dino = cells.find(({ method, labelsPerClass }) => method === 'dino' && labelsPerClass === 2)!;
    expect(dino).toMatchObject({ seed: 0, labels: 20, shown: 'linear' });
    expect(dino.points).toEqual([
      { step: 0, epoch: 0, heldOut: 24, unlabelled: 12 },
      { step: 10, epoch: 1, heldOut: 34, unlabelled: 17 },
      { step: 20, epoch: 2, heldOut: 44, unlabelled: 22 },
    ]);
    const paws = cells.find(({ method, labelsPerClass }) => method === 'paws' && labelsPerClass === 4)!;
    expect(paws.points.map(({ heldOut }) => heldOut)).toEqual([44, 54, 64]);
    expect(session.prepared.filter((name) => name.startsWith('dino'))).toHaveLength(1);
    expect(session.asked).toEqual([1, 2, 4, 1, 2, 4, 1, 2, 4]);
    expect(remainingRuns(done)).toEqual([]);
  });

  it.each([1, 25, 47, 85, 139])(
    'killed in step %i, stored and gone on with, comes to the same',
    async (killedIn) => {
      const experiment = planBudget(plan({ base: small, seeds: [0, 1] }));
      const whole = await go(experiment, new FakeBudgetSession());

      const session = new FakeBudgetSession();
      let steps = 0;
      session.before = () => {
        if (++steps === killedIn) throw new Error('The lights went out.');
      };
      let stored = JSON.stringify(experiment);
      const running = runBudget(experiment, session, {
        signal: new AbortController().signal,
        onDone: (by) => {
          stored = JSON.stringify(by);
        },
        now: () => session.clock,
      });
      await expect(running).rejects.toThrow('The lights went out.');
      const kept = readBudget(JSON.parse(stored))!;
      expect(kept.done).toHaveLength(Math.floor((killedIn - 1) / 20));

      const next = new FakeBudgetSession();
      const done = await go(kept, next);
      expect(next.prepared).toHaveLength(14 - kept.done.length);
      expect(cellsOf(done)).toEqual(cellsOf(whole));
    },
  );

  it('keeps what is done when it is ended', async () => {
    const session = new FakeBudgetSession();
    const end = new AbortController();
    session.before = ({ method }) => {
      if (method === 'supervised') end.abort();
    };
    const ended = await go(planBudget(plan({ base: small })), session, end.signal);
    expect(ended.done.map(({ id }) => id)).toEqual(['paws/0/1']);
  });

  it('says which training cannot start, and does the others', async () => {
    const done = await go(
      planBudget(plan({ labelsPerClass: [1, 13], methods: ['paws'] })),
      new FakeBudgetSession(),
    );
    expect(done.done.map(({ problem }) => problem)).toEqual([null, 'Thirteen brings bad luck.']);
    expect(cellsOf(done)).toHaveLength(1);
  });

  it('says which training diverged, and does the others, but ends with any other failure', async () => {
    const session = new FakeBudgetSession();
    const fail = (code: string) => {
      session.before = ({ method }) => {
        if (method === 'supervised') throw new PawsaurError(code, 'The loss was no longer a number.');
      };
    };
    const asked = planBudget(plan({ base: small, labelsPerClass: [1] }));
    fail('run/not-finite');
    const done = await go(asked, session);
    expect(done.done.map(({ id, problem }) => [id, problem])).toEqual([
      ['paws/0/1', null],
      ['supervised/0/1', 'The loss was no longer a number.'],
      ['dino/0', null],
    ]);
    fail('device-lost');
    await expect(go(asked, session)).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('tells how long it will take, from what it has seen', async () => {
    const session = new FakeBudgetSession();
    const told: BudgetProgress[] = [];
    const experiment = planBudget(
      plan({ base: small, methods: ['paws', 'supervised'], labelsPerClass: [1, 2] }),
    );
    expect(secondsLeft(experiment)).toBeNull();
    await runBudget(experiment, session, {
      signal: new AbortController().signal,
      onProgress: (progress) => told.push(progress),
      now: () => session.clock,
    });
    expect(told[0]).toMatchObject({ done: 0, total: 4, step: 0, secondsLeft: null });
    const half = told.find(({ step, run }) => run.id === 'paws/0/1' && step === 10)!;
    expect(half.secondsLeft).toBeGreaterThan(10);
    // Two trainings of either method are known by then.
    const last = told.find(({ step, done }) => done === 3 && step === 10)!;
    expect(last.secondsLeft).toBeCloseTo(10, 5);
    for (const { secondsLeft: left } of told.filter(({ done }) => done > 0))
      expect(left).toBeGreaterThanOrEqual(0);
  });

  it('estimates by measured steps before the first training, DINO being dearer than the baseline', () => {
    const measured = { recipe: base, stepMs: 100 };
    const left = (methods: BudgetPlan['methods']) =>
      secondsLeft(planBudget(plan({ methods, labelsPerClass: [1] })), null, measured)!;
    expect(left(['paws'])).toBeCloseTo(70, 1);
    expect(left(['supervised'])).toBeLessThan(left(['paws']));
    expect(left(['dino'])).toBeGreaterThan(left(['supervised']));
    expect(left(['paws', 'dino'])).toBeCloseTo(left(['paws']) + left(['dino']), 5);
  });
});

describe('a stored experiment', () => {
  it('comes back as it was', async () => {
    const done = await go(planBudget(plan({ base: small, methods: ['paws'] })), new FakeBudgetSession());
    expect(readBudget(JSON.parse(JSON.stringify(done)))).toEqual(done);
  });

  it.each([
    ['nothing', null],
    ['a text', 'version 1'],
    ['another version', { ...planBudget(plan()), version: 2 }],
    ['a recipe that nobody knows', { ...planBudget(plan()), plan: { ...plan(), base: { colour: 'red' } } }],
    ['results without an end', { ...planBudget(plan()), done: [{ id: 'paws/0/1' }] }],
  ])('is none when it is %s', (_, stored) => {
    expect(readBudget(stored)).toBeNull();
  });
});

describe('an experiment on a session', () => {
  const engine = { backend: 'webgpu', adapter: 'a fake' };
  const fakePlan = () =>
    planBudget(
      plan({
        base: { ...fakeRecipe, method: 'paws' },
        labelsPerClass: [1, 2],
        dataset: { name: 'confetti', trainCount: 8, size: 80, classes: 2 },
      }),
    );
  const setUp = async () => {
    const device = new FakeDevice();
    const client = new SessionClient(localPort(engine, fakeDependencies(device).dependencies));
    await client.loadBuiltin('confetti', { seed: 0, params: {} });
    return { device, client };
  };

  it('trains five runs of ten steps, and scores DINO with the labels of each budget', async () => {
    const { device, client } = await setUp();
    const done = await runBudget(fakePlan(), clientBudgetSession(client), {
      signal: new AbortController().signal,
    });
    expect(done.done.map(({ id, problem }) => [id, problem])).toEqual([
      ['paws/0/1', null],
      ['supervised/0/1', null],
      ['paws/0/2', null],
      ['supervised/0/2', null],
      ['dino/0', null],
    ]);
    expect(device.trainSteps).toBe(50);
    const cells = cellsOf(done);
    for (const { points } of cells) expect(points.map(({ step }) => step)).toEqual([0, 4, 8, 10]);
    expect(cells.map(({ method, labels, shown }) => [method, labels, shown])).toEqual([
      ['paws', 2, 'snnHead'],
      ['supervised', 2, 'classifier'],
      ['paws', 4, 'snnHead'],
      ['supervised', 4, 'classifier'],
      ['dino', 2, 'linear'],
      ['dino', 4, 'linear'],
    ]);
    expect(device.clashes).toEqual([]);
    client.dispose();
  });

  it('ends with its run, and goes on where that began', async () => {
    const { device, client } = await setUp();
    device.before = (operation) => {
      if (operation === 'trainStep' && device.trainSteps === 13) void client.stop();
    };
    let kept = fakePlan();
    const onDone = (by: BudgetExperiment) => {
      kept = by;
    };
    const { signal } = new AbortController();
    await expect(runBudget(kept, clientBudgetSession(client), { signal, onDone })).rejects.toMatchObject({
      code: 'budget/interrupted',
    });
    expect(kept.done).toHaveLength(1);
    device.before = () => undefined;
    const done = await runBudget(kept, clientBudgetSession(client), { signal });
    expect(done.done).toHaveLength(5);

    const other = await setUp();
    const whole = await runBudget(fakePlan(), clientBudgetSession(other.client), { signal });
    expect(cellsOf(done)).toEqual(cellsOf(whole));
    client.dispose();
    other.client.dispose();
  });

  it('says what made a training fail, though a worker tells the phase first', async () => {
    const device = new FakeDevice();
    const open = localPort(engine, fakeDependencies(device).dependencies);
    const client = new SessionClient(({ message, ...rest }) =>
      open({ ...rest, message: (event) => setTimeout(() => message(event)) }),
    );
    await client.loadBuiltin('confetti', { seed: 0, params: {} });
    device.before = (operation) => {
      if (operation === 'trainStep' && device.trainSteps === 3) throw new PawsaurError('gpu/odd', 'Odd.');
    };
    const { signal } = new AbortController();
    await expect(runBudget(fakePlan(), clientBudgetSession(client), { signal })).rejects.toMatchObject({
      code: 'gpu/odd',
    });
    client.dispose();
  });

  it('does not count a training whose labels were changed by hand meanwhile', async () => {
    const { device, client } = await setUp();
    device.before = (operation) => {
      if (operation !== 'trainStep' || device.trainSteps !== 13) return;
      const { classNames, labels: truth } = fakeDataset();
      const given = truth.map((label, index) => (index < 6 ? label : -1));
      void client.setLabels({ generation: 1, classNames, truth, given });
    };
    let kept = fakePlan();
    const onDone = (by: BudgetExperiment) => {
      kept = by;
    };
    const { signal } = new AbortController();
    await expect(runBudget(kept, clientBudgetSession(client), { signal, onDone })).rejects.toMatchObject({
      code: 'budget/relabelled',
    });
    expect(kept.done).toHaveLength(1);
    device.before = () => undefined;
    const done = await runBudget(kept, clientBudgetSession(client), { signal });
    expect(cellsOf(done).map(({ labels }) => labels)).toEqual([2, 2, 4, 4, 2, 4]);
    client.dispose();
  });

  it('pauses the run when it is ended', async () => {
    const { device, client } = await setUp();
    const end = new AbortController();
    device.before = (operation) => {
      if (operation === 'trainStep' && device.trainSteps === 13) end.abort();
    };
    const ended = await runBudget(fakePlan(), clientBudgetSession(client), { signal: end.signal });
    expect(ended.done).toHaveLength(1);
    expect(client.getState().run.phase).toBe('paused');
    client.dispose();
  });
});

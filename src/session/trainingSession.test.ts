import { describe, expect, it, vi } from 'vitest';
import { parseSafetensors } from '../checkpoint';
import { PawsaurError } from '../platform/errors';
import { fakeDataset, fakeRecipe } from './testing/fakes';
import { Harness } from './testing/harness';

/** A promise and the way to fulfil it. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('preparing', () => {
  it('tells of the run, scores the untrained network, and rests before the first step', async () => {
    const harness = new Harness();
    await harness.done({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
    expect(harness.state.phase).toBe('ready');
    const before = harness.events.length;
    await harness.done({ type: 'prepare', recipe: { ...fakeRecipe } });
    const news = harness.events.slice(before).filter(({ type }) => type !== 'state');
    expect(news.map(({ type }) => type)).toEqual([
      'labels',
      'prepared',
      'evaluation',
      'diagnosis',
      'baselines',
      'attention',
      'done',
    ]);
    expect(harness.device.calibrations).toBe(1);
    expect(harness.state).toMatchObject({ phase: 'paused', step: 0, totalSteps: 10, activity: null });
    const [evaluation] = harness.all('evaluation');
    expect(evaluation!.evaluation).toMatchObject({ step: 0, testImages: 4, bankImages: 8, featureDim: 4 });
    const { baselines } = harness.all('baselines')[0]!;
    expect(baselines.chance).toBe(50);
    expect(baselines.randomInit.knn10).toBe(evaluation!.evaluation.knn10);
    expect(baselines.wholeImage).toBeCloseTo(50);
    expect(baselines.oracle).toBeCloseTo(100);
  });

  it('refuses before it builds, and names a value that works', async () => {
    const harness = new Harness();
    await harness.done({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
    const answer = await harness.ask({ type: 'prepare', recipe: { ...fakeRecipe, batch_size: 64 } });
    expect(answer).toMatchObject({ type: 'refused', problems: [{ field: 'batch_size', suggestion: 8 }] });
    expect(harness.state.phase).toBe('ready');
    expect(harness.device.alive).toBe(0);
  });

  it('refuses values of the wrong type instead of replacing them', async () => {
    const harness = await new Harness().ready();
    const answer = await harness.ask({ type: 'prepare', recipe: { ...fakeRecipe, lr: 'fast', colour: 1 } });
    expect(answer).toMatchObject({ type: 'refused', problems: [{ field: 'lr' }, { field: 'colour' }] });
  });

  it('leaves a running run alone when the new recipe is refused', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'start' });
    await harness.ask({ type: 'prepare', recipe: { ...fakeRecipe, batch_size: 64 } });
    await harness.untilPhase('finished');
    expect(harness.all('prepared')).toHaveLength(1);
  });

  it('says that there are no pictures', async () => {
    const answer = await new Harness().ask({ type: 'prepare', recipe: { ...fakeRecipe } });
    expect(answer).toMatchObject({ type: 'error', error: { code: 'session/no-data' } });
  });

  it('goes back to the pictures when the network cannot be built', async () => {
    const harness = new Harness({
      createMethod: async () => {
        throw new PawsaurError('gpu/memory', 'Not enough memory.');
      },
    });
    await expect(harness.ready()).rejects.toMatchObject({ code: 'gpu/memory' });
    expect(harness.state.phase).toBe('ready');
  });

  it('compiles beside the scoring, tells how far it is, and waits for it before the first step', async () => {
    const harness = new Harness();
    const last = gate();
    harness.device.compiling = (done) => (done === 2 ? last.opened : new Promise(setImmediate));
    await harness.done({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
    const preparing = harness.done({ type: 'prepare', recipe: { ...fakeRecipe } });
    await harness.until(({ type }) => type === 'attention');
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(harness.state).toMatchObject({
      phase: 'preparing',
      activity: 'compiling',
      progress: { done: 2, total: 3 },
    });
    last.open();
    await preparing;
    const told = harness.all('state').flatMap(({ state }) => (state.progress ? [state.progress.done] : []));
    expect([...new Set(told)]).toEqual([0, 1, 2, 3]);
    expect(harness.state).toMatchObject({ phase: 'paused', activity: null });
    expect(harness.state).not.toHaveProperty('progress');
    await harness.done({ type: 'step' });
  });

  it('counts compiling into the time of the first step', async () => {
    const clock = { ms: 0 };
    const harness = new Harness({ now: () => clock.ms });
    harness.device.compiling = () => {
      clock.ms += 100;
    };
    harness.device.before = (operation) => {
      if (operation === 'trainStep') clock.ms += 30;
    };
    await harness.ready();
    await harness.done({ type: 'step' });
    expect(harness.all('timing').at(-1)!.timing.firstStepMs).toBe(430);
  });

  it('goes back to the pictures when a kernel does not compile', async () => {
    const harness = new Harness();
    harness.device.compiling = (done) => {
      if (done === 1) throw new PawsaurError('gpu/shader', 'A kernel does not compile.');
    };
    await expect(harness.ready()).rejects.toMatchObject({ code: 'gpu/shader' });
    expect(harness.state).toMatchObject({ phase: 'ready', activity: null });
    expect(harness.device.alive).toBe(0);
  });

  it('does not wait for kernels when it is stopped, nor hears of them afterwards', async () => {
    const harness = new Harness();
    const compiled = gate();
    harness.device.compiling = () => compiled.opened;
    await harness.done({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
    const preparing = harness.ask({ type: 'prepare', recipe: { ...fakeRecipe } });
    await harness.until(({ type }) => type === 'attention');
    await harness.done({ type: 'stop' });
    expect(await preparing).toMatchObject({ error: { code: 'aborted' } });
    expect(harness.state).toMatchObject({ phase: 'ready', activity: null });
    const before = harness.events.length;
    compiled.open();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(harness.events).toHaveLength(before);
  });

  it('is overtaken by the next recipe, and only that one stays', async () => {
    const harness = new Harness();
    await harness.done({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
    const first = harness.ask({ type: 'prepare', recipe: { ...fakeRecipe } });
    const second = harness.ask({ type: 'prepare', recipe: { ...fakeRecipe, epochs: 2 } });
    expect(await first).toMatchObject({ type: 'error', error: { code: 'aborted' } });
    expect(await second).toMatchObject({ type: 'done' });
    expect(harness.state).toMatchObject({ phase: 'paused', totalSteps: 4 });
    expect(harness.device.alive).toBe(1);
  });

  it('waits for pictures that are still loading', async () => {
    const loaded = gate();
    const harness = new Harness({
      makeBuiltin: async () => {
        await loaded.opened;
        return fakeDataset();
      },
    });
    const loading = harness.ask({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
    const preparing = harness.ask({ type: 'prepare', recipe: { ...fakeRecipe } });
    const starting = harness.ask({ type: 'start' });
    expect(harness.state).toMatchObject({ phase: 'idle', activity: 'loading' });
    loaded.open();
    expect((await loading).type).toBe('done');
    expect((await preparing).type).toBe('done');
    expect((await starting).type).toBe('done');
    await harness.untilPhase('finished');
  });
});

describe('training', () => {
  it('goes from the first step to the last, scoring on the way and at the end', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'start' });
    await harness.untilPhase('finished');
    expect(harness.stepsTold).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(harness.all('evaluation').map(({ evaluation }) => evaluation.step)).toEqual([0, 4, 8, 10]);
    expect(harness.state).toMatchObject({ step: 10, epoch: 5 });
    const { timing } = harness.all('timing').at(-1)!;
    expect(timing).toMatchObject({ secondsLeft: 0, gpuBytes: 1000 });
    expect(timing.imagesPerSecond).toBeGreaterThan(0);
    expect(harness.device.clashes).toEqual([]);
  });

  it('keeps three steps under way, and hears of them in order whichever ends first', async () => {
    const harness = await new Harness().ready();
    const gates = Array.from({ length: 10 }, gate);
    const begun: number[] = [];
    harness.device.before = (operation, step) => {
      if (operation !== 'trainStep') return;
      begun.push(step);
      return gates[step]!.opened;
    };
    const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
    await harness.done({ type: 'start' });
    await vi.waitFor(() => expect(begun).toEqual([0, 1, 2]));
    gates[1]!.open();
    gates[2]!.open();
    await soon();
    expect(begun).toEqual([0, 1, 2]);
    expect(harness.stepsTold).toEqual([]);
    gates[0]!.open();
    // The fourth is scored before a fifth begins.
    await vi.waitFor(() => expect(begun).toEqual([0, 1, 2, 3]));
    await soon();
    expect(begun).toEqual([0, 1, 2, 3]);
    expect(harness.state.step).toBe(1);
    for (const { open } of gates) open();
    await harness.untilPhase('finished');
    expect(harness.stepsTold).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(harness.all('evaluation').map(({ evaluation }) => evaluation.step)).toEqual([0, 4, 8, 10]);
    expect(harness.device.clashes).toEqual([]);
  });

  it('measures a step from one end to the next, however early it was sent', async () => {
    const clock = { ms: 0 };
    const harness = await new Harness({
      now: () => clock.ms,
      inspectEveryMs: Number.POSITIVE_INFINITY,
    }).ready({
      eval_every: 100,
    });
    let device: Promise<void> = Promise.resolve();
    harness.device.before = (operation) => {
      if (operation !== 'trainStep') return;
      device = device.then(async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        clock.ms += 80;
      });
      return device;
    };
    await harness.done({ type: 'start' });
    await harness.untilPhase('finished');
    const { timing } = harness.all('timing').at(-1)!;
    expect(timing).toMatchObject({ stepMs: 80, medianStepMs: 80, firstStepMs: 80 });
    expect(harness.device.mostStepping).toBe(3);
  });

  it('pauses within a step and takes none afterwards', async () => {
    const harness = await new Harness().ready();
    harness.device.before = () => new Promise((resolve) => setTimeout(resolve, 5));
    const first = harness.until(({ type }) => type === 'steps');
    await harness.done({ type: 'start' });
    await first;
    await harness.done({ type: 'pause' });
    const taken = harness.device.trainSteps;
    expect(taken).toBeLessThan(10);
    expect(harness.state).toMatchObject({ phase: 'paused', step: taken });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(harness.device.trainSteps).toBe(taken);
    expect(harness.stepsTold.at(-1)).toBe(taken);
    await harness.done({ type: 'start' });
    await harness.untilPhase('finished');
    expect(harness.stepsTold).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('answers a pause although an evaluation is under way, and finishes the evaluation', async () => {
    const harness = await new Harness().ready();
    const scoring = gate();
    const reached = gate();
    harness.device.before = async (operation, step) => {
      if (operation !== 'features' || step !== 4) return;
      reached.open();
      await scoring.opened;
    };
    await harness.done({ type: 'start' });
    await reached.opened;
    await harness.done({ type: 'pause' });
    expect(harness.state).toMatchObject({ phase: 'paused', step: 4, activity: 'evaluating' });
    scoring.open();
    await harness.until(({ type }) => type === 'evaluation');
    expect(harness.device.trainSteps).toBe(4);
  });

  it('takes single steps with their pictures, and refuses them while running', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'step' });
    await harness.done({ type: 'step' });
    expect(harness.stepsTold).toEqual([1, 2]);
    expect(harness.state).toMatchObject({ phase: 'paused', step: 2 });
    expect(harness.all('views').map(({ views }) => views.step)).toEqual([1, 2]);
    expect(harness.all('attention').map(({ attention }) => attention.step)).toEqual([0, 1, 2]);
    await harness.done({ type: 'start' });
    expect(await harness.ask({ type: 'step' })).toMatchObject({ error: { code: 'session/running' } });
    await harness.untilPhase('finished');
    expect(await harness.ask({ type: 'step' })).toMatchObject({ error: { code: 'session/ended' } });
    expect(await harness.ask({ type: 'start' })).toMatchObject({ error: { code: 'session/ended' } });
  });

  it('drops single steps that a pause overtakes', async () => {
    const harness = await new Harness().ready();
    const stepping = gate();
    const reached = gate();
    harness.device.before = async (operation) => {
      if (operation !== 'trainStep') return;
      reached.open();
      await stepping.opened;
    };
    const first = harness.ask({ type: 'step' });
    const second = harness.ask({ type: 'step' });
    await reached.opened;
    const pausing = harness.ask({ type: 'pause' });
    stepping.open();
    expect((await pausing).type).toBe('done');
    expect((await first).type).toBe('done');
    expect(await second).toMatchObject({ error: { code: 'session/overtaken' } });
    expect(harness.stepsTold).toEqual([1]);
  });

  it('answers a pause only when the step under way has ended', async () => {
    const harness = await new Harness().ready();
    const stepping = gate();
    const reached = gate();
    harness.device.before = async (operation, step) => {
      if (operation !== 'trainStep' || step !== 1) return;
      reached.open();
      await stepping.opened;
    };
    await harness.done({ type: 'start' });
    await reached.opened;
    let paused = false;
    const pausing = harness.done({ type: 'pause' }).then(() => {
      paused = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(paused).toBe(false);
    stepping.open();
    await pausing;
    expect(harness.stepsTold.length).toBeGreaterThanOrEqual(2);
    expect(harness.stepsTold).toHaveLength(harness.device.trainSteps);
    expect(harness.events.findLastIndex(({ type }) => type === 'steps')).toBeLessThan(
      harness.events.findLastIndex((event) => event.type === 'state' && event.state.phase === 'paused'),
    );
  });

  it('trains until a step, scores it and pauses', async () => {
    const harness = await new Harness().ready();
    const paused = harness.untilPhase('running').then(() => harness.untilPhase('paused'));
    await harness.done({ type: 'start', until: 3 });
    await paused;
    expect(harness.state).toMatchObject({ phase: 'paused', step: 3 });
    expect(harness.all('evaluation').at(-1)!.evaluation.step).toBe(3);
    await harness.done({ type: 'start' });
    await harness.untilPhase('finished');
  });

  it('resets to fresh weights and the settings of the recipe', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'setLive', field: 'momentum_teacher', value: 0.5 });
    await harness.done({ type: 'start' });
    await harness.until(({ type }) => type === 'steps');
    await harness.done({ type: 'reset' });
    expect(harness.state).toMatchObject({ phase: 'paused', step: 0 });
    expect(harness.all('prepared')).toHaveLength(2);
    expect(harness.device.alive).toBe(1);
    expect(harness.all('baselines')[1]).toEqual(harness.all('baselines')[0]);
    await harness.done({ type: 'step' });
    expect(harness.device.liveSeen.at(-1)!.momentum_teacher).toBe(fakeRecipe.momentum_teacher);
  });

  it('stops for good, and keeps the weights', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'step' });
    await harness.done({ type: 'stop' });
    expect(harness.state).toMatchObject({ phase: 'stopped', step: 1 });
    expect(await harness.ask({ type: 'start' })).toMatchObject({ error: { code: 'session/ended' } });
    await harness.done({ type: 'exportWeights' });
    const { bytes, step } = harness.all('weights')[0]!;
    expect(step).toBe(1);
    const { metadata, tensors } = parseSafetensors(bytes);
    expect([...tensors.get('student.backbone.norm.weight')!.data]).toEqual([1, 1]);
    expect(metadata.step).toBe('1');
    expect(JSON.parse(metadata.recipe!)).toEqual(fakeRecipe);
    await harness.done({ type: 'reset' });
    expect(harness.state).toMatchObject({ phase: 'paused', step: 0 });
  });

  it('gives a preparation up when stopped', async () => {
    const harness = new Harness();
    await harness.done({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
    const preparing = harness.ask({ type: 'prepare', recipe: { ...fakeRecipe } });
    const starting = harness.ask({ type: 'start' });
    await harness.untilPhase('preparing');
    await harness.done({ type: 'stop' });
    expect(await preparing).toMatchObject({ error: { code: 'aborted' } });
    expect(await starting).toMatchObject({ error: { code: 'session/overtaken' } });
    expect(harness.state.phase).toBe('ready');
    expect(harness.device.alive).toBe(0);
  });
});

describe('live settings', () => {
  it('hold from the next step on', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'step' });
    await harness.done({ type: 'setLive', field: 'teacher_temp', value: 0.03 });
    await harness.done({ type: 'setLive', field: 'centering_on', value: false });
    await harness.done({ type: 'step' });
    expect(harness.device.liveSeen.map((live) => live.teacher_temp)).toEqual([fakeRecipe.teacher_temp, 0.03]);
    expect(harness.device.liveSeen[1]!.centering_on).toBe(false);
    expect(harness.all('live')).toEqual([
      { type: 'live', step: 1, field: 'teacher_temp', value: 0.03 },
      { type: 'live', step: 1, field: 'centering_on', value: false },
    ]);
  });

  it.each([
    ['batch_size', 2],
    ['__proto__', 1],
    ['teacher_temp', -1],
    ['teacher_temp', 'warm'],
    ['centering_on', 1],
  ])('refuse %s = %s', async (field, value) => {
    const harness = await new Harness().ready();
    const answer = await harness.ask({ type: 'setLive', field, value });
    expect(answer).toMatchObject({ type: 'refused', problems: [{ field }] });
    await harness.done({ type: 'step' });
    expect(harness.device.liveSeen[0]).toEqual(
      expect.objectContaining({ teacher_temp: fakeRecipe.teacher_temp }),
    );
  });
});

it('says what a live setting stays at when it refuses another', async () => {
  const harness = await new Harness().ready();
  await harness.done({ type: 'setLive', field: 'teacher_temp', value: 0.05 });
  const answer = await harness.ask({ type: 'setLive', field: 'teacher_temp', value: 0 });
  expect(answer).toMatchObject({ problems: [{ message: expect.stringContaining('so it stays at 0.05.') }] });
});

describe('failures', () => {
  it('stops visibly when the loss is no longer a number, and keeps what was good', async () => {
    const harness = await new Harness().ready();
    harness.device.before = async (operation) => {
      if (operation === 'trainStep') await new Promise((resolve) => setTimeout(resolve, 2));
    };
    const { use } = harness.device;
    harness.device.use = async (operation, step, result) => {
      const value = await use.call(harness.device, operation, step, result);
      return (
        operation === 'trainStep' && step === 1 ? { ...(value as object), loss: Number.NaN } : value
      ) as never;
    };
    await harness.done({ type: 'start' });
    const failure = await harness.until(({ type }) => type === 'error');
    expect(failure).toMatchObject({
      error: { code: 'run/not-finite', message: expect.stringContaining('step 2') },
    });
    expect(harness.state).toMatchObject({ phase: 'failed', step: 2 });
    expect(harness.device.trainSteps).toBeGreaterThan(2);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(harness.stepsTold).toEqual([1]);
    expect(harness.all('error')).toHaveLength(1);
    harness.device.use = use;
    await harness.done({ type: 'reset' });
    await harness.done({ type: 'start' });
    await harness.untilPhase('finished');
  });

  it('stops with the message of the engine and answers whoever waits', async () => {
    const harness = await new Harness().ready();
    const reached = gate();
    harness.device.before = async (operation, step) => {
      if (operation !== 'trainStep' || step !== 1) return;
      reached.open();
      await new Promise(() => undefined);
    };
    await harness.done({ type: 'start' });
    await reached.opened;
    const exporting = harness.ask({ type: 'exportWeights' });
    const pausing = harness.ask({ type: 'pause' });
    harness.failEngine();
    expect(await exporting).toMatchObject({ error: { code: 'device-lost', hint: 'Reload.' } });
    expect(await pausing).toMatchObject({ error: { code: 'device-lost' } });
    expect(harness.state.phase).toBe('failed');
    expect(harness.stepsTold).toEqual([1]);
    expect(await harness.ask({ type: 'reset' })).toMatchObject({ error: { code: 'device-lost' } });
    await harness.done({ type: 'pause' });
    await harness.done({ type: 'thumbnails', indices: [0], size: 4 });
    expect(harness.all('error').filter(({ replyTo }) => replyTo === undefined)).toHaveLength(1);
  });

  it('does not keep a step that ends after the engine has failed', async () => {
    const harness = await new Harness().ready();
    const stepping = gate();
    const reached = gate();
    harness.device.before = async (operation, step) => {
      if (operation !== 'trainStep' || step !== 2) return;
      reached.open();
      await stepping.opened;
    };
    await harness.done({ type: 'start' });
    await reached.opened;
    harness.failEngine();
    stepping.open();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(harness.stepsTold).toEqual([1, 2]);
  });

  it('gives up preparing when the engine fails', async () => {
    const harness = new Harness();
    await harness.done({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
    const preparing = harness.ask({ type: 'prepare', recipe: { ...fakeRecipe } });
    await harness.until(({ type }) => type === 'prepared');
    harness.failEngine();
    expect(await preparing).toMatchObject({ error: { code: 'device-lost' } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(harness.state.phase).toBe('failed');
    expect(harness.all('baselines')).toHaveLength(0);
  });
});

it('hears whether the page can be seen, with or without a run', async () => {
  const heard: boolean[] = [];
  const harness = new Harness({ setVisible: (visible) => heard.push(visible) });
  await harness.done({ type: 'visibility', visible: false });
  await harness.ready();
  await harness.done({ type: 'visibility', visible: true });
  expect(heard).toEqual([false, true]);
});

describe('pictures', () => {
  it('replaces the run by new pictures', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'start' });
    await harness.done({ type: 'openSet', set: 'cats', seed: 0 });
    expect(harness.state).toMatchObject({ phase: 'ready', step: 0, totalSteps: 0, activity: null });
    expect(harness.device.alive).toBe(0);
    const [first, second] = harness.all('dataset');
    expect(second!.summary).toMatchObject({ name: 'cats', hasMasks: false, count: 12, trainCount: 8 });
    expect(second!.summary.generation).toBe(first!.summary.generation + 1);
    expect(await harness.ask({ type: 'start' })).toMatchObject({ error: { code: 'session/not-prepared' } });
  });

  it('keeps pictures and run when a set is not there any more', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'step' });
    const answer = await harness.ask({ type: 'openSet', set: 'gone', seed: 0 });
    expect(answer).toMatchObject({ error: { code: 'library/unknown-set' } });
    expect(harness.state).toMatchObject({ phase: 'paused', step: 1, activity: null });
    await harness.done({ type: 'start' });
    await harness.untilPhase('finished');
    expect(harness.all('evaluation').map(({ evaluation }) => evaluation.step)).toEqual([0, 4, 8, 10]);
  });

  it('trains and scores what it can without labels and masks', async () => {
    const unlabelled = { classNames: [], labels: new Int32Array(12).fill(-1), masks: null };
    const harness = await new Harness({ makeBuiltin: async () => fakeDataset(unlabelled) }).ready();
    await harness.done({ type: 'start' });
    await harness.untilPhase('finished');
    const { evaluation } = harness.all('evaluation').at(-1)!;
    expect(evaluation).toMatchObject({ knn10: null, looKnn10: null, jaccardHeadMean: null, testImages: 0 });
    expect(evaluation.rankMe).toBeGreaterThan(1);
    expect(harness.all('baselines')[0]!.baselines).toMatchObject({
      chance: null,
      wholeImage: null,
      oracle: null,
    });
    expect(harness.all('attention').at(-1)!.attention).toMatchObject({ truth: null, jaccard: null });
  });

  it('sends thumbnails of chosen pictures and refuses others', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'thumbnails', indices: [3, 1], size: 16 });
    const { thumbnails } = harness.all('thumbnails')[0]!;
    expect(thumbnails.indices).toEqual([3, 1]);
    expect(thumbnails.pixels).toHaveLength(2 * 16 * 16 * 4);
    expect(await harness.ask({ type: 'thumbnails', indices: [12], size: 16 })).toMatchObject({
      error: { code: 'session/index' },
    });
  });

  it('draws attention on demand with masks that hold the wanted share', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'inspect' });
    const { attention } = harness.all('attention').at(-1)!;
    expect(attention).toMatchObject({ heads: 2, rows: 2, cols: 2, imageSize: 80, step: 0 });
    const firstMap = attention.teacherMasks!.subarray(0, 4);
    expect(firstMap.reduce((sum, kept) => sum + kept, 0)).toBe(3);
    expect(attention.indices).toEqual(Int32Array.of(8, 9, 10, 11, 0, 1, 2, 3));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Phase } from './protocol';
import { fakeRecipe } from './testing/fakes';
import { type Asked, Harness } from './testing/harness';

/** Labels of the first pictures; of later ones they are stale. */
function labelsOf(classNames: string[]) {
  const given = Int32Array.from({ length: 12 }, (_, i) => (i < 4 ? i % 2 : -1));
  return { generation: 1, classNames, given, truth: Int32Array.from({ length: 12 }, (_, i) => i % 2) };
}

const short = { ...fakeRecipe, eval_every: 1 };
const commands = {
  load: { type: 'loadBuiltin', name: 'grey', seed: 0, params: {} },
  openSet: { type: 'openSet', set: 'a1', seed: 0 },
  openGone: { type: 'openSet', set: 'gone', seed: 0 },
  describe: { type: 'describe' },
  prepare: { type: 'prepare', recipe: fakeRecipe },
  prepareAnother: { type: 'prepare', recipe: short },
  prepareRefused: { type: 'prepare', recipe: { ...fakeRecipe, batch_size: 1024 } },
  plan: { type: 'plan', recipe: short },
  visibility: { type: 'visibility', visible: false },
  start: { type: 'start' },
  startUntil: { type: 'start', until: 2 },
  pause: { type: 'pause' },
  step: { type: 'step' },
  reset: { type: 'reset' },
  stop: { type: 'stop' },
  setLive: { type: 'setLive', field: 'momentum_teacher', value: 0.9 },
  inspect: { type: 'inspect' },
  exportWeights: { type: 'exportWeights' },
  preparePaws: { type: 'prepare', recipe: { ...short, method: 'paws', labels_per_class: 2 } },
  listPictures: { type: 'listPictures' },
  relabel: { type: 'setLabels', ...labelsOf(['round', 'square']) },
  relabelOther: { type: 'setLabels', ...labelsOf(['round', 'square', 'star']) },
  pickLabels: { type: 'pickLabels', count: 2, seed: 0 },
  watchBallots: { type: 'watchBallots', indices: [1, 9] },
  evaluate: { type: 'evaluate' },
  evaluateBudget: { type: 'evaluate', budget: { labelsPerClass: 1, labelSeed: 0 } },
  fineTune: { type: 'fineTune', kind: 'linear', trunk: true, steps: 3, lr: 0.1 },
  thumbnails: { type: 'thumbnails', indices: [1], size: 2 },
} satisfies Record<string, Asked>;
type Name = keyof typeof commands;

/** Phases that may follow a phase; staying is always allowed. */
const after: Record<Phase, Phase[]> = {
  idle: ['ready'],
  ready: ['preparing'],
  preparing: ['paused', 'ready'],
  paused: ['running', 'finished', 'stopped', 'preparing', 'ready'],
  running: ['paused', 'finished', 'stopped'],
  finished: ['preparing', 'ready'],
  stopped: ['preparing', 'ready'],
  failed: [],
};

/** Lets `tasks` tasks of the event loop pass. */
async function wait(tasks: number): Promise<void> {
  for (let i = 0; i < tasks; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A command, the tasks that pass after it, and how many an operation on the device takes from then on. */
const move = fc.record({
  name: fc.constantFrom(...(Object.keys(commands) as Name[])),
  pause: fc.nat(6),
  slow: fc.nat(2),
});

/** Runs the moves on a session that has pictures and a run; returns the session when all is answered. */
async function play(moves: readonly { name: Name; pause: number; slow: number }[]): Promise<Harness> {
  const harness = new Harness({ inspectEveryMs: 0 });
  let slow = 0;
  /** Number of the latest command that lets steps happen, and of the latest answered one that forbids them. */
  let allowed = 0;
  let forbidden = 0;
  const stray: string[] = [];
  const look = (operation: string, when: string) => {
    if (operation === 'trainStep' && forbidden > allowed)
      stray.push(`a step ${when} after command ${forbidden}`);
  };
  harness.device.before = async (operation, step) => {
    look(operation, 'began');
    // Steps may end in any order; each takes as long as the latest command says.
    await wait(slow * (operation === 'trainStep' && step % 2 === 0 ? 3 : 1));
    look(operation, 'ended');
  };
  await harness.ready();
  const answers = moves.map(() => Promise.resolve());
  for (const [i, { name, pause, slow: slowness }] of moves.entries()) {
    slow = slowness;
    const number = i + 1;
    if (['start', 'startUntil', 'step'].includes(name)) allowed = number;
    answers[i] = harness.ask(commands[name]).then(() => {
      if (name === 'pause' || name === 'stop') forbidden = Math.max(forbidden, number);
    });
    await wait(pause);
  }
  await Promise.all(answers);
  slow = 0;
  if (harness.state.phase === 'running') {
    await harness.until(
      ({ type, ...event }) => type === 'state' && 'state' in event && event.state.phase !== 'running',
    );
  }
  await harness.session.dispose();
  expect(stray).toEqual([]);
  return harness;
}

function steps(harness: Harness): number[][] {
  const runs: number[][] = [];
  for (const event of harness.events) {
    if (event.type === 'prepared') runs.push([]);
    if (event.type === 'steps') runs.at(-1)!.push(...event.reports.step);
  }
  return runs;
}

/** Steps told of after their run was scored, looked at or finished with them: all have landed and are told by then. */
function toldTooLate({ events }: Harness): string[] {
  const late: string[] = [];
  let told = 0;
  let [ended, by] = [0, ''];
  for (const event of events) {
    if (event.type === 'prepared') [told, ended] = [0, 0];
    if (event.type === 'steps') {
      told = event.reports.step.at(-1)!;
      if (event.reports.step[0]! <= ended) late.push(`step ${event.reports.step[0]} after ${by} ${ended}`);
    }
    if (event.type === 'evaluation') [ended, by] = [event.evaluation.step, 'the evaluation of'];
    if (event.type === 'attention') [ended, by] = [event.attention.step, 'a look at'];
    if (event.type === 'state' && event.state.phase === 'finished' && event.state.step !== told) {
      late.push(`finished at ${event.state.step} when ${told} were told`);
    }
  }
  return late;
}

describe('any order of commands', () => {
  it('keeps the run sound', async () => {
    let mostStepping = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 14 }), async (moves) => {
        const harness = await play(moves);
        expect(harness.device.clashes).toEqual([]);
        expect(harness.device.mostStepping).toBeLessThanOrEqual(3);
        mostStepping = Math.max(mostStepping, harness.device.mostStepping);
        expect(harness.device.alive).toBe(0);
        expect(harness.device.tuning).toBe(0);

        const told = steps(harness);
        for (const run of told) expect(run).toEqual(run.map((_, i) => i + 1));
        expect(told.flat()).toHaveLength(harness.device.trainSteps);

        let phase: Phase = 'idle';
        for (const { state } of harness.all('state').slice(0, -1)) {
          if (state.phase !== phase) expect(after[phase]).toContain(state.phase);
          phase = state.phase;
          expect(state.step).toBeLessThanOrEqual(state.totalSteps);
          if (phase === 'finished') expect(state.step).toBe(state.totalSteps);
        }
        expect(toldTooLate(harness)).toEqual([]);

        const codes = harness.all('error').map(({ error, replyTo }) => [error.code, replyTo !== undefined]);
        for (const [code, isAnswer] of codes) {
          expect(isAnswer).toBe(true);
          expect(code).toMatch(/^(session\/|aborted|library\/unknown-set|labels\/classes)/);
        }
      }),
      // A run left alone has as many steps under way as there may be.
      { numRuns: 150, examples: [[[{ name: 'start', pause: 6, slow: 2 }]]] },
    );
    expect(mostStepping).toBe(3);
  });
});

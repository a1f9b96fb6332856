import { describe, expect, it } from 'vitest';
import type { Recipe } from '../recipe';
import { SessionClient } from './client';
import type { Command, SessionEvent } from './protocol';
import { evaluationAt, sampleEvent, stepBatch } from './testing/samples';
import type { OpenPort, PortHandlers } from './workerPort';

const recipe = { lr: 0.001, seed: 3 } as Recipe;

class FakeWorker {
  readonly commands: Command[] = [];
  closed = false;
  constructor(readonly handlers: PortHandlers) {}
  send(...events: SessionEvent[]) {
    for (const event of events) this.handlers.message(event);
  }
  /** Answers the latest command. */
  done() {
    this.send({ type: 'done', replyTo: this.commands.at(-1)!.id });
  }
}

function setUp() {
  const workers: FakeWorker[] = [];
  const openPort: OpenPort = (handlers) => {
    const worker = new FakeWorker(handlers);
    workers.push(worker);
    return {
      post: (command) => worker.commands.push(command),
      close: () => {
        worker.closed = true;
      },
    };
  };
  const client = new SessionClient(openPort);
  return { client, workers, worker: () => workers.at(-1)! };
}

describe('SessionClient', () => {
  it('starts the worker with the first command, once', () => {
    const { client, workers } = setUp();
    expect(workers).toHaveLength(0);
    void client.pause();
    void client.stop();
    expect(workers).toHaveLength(1);
    expect(workers[0]!.commands.map((command) => command.type)).toEqual(['pause', 'stop']);
    expect(client.getState().connection).toBe('starting');
    workers[0]!.send(sampleEvent('engine'));
    expect(client.getState()).toMatchObject({ connection: 'ready', engine: { adapter: 'a test adapter' } });
  });

  it('tells the worker that the page was hidden, and a new worker too', async () => {
    const { client, workers } = setUp();
    const told = (i: number) =>
      workers[i]!.commands.map((command) => command.type === 'visibility' && command.visible);
    client.setVisible(false);
    expect(workers).toHaveLength(0);
    client.connect();
    expect(told(0)).toEqual([false]);
    client.restart();
    expect(told(1)).toEqual([false]);
    client.setVisible(false);
    client.setVisible(true);
    expect(told(1)).toEqual([false, true]);
    client.restart();
    expect(told(2)).toEqual([]);
  });

  it('settles each promise by its own answer', async () => {
    const { client, worker } = setUp();
    const order: string[] = [];
    const first = client.pause().then(() => order.push('pause'));
    const second = client.stop().then(() => order.push('stop'));
    const [pause, stop] = worker().commands;
    worker().send({ type: 'done', replyTo: stop!.id });
    await second;
    worker().send({ type: 'done', replyTo: pause!.id });
    await first;
    expect(order).toEqual(['stop', 'pause']);
  });

  it('gives the summary of a loaded data set', async () => {
    const { client, worker } = setUp();
    const loading = client.loadBuiltin('confetti', { seed: 0, params: {} });
    worker().send(sampleEvent('dataset'));
    worker().done();
    expect((await loading).count).toBe(10);
    expect(client.getState().dataset?.name).toBe('confetti');
  });

  it('tells refused fields without throwing', async () => {
    const { client, worker } = setUp();
    const preparing = client.prepare(recipe);
    const problems = [
      { field: 'batch_size', kind: 'refusal' as const, message: 'Too large.', suggestion: 8 },
    ];
    worker().send({ type: 'refused', replyTo: worker().commands[0]!.id, problems });
    expect(await preparing).toEqual({ ok: false, problems });
    expect(client.getState().recipe).toBeNull();
    expect(client.runJson()).toBeNull();
  });

  it('rejects with the code, sentence and hint of the worker', async () => {
    const { client, worker } = setUp();
    const opening = client.openSet('a1', 0);
    const error = { code: 'library/unknown-set', message: 'It is gone.', hint: 'Choose another set.' };
    worker().send({ type: 'error', replyTo: worker().commands[0]!.id, error });
    await expect(opening).rejects.toMatchObject(error);
    expect(client.getState().error).toBeNull();
  });

  it('keeps the numbers of a run until the next one is prepared', async () => {
    const { client, worker } = setUp();
    const preparing = client.prepare(recipe, 'confetti-quick');
    worker().send(sampleEvent('prepared'), sampleEvent('evaluation'), sampleEvent('baselines'));
    worker().done();
    expect(await preparing).toMatchObject({ ok: true, prepared: { totalSteps: 10 } });
    worker().send({ type: 'steps', reports: stepBatch(1, 3) }, { type: 'steps', reports: stepBatch(4, 2) });
    worker().send({ type: 'evaluation', evaluation: evaluationAt(5) }, sampleEvent('live'));
    const state = client.getState();
    expect(state.stepsRecorded).toBe(5);
    expect([...client.metrics.column('step')]).toEqual([1, 2, 3, 4, 5]);
    expect(state.evaluations.map(({ step }) => step)).toEqual([0, 5]);

    const file = client.runJson()!;
    expect(file).toMatchObject({ preset: 'confetti-quick', recipe: { lr: 0.001 }, adapter: 'unknown' });
    expect(file.losses).toEqual([...client.metrics.column('loss')]);
    expect(file.liveChanges).toEqual([{ step: 3, field: 'teacher_temp', value: 0.02 }]);
    expect(client.metricsCsv().split('\n')[5]).toMatch(/^5,1\.05,/);

    worker().send(sampleEvent('prepared'));
    expect(client.metrics.length).toBe(0);
    expect(client.getState()).toMatchObject({ stepsRecorded: 0, evaluations: [], liveChanges: [] });
  });

  it('returns the weights that came with the answer', async () => {
    const { client, worker } = setUp();
    const exporting = client.exportWeights();
    const replyTo = worker().commands[0]!.id;
    worker().send({ type: 'weights', replyTo, step: 7, bytes: Uint8Array.of(1, 2) });
    worker().done();
    expect(await exporting).toEqual({ step: 7, bytes: Uint8Array.of(1, 2) });
  });

  it('reports a message that does not fit, and goes on', async () => {
    const { client, worker } = setUp();
    const pausing = client.pause();
    worker().handlers.message({ type: 'state', state: { phase: 'asleep' } });
    expect(client.getState().error?.code).toBe('session/protocol');
    expect(client.getState().run.phase).toBe('idle');
    worker().done();
    await pausing;
  });

  it('notifies once a change and gives the same state in between', () => {
    const { client, worker } = setUp();
    client.connect();
    let calls = 0;
    const unsubscribe = client.subscribe(() => calls++);
    const before = client.getState();
    worker().send({ type: 'done', replyTo: 99 });
    expect(client.getState()).toBe(before);
    expect(calls).toBe(0);
    worker().send(sampleEvent('state'));
    expect(calls).toBe(1);
    unsubscribe();
    worker().send(sampleEvent('timing'));
    expect(calls).toBe(1);
  });

  it('tells everybody when the worker dies, keeps the curves, and can start again', async () => {
    const { client, workers, worker } = setUp();
    const preparing = client.prepare(recipe);
    worker().send(sampleEvent('engine'), sampleEvent('dataset'), sampleEvent('prepared'));
    worker().send(sampleEvent('steps'));
    const pausing = client.pause();
    worker().handlers.failed('Out of memory.');
    await expect(preparing).rejects.toMatchObject({ code: 'session/worker-dead' });
    await expect(pausing).rejects.toMatchObject({ code: 'session/worker-dead' });
    expect(client.getState()).toMatchObject({
      connection: 'dead',
      run: { phase: 'failed' },
      error: { message: expect.stringContaining('Out of memory.') },
    });
    await expect(client.start()).rejects.toMatchObject({ code: 'session/worker-dead' });
    expect(workers).toHaveLength(1);
    expect(workers[0]!.closed).toBe(true);

    client.restart();
    expect(workers).toHaveLength(2);
    expect(client.getState()).toMatchObject({
      connection: 'starting',
      error: null,
      dataset: null,
      stepsRecorded: 3,
    });
    expect(client.metrics.length).toBe(3);
    workers[0]!.send(sampleEvent('state'));
    expect(client.getState().run.phase).toBe('idle');
    const resumed = client.stop();
    workers[1]!.done();
    await resumed;
  });

  it('says so when no worker can be made', async () => {
    const client = new SessionClient(() => {
      throw new Error('Workers are blocked here.');
    });
    await expect(client.pause()).rejects.toMatchObject({
      code: 'session/worker-dead',
      message: expect.stringContaining('Workers are blocked here.'),
    });
    expect(client.getState().connection).toBe('dead');
  });
});

import { describe, expect, it } from 'vitest';
import { PawsaurError } from '../platform/errors';
import type { SessionDependencies } from './dependencies';
import type { EngineSummary, SessionEvent } from './protocol';
import { FakeDevice, fakeDependencies, fakeRecipe } from './testing/fakes';
import { serveSession, type WorkerScope } from './workerLink';

class FakeScope implements WorkerScope {
  readonly events: SessionEvent[] = [];
  readonly #listeners = new Map<string, (event: never) => void>();

  /** As the browser does: what is handed over is gone here. */
  postMessage(message: unknown, options: { transfer: Transferable[] }): void {
    this.events.push(structuredClone(message, options) as SessionEvent);
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, listener);
  }

  dispatch(type: string, event: unknown): void {
    this.#listeners.get(type)!(event as never);
  }

  /** Sends a command and waits for its answer. */
  async ask(command: { type: string; id: number; [field: string]: unknown }): Promise<SessionEvent> {
    this.dispatch('message', { data: command });
    for (;;) {
      const answer = this.events.find(
        (event) =>
          ['done', 'refused', 'error'].includes(event.type) &&
          'replyTo' in event &&
          event.replyTo === command.id,
      );
      if (answer !== undefined) return answer;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

const engine: EngineSummary = { backend: 'webgpu', adapter: 'a fake' };
const start = async () => ({ engine, dependencies: fakeDependencies(new FakeDevice()).dependencies });
const load = { type: 'loadBuiltin', id: 1, name: 'confetti', seed: 0, params: {} };

describe('serveSession', () => {
  it('says what takes its time before the engine is up', async () => {
    const scope = new FakeScope();
    serveSession(scope, async (busy) => {
      busy('measuring');
      busy(null);
      return start();
    });
    await scope.ask(load);
    const told = scope.events.slice(0, 3);
    expect(told.map((event) => (event.type === 'state' ? event.state.activity : event.type))).toEqual([
      'measuring',
      null,
      'engine',
    ]);
  });

  it('says what the engine is, and serves commands that came before it was up in order', async () => {
    const scope = new FakeScope();
    let up: (started: { engine: EngineSummary; dependencies: SessionDependencies }) => void = () => undefined;
    serveSession(
      scope,
      () =>
        new Promise((resolve) => {
          up = resolve;
        }),
    );
    const loading = scope.ask(load);
    const preparing = scope.ask({ type: 'prepare', id: 2, recipe: fakeRecipe });
    expect(scope.events).toEqual([]);
    up(await start());
    expect((await loading).type).toBe('done');
    expect((await preparing).type).toBe('done');
    expect(scope.events[0]).toEqual({ type: 'engine', engine });
  });

  it('hands arrays over without losing its own', async () => {
    const scope = new FakeScope();
    serveSession(scope, start);
    await scope.ask(load);
    await scope.ask({ type: 'prepare', id: 2, recipe: fakeRecipe });
    for (const id of [3, 4]) expect((await scope.ask({ type: 'step', id })).type).toBe('done');
    for (const id of [5, 6]) expect((await scope.ask({ type: 'inspect', id })).type).toBe('done');
    for (const id of [7, 8]) expect((await scope.ask({ type: 'exportWeights', id })).type).toBe('done');
    const pictures = scope.events.flatMap((event) =>
      event.type === 'attention' ? [event.attention.pictures] : [],
    );
    expect(pictures).toHaveLength(5);
    for (const each of pictures) expect(each).toEqual(pictures[0]);
  });

  it('reports a command that does not fit, and goes on', async () => {
    const scope = new FakeScope();
    serveSession(scope, start);
    scope.dispatch('message', { data: { type: 'launch' } });
    scope.dispatch('messageerror', {});
    const errors = scope.events.filter((event) => event.type === 'error');
    expect(errors).toHaveLength(2);
    expect(errors[0]).toMatchObject({ error: { code: 'session/protocol' } });
    expect((await scope.ask(load)).type).toBe('done');
  });

  it('answers every command with the reason when the engine does not start', async () => {
    const scope = new FakeScope();
    serveSession(scope, async () => {
      throw new PawsaurError('no-backend', 'No way to compute was found.', 'Try another browser.');
    });
    expect(await scope.ask(load)).toMatchObject({ type: 'error', error: { code: 'no-backend' } });
    expect(scope.events[0]).toMatchObject({ type: 'state', state: { phase: 'failed' } });
    expect(scope.events[1]).toMatchObject({ type: 'error', error: { hint: 'Try another browser.' } });
  });

  it('tells what nobody else would hear of', () => {
    const scope = new FakeScope();
    serveSession(scope, start);
    scope.dispatch('unhandledrejection', { reason: new Error('Buffer mapping failed') });
    expect(scope.events[0]).toMatchObject({ error: { message: expect.stringContaining('Buffer mapping') } });
  });
});

/** A training worker of a few lines for tests of the page: it keeps a phase and answers every command. */

import { defaultPreset } from '../../recipe';
import { type ClientState, SessionClient } from '../../session/client';
import type { Command, EvaluationReport, Phase, SessionEvent } from '../../session/protocol';
import { evaluationAt, sampleEvent, stepBatch } from '../../session/testing/samples';
import type { PortHandlers } from '../../session/workerPort';
import { useUi } from '../store/actions';
import { useHistory } from '../store/history';
import { forgetLabels } from '../store/labels';
import { forgetImports } from '../store/library';
import { connectLibrary } from '../store/libraryState';
import { usePlan } from '../store/plan';
import { connectSession, useRun } from '../store/run';
import { useSetup } from '../store/setup';
import { FakeLibrary } from './fakeLibrary';

export class FakeSession {
  readonly commands: Command[] = [];
  /** What the next `prepare` or `setLive` is refused for. */
  refusals: Extract<SessionEvent, { type: 'refused' }>['problems'] = [];
  /** Why the next load fails. */
  loadError: { code: string; message: string; hint?: string } | null = null;
  /** What the network scores at a step. */
  scores: (step: number) => EvaluationReport = evaluationAt;
  /** What the next `plan` is answered with. */
  plan = sampleEvent('plan').plan;
  readonly client: SessionClient;
  workers = 0;
  #handlers: PortHandlers | null = null;
  #phase: Phase = 'idle';
  #step = 0;
  #generation = 0;
  #count = 0;
  /** Classes of the pictures loaded next; a flat folder has none. */
  classNames: string[] = sampleEvent('dataset').summary.classNames;
  /** What the next `pickLabels` is answered with. */
  picks = Int32Array.of(3, 4);

  constructor() {
    this.client = new SessionClient((handlers) => {
      this.#handlers = handlers;
      this.workers++;
      this.#phase = 'idle';
      queueMicrotask(() => this.send(sampleEvent('engine')));
      return { post: (command) => queueMicrotask(() => this.#take(command)), close: () => {} };
    });
  }

  /** The commands so far, by type, without those that change nothing. */
  get asked(): string[] {
    const quiet = ['thumbnails', 'plan', 'listPictures', 'setLabels', 'describe'];
    return this.commands.map(({ type }) => type).filter((type) => !quiet.includes(type));
  }

  last<T extends Command['type']>(type: T): Extract<Command, { type: T }> | undefined {
    return this.commands.findLast(
      (command): command is Extract<Command, { type: T }> => command.type === type,
    );
  }

  send(...events: SessionEvent[]): void {
    for (const event of events) this.#handlers?.message(event);
  }

  die(reason: string): void {
    this.#handlers?.failed(reason);
  }

  /** Goes to a phase and tells. */
  tell(phase: Phase, step = this.#step): void {
    this.#phase = phase;
    this.#step = step;
    const totalSteps = phase === 'idle' || phase === 'ready' ? 0 : 250;
    const state = { phase, activity: null, step, totalSteps, stepsPerEpoch: 10, epoch: step / 10 };
    this.send({ type: 'state', state });
  }

  /** Tells of steps taken. */
  train(steps: number): void {
    this.send({ type: 'steps', reports: stepBatch(this.#step + 1, steps) }, sampleEvent('timing'));
    this.tell(this.#phase, this.#step + steps);
  }

  /** Takes all steps that are left, and scores the last. */
  finish(): void {
    this.train(250 - this.#step);
    this.send({ type: 'evaluation', evaluation: this.scores(250) });
    this.tell('finished');
  }

  #take(command: Command): void {
    this.commands.push(command);
    const replyTo = command.id;
    const refused = this.refusals;
    if ((command.type === 'prepare' || command.type === 'setLive') && refused.length > 0) {
      this.refusals = [];
      this.send({ type: 'refused', replyTo, problems: refused });
      return;
    }
    if ((command.type === 'loadBuiltin' || command.type === 'openSet') && this.loadError !== null) {
      this.send({ type: 'error', replyTo, error: this.loadError });
      this.loadError = null;
      return;
    }
    this.#perform(command);
    this.send({ type: 'done', replyTo });
  }

  #perform(command: Command): void {
    switch (command.type) {
      case 'loadBuiltin':
        this.#load(command.name, 'builtin', 1600);
        break;
      case 'openSet':
        this.#load(command.set, 'folder', 320);
        break;
      case 'prepare':
      case 'reset':
        this.tell('preparing', 0);
        this.send(sampleEvent('prepared'), { type: 'evaluation', evaluation: this.scores(0) });
        this.tell('paused', 0);
        break;
      case 'plan':
        this.send({ type: 'plan', replyTo: command.id, plan: this.plan });
        break;
      case 'listPictures':
        this.#listPictures(command.id);
        break;
      case 'describe': {
        const { description } = sampleEvent('description');
        const event = { ...description, generation: this.#generation };
        this.send({ type: 'description', replyTo: command.id, description: event });
        break;
      }
      case 'pickLabels':
        this.send({ type: 'picks', replyTo: command.id, indices: this.picks.slice() });
        break;
      case 'start':
        this.tell('running');
        break;
      case 'pause':
        this.tell('paused');
        break;
      case 'step':
        this.train(1);
        break;
      case 'stop':
        if (this.#phase === 'running' || this.#phase === 'paused') this.tell('stopped');
        break;
      case 'exportWeights':
        this.send({ type: 'weights', replyTo: command.id, step: this.#step, bytes: new Uint8Array(4) });
        break;
      case 'thumbnails': {
        const { indices, size } = command;
        const pixels = new Uint8ClampedArray(indices.length * size * size * 4);
        const thumbnails = { generation: this.#generation, indices, size, pixels };
        this.send({ type: 'thumbnails', replyTo: command.id, thumbnails });
        break;
      }
    }
  }

  /** Every fifth picture is held out; picture i is of class i mod the number of classes. */
  #listPictures(replyTo: number): void {
    const { classNames } = this;
    const classes = classNames.length;
    const indices = Array.from({ length: this.#count }, (_, i) => i);
    const pictures = {
      generation: this.#generation,
      classNames: [...classNames],
      names: indices.map((i) => (classes > 0 ? `${classNames[i % classes]}/${i}.png` : `${i}.png`)),
      truth: Int32Array.from(indices, (i) => (classes > 0 ? i % classes : -1)),
      given: new Int32Array(this.#count).fill(-1),
      heldOut: Uint8Array.from(indices, (i) => (i % 5 === 4 ? 1 : 0)),
      rows: Int32Array.from(indices),
    };
    this.send({ type: 'pictures', replyTo, pictures });
  }

  #load(name: string, kind: 'builtin' | 'folder', trainCount: number): void {
    const set = kind === 'folder' ? name : null;
    const { summary } = sampleEvent('dataset');
    const heldOutCount = trainCount / 4;
    const count = trainCount + heldOutCount;
    const generation = ++this.#generation;
    const { classNames } = this;
    this.#count = count;
    const size = kind === 'builtin' ? 64 : 80;
    this.send({
      type: 'dataset',
      summary: { ...summary, generation, set, name, kind, size, count, trainCount, heldOutCount, classNames },
    });
    this.tell('ready', 0);
  }
}

const emptyRun: ClientState = new SessionClient().getState();

/** Puts every store back to a fresh page and connects it to a new fake session, and to a library. */
export function freshPage(library = new FakeLibrary()): FakeSession {
  connectLibrary(library);
  forgetImports();
  localStorage.clear();
  useSetup.setState(
    {
      preset: defaultPreset.name,
      recipe: { ...defaultPreset.recipe },
      arrival: null,
      refusals: [],
      own: null,
      loaded: null,
      loading: null,
      dataError: null,
    },
    true,
  );
  useUi.setState({ pending: null, shownField: null });
  usePlan.setState({ key: null, report: null });
  forgetLabels();
  useHistory.setState({ runs: [], savedStep: 0 });
  useRun.setState(emptyRun, true);
  const fake = new FakeSession();
  connectSession(fake.client);
  return fake;
}

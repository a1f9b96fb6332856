/**
 * The page's side of a training run: a plain observable. It starts the worker, turns commands into promises,
 * keeps the latest of every kind of event as one immutable state, and the step numbers in typed-array
 * columns. A worker that dies leaves the numbers it sent and can be started again.
 */

import type { Labelling } from '../labels';
import { messageOf, PawsaurError } from '../platform/errors';
import type { BuiltinParams, Recipe } from '../recipe';
import { type ClientState, initialState, reduceEvent } from './clientState';
import { MetricsBuffer } from './metricsBuffer';
import {
  type Command,
  type CommandType,
  type DatasetSummary,
  type Description,
  type ErrorReport,
  type EvaluationReport,
  type FieldProblemReport,
  type FineTuned,
  type PictureList,
  type PlanReport,
  type PreparedReport,
  parseEvent,
  type SessionEvent,
  type Setting,
  type Thumbnails,
} from './protocol';
import { metricsCsv, type RunFile, runJson } from './runFile';
import { type OpenPort, openTrainingWorker, type WorkerPort } from './workerPort';

export type { ClientState } from './clientState';
export { type LiveChange, type RunFile, runText } from './runFile';

/** What became of a recipe: ready to train, or the fields that keep it from starting. */
export type PrepareResult =
  | { ok: true; prepared: PreparedReport }
  | { ok: false; problems: FieldProblemReport[] };

type Ask = Command extends infer C ? (C extends Command ? Omit<C, 'id'> : never) : never;
type Answers = SessionEvent[];
type EventOf<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;
type CommandOf<T extends CommandType> = Omit<Extract<Command, { type: T }>, 'type' | 'id'>;

/** A labelling of the pictures of the data set `generation`. */
export interface GivenLabels extends Labelling {
  generation: number;
}
/** So many labels of each class, and which draw of them. */
export type LabelBudget = NonNullable<CommandOf<'evaluate'>['budget']>;
export type FineTuneRequest = CommandOf<'fineTune'>;

interface Pending {
  answers: Answers;
  resolve(answers: Answers): void;
  reject(error: PawsaurError): void;
}

export class SessionClient {
  /** All step numbers of the current run. Cleared when the next one is prepared. */
  readonly metrics = new MetricsBuffer();

  readonly #openPort: OpenPort;
  readonly #listeners = new Set<() => void>();
  readonly #eventListeners = new Set<(event: SessionEvent) => void>();
  readonly #pending = new Map<number, Pending>();
  #state: ClientState = initialState();
  #port: WorkerPort | null = null;
  #nextId = 1;
  /** Rises with every worker opened or closed: a late message of an earlier one is not heard. */
  #generation = 0;
  #visible = true;
  /** What `prepare` was last asked for; becomes the run's own with its `prepared` event. */
  #asked: { recipe: Recipe; preset: string | null } | null = null;

  /** @param openPort starts the worker; tests give a fake one. The worker starts with the first command or `connect()`. */
  constructor(openPort: OpenPort = openTrainingWorker) {
    this.#openPort = openPort;
  }

  /** The latest state; the same object until something changes. */
  readonly getState = (): ClientState => this.#state;

  /** Calls `listener` after every change of state; returns the way to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls `listener` with every valid event, after the state took it in. */
  readonly onEvent = (listener: (event: SessionEvent) => void): (() => void) => {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  };

  /** Starts the worker, and with it the engine, before anything is asked of it. */
  connect(): void {
    if (this.#port !== null || this.#state.connection === 'dead') return;
    this.#update({ ...this.#state, connection: 'starting' });
    const generation = ++this.#generation;
    const current = () => this.#generation === generation;
    const handlers = {
      message: (data: unknown) => {
        if (current()) this.#receive(data);
      },
      failed: (reason: string) => {
        if (current()) this.#die(reason);
      },
    };
    try {
      const port = this.#openPort(handlers);
      if (current()) this.#port = port;
      else port.close();
      if (!this.#visible) this.#tellVisibility();
    } catch (thrown) {
      this.#die(messageOf(thrown));
    }
  }

  /** Starts a new worker in place of a dead one (or a living one). The data set has to be loaded again; step
   * numbers and scores stay until the next run is prepared. */
  restart(): void {
    this.#close(new PawsaurError('session/closed', 'The training worker was started again.'));
    const { recipe, preset, evaluations, baselines, stepsRecorded, liveChanges } = this.#state;
    const kept = { recipe, preset, evaluations, baselines, stepsRecorded, liveChanges };
    this.#update({ ...initialState(), ...kept });
    this.connect();
  }

  /** Tells whether the page can be seen: the worker and those after it pace themselves by it. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#tellVisibility();
  }

  /** Ends the worker for good. */
  dispose(): void {
    this.#close(new PawsaurError('session/closed', 'The training worker was ended.'));
    this.#listeners.clear();
    this.#eventListeners.clear();
  }

  /** Makes a built-in set. @throws PawsaurError */
  async loadBuiltin(
    name: 'confetti' | 'grey' | 'noise',
    options: { seed: number; params: BuiltinParams },
  ): Promise<DatasetSummary> {
    await this.#ask({ type: 'loadBuiltin', name, ...options });
    return this.#loadedDataset();
  }

  /** Opens a set of the library; `seed` draws what is held out where nothing names it. @throws PawsaurError */
  async openSet(set: string, seed: number): Promise<DatasetSummary> {
    await this.#ask({ type: 'openSet', set, seed });
    return this.#loadedDataset();
  }

  /** Builds the network, scores it before the first step. @throws PawsaurError */
  async prepare(recipe: Recipe, preset: string | null = null): Promise<PrepareResult> {
    this.#asked = { recipe, preset };
    const problems = refusal(await this.#ask({ type: 'prepare', recipe: { ...recipe } }));
    if (problems !== null) return { ok: false, problems };
    const { prepared } = this.#state;
    if (prepared === null) throw new PawsaurError('session/protocol', 'The worker did not describe the run.');
    return { ok: true, prepared };
  }

  /** What a run of a recipe would take on the pictures that are there; null for one that cannot start. @throws PawsaurError */
  async plan(recipe: Recipe): Promise<PlanReport | null> {
    for (const event of await this.#ask({ type: 'plan', recipe: { ...recipe } })) {
      if (event.type === 'plan') return event.plan;
    }
    return null;
  }

  /** Trains on, from wherever the run is; to the end, or until a step is taken and scored. */
  async start(until?: number): Promise<void> {
    await this.#ask(until === undefined ? { type: 'start' } : { type: 'start', until });
  }

  /** Resolves when no step is under way any more. */
  async pause(): Promise<void> {
    await this.#ask({ type: 'pause' });
  }

  /** Takes one step of a paused run. */
  async step(): Promise<void> {
    await this.#ask({ type: 'step' });
  }

  /** Back to step 0: same recipe and seed, fresh weights, live settings as in the recipe. */
  async reset(): Promise<void> {
    await this.#ask({ type: 'reset' });
  }

  /** Ends the run; its weights can still be exported. */
  async stop(): Promise<void> {
    await this.#ask({ type: 'stop' });
  }

  /** Changes a live field from the next step on. Empty when taken, else what is wrong with the value. */
  async setLive(field: keyof Recipe & string, value: Setting): Promise<FieldProblemReport[]> {
    return refusal(await this.#ask({ type: 'setLive', field, value })) ?? [];
  }

  /** Draws attention and views now. */
  async inspect(): Promise<void> {
    await this.#ask({ type: 'inspect' });
  }

  /** Mean and deviation of the colours of the training pictures. @throws PawsaurError */
  async describe(): Promise<Description> {
    return (await this.#answer({ type: 'describe' }, 'description')).description;
  }

  /** Every picture of the set that is loaded. @throws PawsaurError */
  async listPictures(): Promise<PictureList> {
    return (await this.#answer({ type: 'listPictures' }, 'pictures')).pictures;
  }

  /**
   * Gives the labels of the pictures `generation` to whoever asks next, and to a run that goes.
   * @throws PawsaurError when they do not fit
   */
  async setLabels({ generation, classNames, given, truth }: GivenLabels): Promise<void> {
    const copies = { classNames: [...classNames], given: given.slice(), truth: truth.slice() };
    await this.#ask({ type: 'setLabels', generation, ...copies });
  }

  /** Varied pictures to label until there are `count` of each class. @throws PawsaurError */
  async pickLabels(count: number, seed = 0): Promise<Int32Array> {
    return (await this.#answer({ type: 'pickLabels', count, seed }, 'picks')).indices;
  }

  /** Whose ballots the state shows from now on; nobody's: the usual ones. @throws PawsaurError */
  async watchBallots(indices: readonly number[]): Promise<void> {
    await this.#ask({ type: 'watchBallots', indices: [...indices] });
  }

  /** Scores the network as it is, with other labels perhaps; the state does not keep it. @throws PawsaurError */
  async evaluate(budget?: LabelBudget): Promise<EvaluationReport> {
    const ask: Ask = budget === undefined ? { type: 'evaluate' } : { type: 'evaluate', budget };
    return (await this.#answer(ask, 'evaluation')).evaluation;
  }

  /** Trains a copy of the network on the labelled pictures; news of it is in the state. @throws PawsaurError */
  async fineTune(request: FineTuneRequest): Promise<FineTuned> {
    return (await this.#answer({ type: 'fineTune', ...request }, 'fineTuned')).fineTuned;
  }

  /** The weights as a safetensors file, official names. */
  async exportWeights(): Promise<{ step: number; bytes: Uint8Array }> {
    const { step, bytes } = await this.#answer({ type: 'exportWeights' }, 'weights');
    return { step, bytes };
  }

  /** Small pictures of chosen images, RGBA. */
  async thumbnails(indices: number[], size: number): Promise<Thumbnails> {
    return (await this.#answer({ type: 'thumbnails', indices, size }, 'thumbnails')).thumbnails;
  }

  /** The step numbers of the run as CSV. */
  metricsCsv(): string {
    return metricsCsv(this.metrics);
  }

  /** The run as one JSON-ready object; null before the first one was prepared. */
  runJson(): RunFile | null {
    const { recipe } = this.#state;
    return recipe === null ? null : runJson({ ...this.#state, recipe, metrics: this.metrics });
  }

  #tellVisibility(): void {
    // A worker that is not there, or ends before it answers, has nothing to pace.
    if (this.#port !== null) this.#ask({ type: 'visibility', visible: this.#visible }).catch(() => undefined);
  }

  /** The latest event of a kind that came as the answer. */
  async #answer<T extends SessionEvent['type']>(ask: Ask, type: T): Promise<EventOf<T>> {
    const event = (await this.#ask(ask)).findLast((answer) => answer.type === type);
    if (event !== undefined) return event as EventOf<T>;
    throw new PawsaurError('session/protocol', 'The worker ended without an answer.');
  }

  #ask(ask: Ask): Promise<Answers> {
    this.connect();
    const port = this.#port;
    if (port === null) return Promise.reject(toError(this.#state.error ?? deadReport('')));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { answers: [], resolve, reject });
      try {
        port.post({ ...ask, id } as Command);
      } catch (thrown) {
        this.#pending.delete(id);
        reject(new PawsaurError('session/protocol', `The worker cannot take this: ${messageOf(thrown)}`));
      }
    });
  }

  #receive(data: unknown): void {
    const parsed = parseEvent(data);
    if (!parsed.ok) {
      const message = `The worker sent a message that does not fit the protocol (${parsed.reason}); it was ignored.`;
      this.#update({ ...this.#state, error: { code: 'session/protocol', message } });
      return;
    }
    const event = parsed.value;
    if (event.type === 'prepared') this.metrics.clear();
    if (event.type === 'steps') this.metrics.append(event.reports);
    const next = reduceEvent(this.#state, event, this.metrics.length);
    this.#update(event.type === 'prepared' ? { ...next, ...this.#asked } : next);
    this.#settle(event);
    for (const listener of [...this.#eventListeners]) listener(event);
  }

  #settle(event: SessionEvent): void {
    if (!('replyTo' in event) || event.replyTo === undefined) return;
    const pending = this.#pending.get(event.replyTo);
    if (pending === undefined) return;
    pending.answers.push(event);
    if (event.type === 'error') pending.reject(toError(event.error));
    else if (event.type === 'done' || event.type === 'refused') pending.resolve(pending.answers);
    else return;
    this.#pending.delete(event.replyTo);
  }

  #loadedDataset(): DatasetSummary {
    const { dataset } = this.#state;
    if (dataset === null)
      throw new PawsaurError('session/protocol', 'The worker did not describe the data set.');
    return dataset;
  }

  #die(reason: string): void {
    const error = deadReport(reason);
    const run = { ...this.#state.run, phase: 'failed' as const, activity: null };
    this.#update({ ...this.#state, connection: 'dead', run, error });
    this.#close(toError(error));
  }

  /** Hears no more of the worker, and tells everybody who waits for it why. */
  #close(error: PawsaurError): void {
    this.#generation++;
    this.#port?.close();
    this.#port = null;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }

  #update(state: ClientState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

function refusal(answers: Answers): FieldProblemReport[] | null {
  for (const event of answers) if (event.type === 'refused') return event.problems;
  return null;
}

function toError({ code, message, hint }: ErrorReport): PawsaurError {
  return new PawsaurError(code, message, hint);
}

function deadReport(reason: string): ErrorReport {
  return {
    code: 'session/worker-dead',
    message: `The training worker stopped unexpectedly. ${reason}`.trim(),
    hint: 'The curves up to here are kept. Start it again and load the pictures anew.',
  };
}

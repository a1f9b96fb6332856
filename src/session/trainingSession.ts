/**
 * A training session: takes commands in any order, keeps one data set and at most one run, and answers every
 * command exactly once. Runs in a worker and in Node alike; everything it says goes through `emit`.
 */

import { writeSafetensors } from '../checkpoint';
import type { ImageDataset } from '../dataset';
import { asPawsaurError, PawsaurError } from '../platform/errors';
import { parseRecipe, type Recipe } from '../recipe';
import { ColourStatistics } from './colourStatistics';
import { DataShelf, type GivenLabels } from './dataShelf';
import type { SessionDependencies } from './dependencies';
import { LabelDesk } from './labelDesk';
import type { Command, FieldProblemReport, FineTuned, SessionEvent, Setting } from './protocol';
import { isRefusal, RunPlans } from './runPlans';
import { errorReport, TrainingLoop } from './trainingLoop';
import { type RunContext, TrainingRun } from './trainingRun';

type Problems = FieldProblemReport[];
const none: Problems = [];

export class TrainingSession {
  readonly #dependencies: SessionDependencies;
  readonly #emit: (event: SessionEvent) => void;
  readonly #shelf = new DataShelf();
  readonly #plans: RunPlans;
  readonly #desk: LabelDesk;
  /** The latest plan asked for: earlier ones are of no interest any more. */
  #planned = 0;
  readonly #loop: TrainingLoop;
  readonly #forgetEngine: () => void;
  readonly #engineFailed: Promise<never>;
  #engineFailure: PawsaurError | null = null;
  /** Loads that have not put their data in place yet; `#loaded` settles, never badly, with the latest. */
  #loads = 0;
  #loaded: Promise<unknown> = Promise.resolve();
  /** The latest preparation: settles, never badly, with it; null when none is under way. */
  #preparing: Promise<unknown> | null = null;
  #preparation = new AbortController();
  /** Labels that wait for pictures or for a run. */
  #relabels = 0;
  /** Ends what is done beside the run. */
  #asides = new AbortController();

  constructor(dependencies: SessionDependencies, emit: (event: SessionEvent) => void) {
    this.#dependencies = dependencies;
    this.#emit = emit;
    this.#loop = new TrainingLoop(emit);
    this.#plans = new RunPlans(dependencies);
    this.#desk = new LabelDesk(this.#shelf, this.#loop, emit);
    const { promise, reject } = withRejection();
    this.#engineFailed = promise;
    this.#forgetEngine = dependencies.onEngineFailure((error) => {
      if (this.#engineFailure !== null) return;
      this.#engineFailure = error;
      this.#preparation.abort();
      this.#preparing = null;
      this.#loop.fail(error);
      reject(error);
    });
  }

  /** Does what the command says and answers it. Never throws: failures are answers too. */
  async handle(command: Command): Promise<void> {
    const replyTo = command.id;
    try {
      const work = this.#perform(command);
      // A dead device may never answer: nobody waits for it any longer.
      const problems = await (this.#engineFailure ? work : Promise.race([work, this.#engineFailed]));
      this.#emit(problems.length > 0 ? { type: 'refused', replyTo, problems } : { type: 'done', replyTo });
    } catch (thrown) {
      this.#emit({ type: 'error', replyTo, error: errorReport(asPawsaurError(thrown)) });
    }
  }

  /** Ends the session and frees the device's memory. */
  async dispose(): Promise<void> {
    this.#loop.halt();
    this.#giveUp();
    this.#shelf.cancel();
    this.#forgetEngine();
    await this.#loop.take(async () => {
      this.#loop.replace(null, 'idle');
      this.#shelf.close();
    });
  }

  async #perform(command: Command): Promise<Problems> {
    switch (command.type) {
      case 'loadBuiltin':
        await this.#load((signal) =>
          this.#dependencies.makeBuiltin(command.name, {
            seed: command.seed,
            params: command.params,
            signal,
          }),
        );
        return none;
      case 'openSet':
        await this.#load((signal) => {
          const { seed } = command;
          return this.#dependencies.openSet(command.set, { seed, signal });
        });
        return none;
      case 'prepare':
        return this.#prepare(command.recipe);
      case 'plan':
        return this.#plan(command);
      case 'reset':
        return this.#reset();
      case 'start':
        await this.#whenSettled(() => this.#loop.start(command.until));
        return none;
      case 'pause':
        this.#endAsides();
        await this.#loop.rest('paused');
        return none;
      case 'step':
        await this.#whenSettled(() => this.#loop.singleStep());
        return none;
      case 'stop':
        await this.#stop();
        return none;
      case 'setLive':
        return this.#whenSettled(() => this.#loop.requireTrainable().setLive(command.field, command.value));
      case 'inspect':
        await this.#withRun((run) => run.inspect());
        return none;
      case 'exportWeights':
        await this.#withRun((run) => this.#exportWeights(run, command.id));
        return none;
      case 'visibility':
        this.#dependencies.setVisible?.(command.visible);
        return none;
      case 'listPictures':
        this.#emit({ type: 'pictures', replyTo: command.id, pictures: this.#shelf.list() });
        return none;
      case 'describe':
        await this.#describe(command.id);
        return none;
      case 'setLabels':
        await this.#setLabels(command);
        return none;
      case 'pickLabels':
        await this.#pickLabels(command);
        return none;
      case 'watchBallots':
        await this.#withRun((run) => run.lookAtBallots(command.indices));
        return none;
      case 'evaluate':
        await this.#aside(async (signal) => {
          const evaluation = await this.#loop.requireRun().scoreFor(command.budget, signal);
          this.#emit({ type: 'evaluation', replyTo: command.id, evaluation });
        });
        return none;
      case 'fineTune':
        await this.#aside((signal) => {
          const tell = (fineTuned: FineTuned) =>
            this.#emit({ type: 'fineTuned', replyTo: command.id, fineTuned });
          return this.#loop.requireRun().fineTune(command, tell, signal);
        });
        return none;
      case 'thumbnails': {
        const thumbnails = this.#shelf.thumbnails(command.indices, command.size);
        this.#emit({ type: 'thumbnails', replyTo: command.id, thumbnails });
        return none;
      }
    }
  }

  /** Pauses the run; only when the new pictures are there does it go. */
  async #load(open: (signal: AbortSignal) => Promise<ImageDataset>): Promise<void> {
    void this.#loop.rest('paused');
    this.#giveUp();
    const putInPlace = (dataset: ImageDataset) =>
      this.#loop.take(async () => {
        const { summary } = this.#shelf.put(dataset);
        this.#emit({ type: 'dataset', summary });
        this.#loop.replace(null, 'ready');
      });
    const loading = this.#shelf.load(open).then(putInPlace);
    this.#loaded = loading.catch(() => undefined);
    this.#countLoads(1);
    try {
      await loading;
    } finally {
      this.#countLoads(-1);
    }
  }

  #countLoads(change: number): void {
    this.#loads += change;
    this.#loop.setLoading(this.#loads > 0);
  }

  /** Takes labels once the pictures are there that they are for; those of a run that rests are voted on anew. */
  async #setLabels(command: GivenLabels): Promise<void> {
    this.#requireEngine();
    const take = () => {
      if (this.#desk.take(command)) this.#discardRun();
    };
    if (this.#loads + this.#relabels === 0 && this.#preparing === null) take();
    else {
      const preparing = this.#preparing;
      this.#relabels++;
      const taking = this.#loaded.then(() => preparing).then(take);
      this.#loaded = taking.catch(() => undefined);
      try {
        await taking;
      } finally {
        this.#relabels--;
      }
    }
    await this.#loop.take(async () => {
      if (this.#loop.resting) await this.#loop.run?.lookAtBallots();
    });
  }

  #discardRun(): void {
    void this.#loop.rest('paused');
    this.#giveUp();
    const gone = this.#loop.take(async () => this.#loop.replace(null, 'ready'));
    this.#loaded = Promise.all([this.#loaded, gone]).catch(() => undefined);
  }

  /** Looks at all training pictures, a few at a time, between the steps of a run that goes. */
  async #describe(replyTo: number): Promise<void> {
    this.#requireEngine();
    await this.#loaded;
    const { data } = this.#shelf;
    const colours = new ColourStatistics(data);
    while (!colours.done) {
      await this.#loop.beside(() => {
        this.#shelf.requireCurrent(data);
        colours.addSome();
      });
    }
    const { mean, deviation } = colours;
    const { generation } = data.summary;
    this.#emit({ type: 'description', replyTo, description: { generation, mean, deviation } });
  }

  async #pickLabels(command: Extract<Command, { type: 'pickLabels' }>): Promise<void> {
    await this.#aside(async (signal) => {
      const indices = await this.#desk.pick(command, this.#loop.run, signal);
      this.#emit({ type: 'picks', replyTo: command.id, indices });
    });
  }

  /**
   * Does something longer on the device beside the run, in its turn; pausing, stopping and whatever replaces the
   * run end it early.
   */
  async #aside(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#requireEngine();
    const { signal } = this.#asides;
    await this.#loaded;
    await this.#preparing;
    await this.#loop.take(async () => {
      signal.throwIfAborted();
      await work(signal);
    });
  }

  async #prepare(given: Readonly<Record<string, Setting>>): Promise<Problems> {
    const { recipe, problems } = parseRecipe(given);
    if (problems.length > 0) return problems;
    if (this.#loads + this.#relabels === 0) {
      // A recipe that cannot start leaves the run that goes alone.
      const refusals = this.#plans.check(recipe, this.#shelf.data).filter(isRefusal);
      if (refusals.length > 0) return refusals;
    }
    return this.#rebuild(recipe);
  }

  /** Plans when it is its turn, between the steps of a run that goes; a later plan overtakes it. */
  async #plan(command: Extract<Command, { type: 'plan' }>): Promise<Problems> {
    this.#requireEngine();
    const { recipe, problems } = parseRecipe(command.recipe);
    if (problems.length > 0) return problems;
    this.#planned = command.id;
    await this.#loaded;
    const { data } = this.#shelf;
    const answer = await this.#plans.report(recipe, data, (plan) =>
      this.#loop.beside(() => {
        if (this.#planned !== command.id || this.#shelf.data !== data) {
          throw new PawsaurError('session/overtaken', 'Another recipe or other pictures came first.');
        }
        return plan();
      }),
    );
    if (Array.isArray(answer)) return answer;
    this.#emit({ type: 'plan', replyTo: command.id, plan: answer });
    return none;
  }

  async #reset(): Promise<Problems> {
    if (this.#preparing === null) return this.#rebuild(this.#loop.requireRun().recipe);
    // What is being prepared will stand at step 0 as it is.
    this.#loop.halt();
    await this.#preparing;
    this.#loop.requireRun();
    return none;
  }

  /** Puts a new run of `recipe` in the place of the one that is there, as soon as the device is free. */
  #rebuild(recipe: Recipe): Promise<Problems> {
    this.#requireEngine();
    void this.#loop.rest('paused');
    this.#giveUp();
    this.#preparation = new AbortController();
    const { signal } = this.#preparation;
    const building = this.#loaded.then(() =>
      this.#loop.take(async () => {
        signal.throwIfAborted();
        const problems = this.#plans.check(recipe, this.#shelf.data);
        const refusals = problems.filter(isRefusal);
        if (refusals.length === 0) await this.#build(recipe, problems, signal);
        return refusals;
      }),
    );
    const end = () => {
      if (this.#preparing === ended) this.#preparing = null;
    };
    const ended: Promise<void> = building.then(end, end);
    this.#preparing = ended;
    return building;
  }

  async #build(recipe: Recipe, warnings: Problems, signal: AbortSignal): Promise<void> {
    this.#loop.replace(null, 'preparing');
    try {
      const run = await TrainingRun.build(this.#runContext(), recipe);
      this.#loop.replace(run, 'preparing');
      signal.throwIfAborted();
      await run.introduce(warnings, signal);
      signal.throwIfAborted();
      this.#loop.setPhase('paused');
    } catch (error) {
      this.#loop.replace(null, this.#engineFailure === null ? 'ready' : 'failed');
      throw error;
    }
  }

  #runContext(): RunContext {
    return {
      dependencies: this.#dependencies,
      data: this.#shelf.data,
      emit: this.#emit,
      busy: (activity) => this.#loop.setActivity(activity),
      compiling: (progress) => this.#loop.setCompiling(progress),
      now: this.#dependencies.now ?? (() => performance.now()),
    };
  }

  async #stop(): Promise<void> {
    this.#shelf.cancel();
    this.#giveUp();
    await this.#loop.rest('stopped');
    await this.#preparing;
  }

  async #exportWeights(run: TrainingRun, replyTo: number): Promise<void> {
    this.#loop.setActivity('exporting');
    try {
      const bytes = writeSafetensors(await run.stateDict(), {
        format: 'pt',
        pawsaur: '1',
        step: String(run.sent),
        recipe: JSON.stringify(run.recipe),
      });
      this.#emit({ type: 'weights', replyTo, step: run.sent, bytes });
    } finally {
      this.#loop.setActivity(null);
    }
  }

  /** Does something with the run that is there when its turn comes. */
  async #withRun(operation: (run: TrainingRun) => Promise<void>): Promise<void> {
    this.#requireEngine();
    await this.#loop.take(() => operation(this.#loop.requireRun()));
  }

  /** Does something after loads and preparations, unless the course has changed by then. */
  async #whenSettled<T>(operation: () => T | Promise<T>): Promise<T> {
    this.#requireEngine();
    const { course } = this.#loop;
    await this.#loaded;
    await this.#preparing;
    // Checked in the same breath: nothing may come between this and the operation.
    this.#loop.requireCourse(course);
    return operation();
  }

  /** Gives up a preparation or an evaluation under way; the run itself stays as it is. */
  #giveUp(): void {
    this.#preparation.abort();
    this.#loop.run?.giveUp();
    this.#endAsides();
  }

  #endAsides(): void {
    this.#asides.abort(
      new PawsaurError('session/overtaken', 'Another command came first, so this one was ended.'),
    );
    this.#asides = new AbortController();
  }

  #requireEngine(): void {
    if (this.#engineFailure !== null) throw this.#engineFailure;
  }
}

/** A promise that can only be broken, and may be broken without anybody listening. */
function withRejection(): { promise: Promise<never>; reject(error: PawsaurError): void } {
  let reject: (error: PawsaurError) => void = () => undefined;
  const promise = new Promise<never>((_, rejectIt) => {
    reject = rejectIt;
  });
  promise.catch(() => undefined);
  return { promise, reject };
}

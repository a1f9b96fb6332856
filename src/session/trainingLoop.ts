/**
 * The run that is there and how it moves: one step after the other, an evaluation or a look in between, a
 * pause for messages after each. Owns the phase and tells every change of it.
 *
 * Two rules keep any order of commands sound. The device is used in turns, one operation at a time; only steps
 * may be under way together, so that the device never waits for this side, and all of them have landed before
 * anything else has its turn. And what changes where the run is going (pause, stop, reset, new data, a new
 * recipe) raises `course`: a start or a single step that still waits for its turn belongs to the old course and
 * is dropped.
 */

import { asPawsaurError, PawsaurError } from '../platform/errors';
import type { Activity, ErrorReport, Phase, Progress, SessionEvent, SessionState } from './protocol';
import type { TrainingRun } from './trainingRun';
import { nextTask, Turns } from './turns';

/** Most steps under way: one on the device, one behind it, one being heard of. */
const stepsInFlight = 3;

export class TrainingLoop {
  readonly #emit: (event: SessionEvent) => void;
  readonly #turns = new Turns();
  #phase: Phase = 'idle';
  #activity: Activity | null = null;
  #loading = false;
  #compiling: Progress | null = null;
  #run: TrainingRun | null = null;
  #course = 0;
  /** Whether to go on, and whether the loop is there to do so. */
  #training = false;
  #looping = false;
  /** Step at which to pause. */
  #until = Number.POSITIVE_INFINITY;
  /** The steps under way, in order; each settles, never badly, when what it brought has been dealt with. */
  #flights: Promise<void>[] = [];

  constructor(emit: (event: SessionEvent) => void) {
    this.#emit = emit;
  }

  get run(): TrainingRun | null {
    return this.#run;
  }

  /** The run that may take another step, now or once it is ready; null when there is none. */
  get runUnderWay(): TrainingRun | null {
    return ['preparing', 'running', 'paused'].includes(this.#phase) ? this.#run : null;
  }

  /** Whether there is a run that may be looked at, and no step of it is to come by itself. */
  get resting(): boolean {
    return ['paused', 'stopped', 'finished'].includes(this.#phase);
  }

  /** Whether what the run says is not heard any more. */
  get failed(): boolean {
    return this.#phase === 'failed';
  }

  get course(): number {
    return this.#course;
  }

  /** The run. @throws PawsaurError 'session/not-prepared' */
  requireRun(): TrainingRun {
    if (this.#run !== null) return this.#run;
    throw new PawsaurError(
      'session/not-prepared',
      'There is no run yet.',
      'Choose pictures and a recipe first.',
    );
  }

  /** The run, when it can take another step. @throws PawsaurError 'session/not-prepared' or 'session/ended' */
  requireTrainable(): TrainingRun {
    const run = this.requireRun();
    if (this.#phase === 'paused' || this.#phase === 'running') return run;
    throw new PawsaurError('session/ended', `This run has ${this.#phase}.`, 'Reset it to train again.');
  }

  /** @throws PawsaurError 'session/overtaken' when the course is not `course` any more */
  requireCourse(course: number): void {
    if (course === this.#course) return;
    throw new PawsaurError('session/overtaken', 'Another command came first, so this one was dropped.');
  }

  /** Does something on the device when everything before it has ended, steps under way included. */
  take<T>(operation: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      await this.#landed();
      return operation();
    });
  }

  /** Does something that leaves the device alone between two things on it; steps under way go on. */
  async beside<T>(work: () => T): Promise<T> {
    const result = await this.#turns.take(async () => work());
    await nextTask();
    return result;
  }

  /** Puts another run, or none, in the place of the one that is there, which is freed. */
  replace(run: TrainingRun | null, phase: Phase): void {
    this.#run?.dispose();
    this.#run = run;
    this.#activity = null;
    // What compiles belongs to the run that takes its place.
    if (run === null) this.#compiling = null;
    this.setPhase(phase);
  }

  setPhase(phase: Phase): void {
    this.#phase = phase;
    this.#announce();
  }

  setActivity(activity: Activity | null): void {
    this.#activity = activity;
    this.#announce();
  }

  /** Loading goes on beside whatever the run does, and is named before it. */
  setLoading(loading: boolean): void {
    this.#loading = loading;
    this.#announce();
  }

  /** Kernels compile beside whatever the run does, and are named before it. */
  setCompiling(progress: Progress | null): void {
    this.#compiling = progress;
    this.#announce();
  }

  /** Trains on, to the end or until a step is taken and scored. @throws PawsaurError when there is no run to train */
  start(until?: number): void {
    this.requireTrainable();
    this.#until = until ?? Number.POSITIVE_INFINITY;
    if (this.#training) return;
    this.#training = true;
    this.setPhase('running');
    if (!this.#looping) void this.#loop();
  }

  /** Takes one step of a paused run, with its evaluation where due, and looks at it. */
  async singleStep(): Promise<void> {
    const run = this.requireTrainable();
    if (this.#training) {
      throw new PawsaurError('session/running', 'The run is going.', 'Pause it to take single steps.');
    }
    const course = this.#course;
    await this.take(async () => {
      this.requireCourse(course);
      try {
        if (!run.finished) await this.#send(run);
        // Training may have been asked for meanwhile, and then numbers wait for more of them.
        this.#tellSteps();
        if (run.evaluationDue) await run.evaluate();
        await run.inspect();
        if (run.finished && course === this.#course) this.#finish(run);
      } catch (error) {
        this.#stepFailed(run, error);
        throw error;
      }
    });
  }

  /** Changes the course: no step begins any more. */
  halt(): void {
    this.#course++;
    this.#training = false;
  }

  /** Ends training after the steps under way; their numbers are told before the new phase. */
  async rest(phase: 'paused' | 'stopped'): Promise<void> {
    this.halt();
    const wasPaused = this.#phase === 'paused';
    if (this.#phase === 'running' || (wasPaused && phase === 'stopped')) this.#phase = phase;
    await this.#landed();
    this.#announce();
  }

  /** Stops visibly: the numbers so far are told and kept, then what happened. */
  fail(error: PawsaurError): void {
    this.halt();
    this.#flights = [];
    this.#run?.retire();
    this.#tellSteps();
    this.setPhase('failed');
    this.#emit({ type: 'error', error: errorReport(error) });
  }

  async #loop(): Promise<void> {
    this.#looping = true;
    while (this.#training) {
      await this.#turns.take(() => this.#turn());
      await nextTask();
    }
    this.#looping = false;
  }

  /** One thing of the loop: an evaluation or a look when it is time, else a step. */
  async #turn(): Promise<void> {
    const run = this.#run;
    if (!this.#training || run === null) return;
    if (!run.evaluationDue && !run.inspectionDue && !run.finished && run.sent < this.#until) {
      // What becomes of it is dealt with where it lands.
      this.#send(run).catch(() => undefined);
      if (this.#flights.length >= stepsInFlight) await this.#flights[0];
      return;
    }
    await this.#landed();
    // A step that landed badly, or a command, may have ended it.
    if (!this.#training) return;
    try {
      if (run.evaluationDue) await run.evaluate();
      else if (run.inspectionDue) await run.inspect();
      else if (run.finished) this.#finish(run);
      else if (run.sent >= this.#until) {
        if (run.scored) await this.rest('paused');
        else await run.evaluate();
      }
    } catch (error) {
      this.#stepFailed(run, error);
    }
  }

  /** Sends a step; settles when it has landed, after those before it. */
  #send(run: TrainingRun): Promise<void> {
    const step = run.advance();
    const flight = step
      .then(
        () => {
          if (!this.#training || run.reporter.due) this.#tellSteps();
        },
        (error) => this.#stepFailed(run, error),
      )
      .then(() => {
        this.#flights = this.#flights.filter((other) => other !== flight);
      });
    this.#flights.push(flight);
    return step;
  }

  /** Waits for the steps under way; their numbers are told. */
  async #landed(): Promise<void> {
    await this.#flights.at(-1);
    this.#tellSteps();
  }

  #finish(run: TrainingRun): void {
    this.#training = false;
    this.#emit({ type: 'timing', timing: run.reporter.timing() });
    this.setPhase('finished');
  }

  #stepFailed(run: TrainingRun, error: unknown): void {
    const known = this.#phase === 'failed' || run !== this.#run;
    if (!known) this.fail(asPawsaurError(error));
  }

  #tellSteps(): void {
    const news = this.#run?.reporter.take();
    if (!news) return;
    this.#emit({ type: 'steps', reports: news.reports });
    this.#emit({ type: 'timing', timing: news.timing });
    this.#announce();
  }

  #announce(): void {
    this.#emit({ type: 'state', state: this.#state() });
  }

  #state(): SessionState {
    const step = this.#run?.step ?? 0;
    const stepsPerEpoch = this.#run?.stepsPerEpoch ?? 0;
    const doing = this.#loading
      ? { activity: 'loading' as const }
      : this.#compiling !== null
        ? { activity: 'compiling' as const, progress: this.#compiling }
        : { activity: this.#activity };
    return {
      phase: this.#phase,
      ...doing,
      step,
      totalSteps: this.#run?.totalSteps ?? 0,
      stepsPerEpoch,
      epoch: stepsPerEpoch > 0 ? step / stepsPerEpoch : 0,
    };
  }
}

/** An error as it travels. */
export function errorReport({ code, message, hint }: PawsaurError): ErrorReport {
  return { code, message, hint };
}

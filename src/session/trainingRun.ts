/**
 * One run from its first step to its last: the method, its live settings, and what is told about it. It does
 * one thing at a time and is told when; whose turn it is, is the session's business.
 */

import type { LiveSettings, StepReport, TrainingMethod } from '../methods/method';
import { PawsaurError } from '../platform/errors';
import { type LiveField, liveFields, methodFacts, parseRecipe, type Recipe } from '../recipe';
import { BallotBox } from './ballotBox';
import { type ShelvedData, sameArrays } from './dataShelf';
import type { SessionDependencies } from './dependencies';
import { diagnoseRun } from './diagnosing';
import { Evaluator } from './evaluator';
import { type FineTuneRequest, fineTune } from './fineTuning';
import { Inspector } from './inspector';
import {
  type LabelsInForce,
  labelledClasses,
  labelsInForce,
  labelsKey,
  labelsReport,
  relabel,
} from './labelsInForce';
import { readFeatures } from './networkReader';
import type {
  Activity,
  BaselinesReport,
  Command,
  EvaluationReport,
  FieldProblemReport,
  FineTuned,
  Progress,
  SessionEvent,
  Setting,
} from './protocol';
import { StepReporter } from './stepReporter';

/** Steps between two looks at the diagnosis. */
const diagnoseEvery = 10;
/** Inspections may take at most one part in this many of the time. */
const inspectShare = 10;
const defaultInspectEveryMs = 2000;

/** So many labels of each class, and which draw of them. */
export type LabelBudget = NonNullable<Extract<Command, { type: 'evaluate' }>['budget']>;

export interface RunContext {
  dependencies: SessionDependencies;
  data: ShelvedData;
  emit(event: SessionEvent): void;
  /** Says what the run is busy with; null when done. */
  busy(activity: Activity | null): void;
  /** Says how far the kernels are, which compile beside everything else; null when done. */
  compiling(progress: Progress | null): void;
  now(): number;
}

export class TrainingRun {
  readonly recipe: Recipe;
  readonly reporter: StepReporter;
  readonly #context: RunContext;
  readonly #method: TrainingMethod;
  #data: ShelvedData;
  readonly #labels: LabelsInForce;
  #evaluator: Evaluator;
  #inspector: Inspector;
  readonly #ballotBox: BallotBox;
  /** Classes that had labels when the run was built: a step of PAWS never has more voting. */
  readonly #classesAtFirst: number;
  /** Whether steps were taken with other labels than those in force. */
  #mixedLabels = false;
  #live: LiveSettings;
  #baselines: BaselinesReport | null = null;
  #evaluations: EvaluationReport[] = [];
  #scoring = new AbortController();
  /** Whether what is still under way is of no interest any more. */
  #retired = false;
  #inspectionDue = 0;
  #inspectedStep = -1;
  /** Steps whose numbers have come. */
  #step = 0;
  /** Settles with the latest step sent, after all before it; badly once one of them failed. */
  #latest: Promise<unknown> = Promise.resolve();
  /** When the device was done with the latest step that has come. */
  #doneAt = Number.NEGATIVE_INFINITY;

  /** Settles when the first step can be sent. */
  #compiled: Promise<void> = Promise.resolve();
  #builtMs = 0;

  private constructor(context: RunContext, recipe: Recipe, method: TrainingMethod, labels: LabelsInForce) {
    this.#context = context;
    this.#data = context.data;
    this.#labels = labels;
    this.#classesAtFirst = labelledClasses(labels, context.data);
    this.recipe = recipe;
    this.#method = method;
    this.#live = liveSettings(recipe);
    this.#evaluator = new Evaluator(context.data, recipe);
    this.#inspector = new Inspector(context.data, recipe.attention_threshold);
    this.#ballotBox = new BallotBox(context.data, labels, recipe.seed);
    this.reporter = new StepReporter({
      batchSize: recipe.batch_size,
      totalSteps: method.totalSteps,
      evalEvery: recipe.eval_every,
      buildMs: () => this.#builtMs,
      gpuBytes: () => context.dependencies.gpuBytes(),
      now: context.now,
    });
  }

  /** Builds the networks, begins to compile their step, and calibrates their batch norms. */
  static async build(context: RunContext, recipe: Recipe): Promise<TrainingRun> {
    const startedAt = context.now();
    context.busy('building');
    try {
      const inForce = labelsInForce(recipe, context.data);
      const method = await context.dependencies.createMethod(recipe, context.data.dataset, inForce.labels);
      const run = new TrainingRun(context, recipe, method, inForce);
      try {
        run.#compile(startedAt);
        context.busy('calibrating');
        await method.calibrate();
        run.#builtMs = context.now() - startedAt;
        return run;
      } catch (error) {
        run.dispose();
        throw error;
      }
    } finally {
      context.busy(null);
    }
  }

  /** Steps done: their numbers have come. */
  get step(): number {
    return this.#step;
  }

  /** Steps sent to the device; the latest may still be under way. */
  get sent(): number {
    return this.#method.step;
  }

  get totalSteps(): number {
    return this.#method.totalSteps;
  }

  get stepsPerEpoch(): number {
    return this.#method.stepsPerEpoch;
  }

  /** Whether the last step has been sent. */
  get finished(): boolean {
    return this.sent >= this.totalSteps;
  }

  /**
   * Tells of the new run and scores the untrained network while kernels compile.
   * @throws an abort when given up, by the signal or by `giveUp`
   */
  async introduce(warnings: FieldProblemReport[], signal: AbortSignal): Promise<void> {
    const { kind: method, totalSteps, stepsPerEpoch, featureDim, hasAttention } = this.#method;
    const { batch_size: batchSize } = this.recipe;
    const outDim = outputsOf(this.recipe, this.#labels.labels.classes);
    const prepared = {
      method,
      totalSteps,
      stepsPerEpoch,
      batchSize,
      outDim,
      featureDim,
      hasAttention,
      warnings,
    };
    this.#emit({ type: 'labels', labels: labelsReport(this.#labels, this.#data) });
    this.#emit({ type: 'prepared', prepared });
    await this.#untilGivenUp('evaluating', async (givenUp) => {
      const start = await this.#score(givenUp);
      this.#baselines = await this.#evaluator.baselines(start, givenUp);
      this.#emit({ type: 'baselines', baselines: this.#baselines });
    });
    await this.inspect();
    await unlessAborted(this.#compiled, signal);
  }

  /** Gets the first step ready, beside whatever else the run does. */
  #compile(startedAt: number): void {
    const tell = (progress: Progress | null) => {
      if (!this.#retired) this.#context.compiling(progress);
    };
    this.#compiled = this.#method
      .prepare({ onProgress: (done, total) => tell({ done, total }) })
      .finally(() => {
        this.#builtMs = this.#context.now() - startedAt;
        tell(null);
      });
    // Whoever waits for it hears of a failure.
    this.#compiled.catch(() => undefined);
  }

  /**
   * Sends a step at once, and settles when its numbers are noted: after those of the steps before it.
   * @throws PawsaurError 'run/not-finite' when a number of the step, or of one before it, is not one; neither that
   * step nor any after it is kept then
   */
  async advance(): Promise<void> {
    const sentAt = this.#context.now();
    const arrival = this.#method.trainStep(this.#live);
    const step = this.sent;
    arrival.catch(() => undefined);
    const noted = this.#latest.then(async () => {
      const report = await arrival;
      if (!this.#retired) this.#note(step, report, sentAt);
    });
    this.#latest = noted;
    await noted;
  }

  #note(step: number, report: StepReport, sentAt: number): void {
    this.#step = step;
    const broken = this.#nonFinite(report, step);
    if (broken !== null) {
      this.#diagnose(report);
      throw broken;
    }
    // While the device was busy with the step before, this one only waited.
    const startedAt = Math.max(sentAt, this.#doneAt);
    this.#doneAt = this.#context.now();
    this.reporter.add({ step, ...report }, this.#doneAt - startedAt);
    if (step % diagnoseEvery === 0) this.#diagnose();
  }

  /** Whether the network as it is has been scored. */
  get scored(): boolean {
    return this.#evaluations.at(-1)?.step === this.sent;
  }

  /** Whether it is time to score the network. */
  get evaluationDue(): boolean {
    return !this.scored && (this.sent % this.recipe.eval_every === 0 || this.finished);
  }

  /** Scores the teacher now, unless given up meanwhile: then it is due again. */
  async evaluate(): Promise<void> {
    try {
      await this.#untilGivenUp('evaluating', (signal) => this.#score(signal));
    } catch (error) {
      if (!this.#scoring.signal.aborted) throw error;
    }
  }

  /** Ends an evaluation under way early. */
  giveUp(): void {
    this.#scoring.abort();
  }

  /** Whether it is time to look again; the end of a run that is watched is always looked at. */
  get inspectionDue(): boolean {
    if (this.#inspectedStep === this.sent || this.#inspectionDue === Number.POSITIVE_INFINITY) return false;
    return this.finished || this.#context.now() >= this.#inspectionDue;
  }

  /** Draws attention over the probes, the views of the latest batch, and the ballots. */
  async inspect(): Promise<void> {
    const startedAt = this.#context.now();
    this.#context.busy('inspecting');
    try {
      const attention = await this.#inspector.attention(this.#method);
      if (attention !== null) this.#emit({ type: 'attention', attention });
      const views = await this.#inspector.views(this.#method);
      if (views !== null) this.#emit({ type: 'views', views });
      await this.#tellBallots();
    } finally {
      this.#context.dependencies.releaseUnused?.();
      this.#context.busy(null);
    }
    const endedAt = this.#context.now();
    const { inspectEveryMs = defaultInspectEveryMs } = this.#context.dependencies;
    this.#inspectionDue = startedAt + Math.max(inspectEveryMs, inspectShare * (endedAt - startedAt));
    this.#inspectedStep = this.sent;
  }

  /** Looks at the ballots alone, of the pictures watched from now on or of others. @throws PawsaurError 'session/index' */
  async lookAtBallots(indices?: readonly number[]): Promise<void> {
    if (indices !== undefined) this.#ballotBox.watch(indices);
    if (!this.#method.ballots) return;
    this.#context.busy('inspecting');
    try {
      await this.#tellBallots();
    } finally {
      this.#context.dependencies.releaseUnused?.();
      this.#context.busy(null);
    }
  }

  async #tellBallots(): Promise<void> {
    const ballots = await this.#ballotBox.report(this.#method);
    if (ballots !== null) this.#emit({ type: 'ballots', ballots });
  }

  /**
   * Goes on, from the next step, with the labels of `data`, which are for the same pictures.
   * @returns false, and nothing is changed, where the classes are others
   */
  relabel(data: ShelvedData): boolean {
    if (!sameArrays(data.labelling.classNames, this.#labels.classNames)) return false;
    this.#data = data;
    const before = labelsKey(this.#labels);
    relabel(this.#labels, data);
    if (this.sent > 0 && labelsKey(this.#labels) !== before) this.#mixedLabels = true;
    this.#evaluator = new Evaluator(data, this.recipe);
    this.#inspector = new Inspector(data, this.recipe.attention_threshold);
    this.#emit({ type: 'labels', labels: labelsReport(this.#labels, data) });
    return true;
  }

  /** [n, featureDim] of the scored network. @throws the signal's reason when aborted */
  features(indices: Int32Array, signal: AbortSignal): Promise<Float32Array> {
    return readFeatures(this.#method, indices, signal);
  }

  /**
   * Scores the network as it is for somebody who asks, outside the run's own curve.
   * @param budget labels of each class that are drawn in the place of those in force, and the draw
   * @throws the signal's reason when aborted
   */
  async scoreFor(budget: LabelBudget | undefined, signal: AbortSignal): Promise<EvaluationReport> {
    const drawn = budget && {
      label_source: 'budget' as const,
      labels_per_class: budget.labelsPerClass,
      label_seed: budget.labelSeed,
    };
    const asked = drawn && labelsInForce(drawn, this.#data);
    const startedAt = this.#context.now();
    this.#context.busy('evaluating');
    try {
      const scores = await this.#evaluator.evaluate(this.#method, asked ?? this.#labels, signal);
      return { step: this.sent, ...scores, seconds: (this.#context.now() - startedAt) / 1000 };
    } finally {
      this.#context.dependencies.releaseUnused?.();
      this.#context.busy(null);
    }
  }

  /**
   * Fine-tunes copies of the network on the labels in force, and scores them; the run itself stays as it is.
   * @param tell news of each step, and at last the scores
   * @throws the signal's reason when aborted
   */
  async fineTune(
    request: FineTuneRequest,
    tell: (news: FineTuned) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.#context.busy('fine-tuning');
    try {
      await fineTune(this.#method, this.#evaluator.labelled(this.#labels), this.#labels, {
        ...request,
        tell: (news) => {
          if (!this.#retired) tell(news);
        },
        now: this.#context.now,
        signal,
      });
    } finally {
      this.#context.dependencies.releaseUnused?.();
      this.#context.busy(null);
    }
  }

  /** Changes a live setting from the next step on; what is wrong with it, or nothing. */
  setLive(field: string, value: Setting): FieldProblemReport[] {
    if (!isLiveField(field)) {
      const message = `${field.slice(0, 40)} cannot change while a run goes.`;
      return [{ field, kind: 'refusal', message }];
    }
    const { recipe, problems } = parseRecipe({ [field]: value }, { ...this.recipe, ...this.#live });
    if (problems.length > 0) return problems;
    this.#live = liveSettings(recipe);
    this.#emit({ type: 'live', step: this.sent, field, value });
    return [];
  }

  /** All weights under their official names. */
  stateDict() {
    return this.#method.stateDict();
  }

  /** Takes no more numbers: a step or a look under way ends unheard. */
  retire(): void {
    this.giveUp();
    this.#retired = true;
  }

  dispose(): void {
    this.retire();
    this.#method.dispose();
  }

  async #score(signal: AbortSignal): Promise<EvaluationReport> {
    const startedAt = this.#context.now();
    const scores = await this.#evaluator.evaluate(this.#method, this.#labels, signal);
    const ms = this.#context.now() - startedAt;
    const evaluation = { step: this.sent, ...scores, seconds: ms / 1000 };
    this.reporter.addEvaluation(ms);
    this.#evaluations.push(evaluation);
    if (this.#method.kind === 'supervised') this.#rememberSupervised(evaluation);
    this.#emit({ type: 'evaluation', evaluation });
    this.#diagnose();
    return evaluation;
  }

  /** What PAWS on the same labels will be held against: a network that has learnt from them alone. */
  #rememberSupervised({ classification }: EvaluationReport): void {
    if (this.#mixedLabels) return;
    const { supervised } = this.#data;
    const key = labelsKey(this.#labels);
    const scores = classification?.readOuts.flatMap(({ heldOut }) => heldOut ?? []) ?? [];
    if (scores.length > 0) supervised.set(key, Math.max(supervised.get(key) ?? 0, ...scores));
  }

  async #untilGivenUp(activity: Activity, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    this.#scoring = new AbortController();
    this.#context.busy(activity);
    try {
      await work(this.#scoring.signal);
    } finally {
      this.#context.dependencies.releaseUnused?.();
      this.#context.busy(null);
    }
  }

  /** @param broken a step that is not kept, but explains what happened */
  #diagnose(broken?: StepReport): void {
    const { dataset } = this.#data;
    const classes = labelledClasses(this.#labels, this.#data);
    const diagnosis = diagnoseRun({
      step: this.step,
      recipe: {
        ...this.recipe,
        ...this.#live,
        data: dataset.kind === 'folder' ? 'folder' : this.recipe.data,
      },
      trainImages: this.#data.summary.trainCount,
      totalSteps: this.totalSteps,
      metrics: this.reporter.metrics,
      broken,
      evaluations: this.#evaluations,
      wholeImage: this.#baselines?.wholeImage ?? null,
      classes: this.#method.kind === 'paws' ? Math.min(classes, this.#classesAtFirst) : classes,
      supervised: this.#data.supervised.get(labelsKey(this.#labels)) ?? null,
    });
    this.#emit({ type: 'diagnosis', diagnosis });
  }

  /** What is wrong with a report: a number that should be one and is not. */
  #nonFinite(report: StepReport, step: number): PawsaurError | null {
    const { series } = methodFacts[this.#method.kind];
    for (const [name, value] of Object.entries(report)) {
      if (Number.isFinite(value) || series[name]?.optional) continue;
      return new PawsaurError(
        'run/not-finite',
        `At step ${step} ${name === 'loss' ? 'the loss' : name} was no longer a number (${value}).`,
        'The numbers up to the step before are kept. Reset, and try a lower learning rate or a longer warm-up.',
      );
    }
    return null;
  }

  #emit(event: SessionEvent): void {
    if (!this.#retired) this.#context.emit(event);
  }
}

function liveSettings(recipe: Recipe): LiveSettings {
  return Object.fromEntries(liveFields.map((field) => [field, recipe[field]])) as LiveSettings;
}

function isLiveField(field: string): field is LiveField {
  return (liveFields as readonly string[]).includes(field);
}

/** What `work` comes to, unless the signal comes first. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** Outputs that the loss compares: prototypes, or classes. */
function outputsOf({ method, out_dim, nmb_prototypes }: Recipe, classes: number): number {
  return { dino: out_dim, swav: nmb_prototypes, paws: classes, supervised: classes }[method];
}

/** Drives a training session from the first picture to the last step, and gathers what it says. */

import { readFileSync } from 'node:fs';
import { createLabelling } from '../../src/labels';
import { importLabels } from '../../src/labels/csv';
import { PawsaurError } from '../../src/platform/errors';
import { builtinParams, planRun } from '../../src/recipe';
import type { SessionDependencies } from '../../src/session/dependencies';
import { MetricsBuffer } from '../../src/session/metricsBuffer';
import type {
  BaselinesReport,
  Command,
  DatasetSummary,
  DiagnosisReport,
  EngineSummary,
  EvaluationReport,
  LabelsReport,
  PictureList,
  SessionEvent,
  StepColumns,
  TimingReport,
} from '../../src/session/protocol';
import { type RunFile, runJson } from '../../src/session/runFile';
import { TrainingSession } from '../../src/session/trainingSession';
import type { HeadlessOptions } from './arguments';
import { pathsSet } from './importData';
import {
  baselinesLine,
  classificationLine,
  dataLine,
  diagnosisLine,
  evaluationLine,
  labelLines,
  stepLines,
} from './lines';

type Unnumbered<C> = C extends Command ? Omit<C, 'id'> : never;

/** A run's file, with the names that scripts look for. */
export interface HeadlessFile extends RunFile {
  evaluations: (EvaluationReport & { jaccard: number | null })[];
  timing: (TimingReport & { stepMsMedian: number | null; seconds: number }) | null;
  startedAt: string;
  command: string;
}

export class HeadlessRun {
  readonly #options: HeadlessOptions;
  readonly #engine: EngineSummary;
  readonly #print: (line: string) => void;
  readonly #session: TrainingSession;
  readonly #metrics = new MetricsBuffer();
  readonly #startedAt = new Date();
  readonly #evaluations: EvaluationReport[] = [];
  #dataset: DatasetSummary | null = null;
  #pictures: PictureList | null = null;
  #labels: LabelsReport | null = null;
  #baselines: BaselinesReport | null = null;
  #timing: TimingReport | null = null;
  #diagnosis: DiagnosisReport | null = null;
  /** Steps whose time is not known yet. */
  #untold: StepColumns | null = null;
  #nextId = 1;
  /** The last answer, and what is called when the run rests. */
  #answer: SessionEvent | null = null;
  #rested: (failure: PawsaurError | null) => void = () => undefined;

  /** @param print takes every line of a run that is not quiet */
  constructor(
    options: HeadlessOptions,
    engine: EngineSummary,
    dependencies: SessionDependencies,
    print: (line: string) => void,
  ) {
    this.#options = options;
    this.#engine = engine;
    this.#print = print;
    const quietly = { ...dependencies, inspectEveryMs: Number.POSITIVE_INFINITY };
    this.#session = new TrainingSession(quietly, (event) => this.#hear(event));
  }

  /** Trains. @throws PawsaurError when the arguments do not fit the data, or the run fails */
  async train(): Promise<void> {
    const { recipe, data, steps } = this.#options;
    if ('builtin' in data) {
      const params = builtinParams(recipe);
      await this.#ask({ type: 'loadBuiltin', name: data.builtin, seed: recipe.data_seed, params });
    } else {
      await this.#ask({ type: 'openSet', set: pathsSet, seed: recipe.data_seed });
    }
    if (this.#options.labels !== null) await this.#giveLabels(this.#options.labels);
    this.#refuseTooManySteps();
    await this.#ask({ type: 'prepare', recipe: { ...recipe } });
    const rested = new Promise<PawsaurError | null>((resolve) => {
      this.#rested = resolve;
    });
    await this.#ask(steps === null ? { type: 'start' } : { type: 'start', until: steps });
    const failure = await rested;
    if (failure !== null) throw failure;
  }

  /** Ends a run early; `train` returns then. */
  async stop(): Promise<void> {
    await this.#ask({ type: 'stop' });
  }

  /** What came of it, in words; the last scores too where they have not been printed. */
  summary(): string {
    const lines: string[] = [];
    const last = this.#evaluations.at(-1);
    if (this.#options.quiet && last !== undefined) {
      lines.push(evaluationLine(last));
      if (last.classification !== null) lines.push(classificationLine(last.classification));
    }
    if (this.#diagnosis !== null) lines.push(diagnosisLine(this.#diagnosis));
    return lines.join('\n');
  }

  /** Everything so far, ready for JSON. */
  file(command: string): HeadlessFile {
    const { recipe, preset } = this.#options;
    const timing = this.#timing;
    const seconds = (Date.now() - this.#startedAt.getTime()) / 1000;
    return {
      ...runJson({
        recipe,
        preset,
        dataset: this.#dataset,
        engine: this.#engine,
        metrics: this.#metrics,
        liveChanges: [],
        evaluations: [],
        baselines: this.#baselines,
        timing,
        labels: this.#labels,
      }),
      evaluations: this.#evaluations.map((each) => ({ ...each, jaccard: each.jaccardHeadMean })),
      timing: timing && { ...timing, stepMsMedian: timing.medianStepMs ?? null, seconds },
      startedAt: this.#startedAt.toISOString(),
      command,
    };
  }

  async #giveLabels(file: string): Promise<void> {
    await this.#ask({ type: 'listPictures' });
    const { generation, classNames, truth, names } = this.#pictures!;
    const imported = importLabels(readFileSync(file), createLabelling(classNames, truth), { names });
    for (const line of labelLines(imported)) this.#print(line);
    if (imported.given === 0) {
      const reason = imported.problems[0]?.reason ?? 'It has no rows.';
      throw new PawsaurError('headless/refused', `--labels ${file} gave no label. ${reason}`);
    }
    const { labelling } = imported;
    await this.#ask({
      type: 'setLabels',
      generation,
      classNames: [...labelling.classNames],
      given: labelling.given.slice(),
      truth: labelling.truth.slice(),
    });
  }

  #refuseTooManySteps(): void {
    const { recipe, steps } = this.#options;
    const { totalSteps } = planRun(recipe, this.#dataset?.trainCount ?? 0);
    if (steps === null || steps <= totalSteps || totalSteps === 0) return;
    throw new PawsaurError(
      'headless/arguments',
      `--steps ${steps} is more than the ${totalSteps} steps of this recipe: --steps only ends a run early.`,
      `A longer run needs more epochs, and with them another schedule: epochs is ${recipe.epochs}, so try --set epochs=${Math.ceil((recipe.epochs * steps) / totalSteps)}.`,
    );
  }

  async #ask(command: Unnumbered<Command>): Promise<void> {
    await this.#session.handle({ ...command, id: this.#nextId++ } as Command);
    const answer = this.#answer;
    if (answer?.type === 'error') {
      throw new PawsaurError(answer.error.code, answer.error.message, answer.error.hint);
    }
    if (answer?.type === 'refused') {
      const sentences = answer.problems.map(({ field, message, suggestion }) => {
        const way = suggestion === undefined ? '' : ` Try --set ${field}=${suggestion}.`;
        return `${message}${way}`;
      });
      throw new PawsaurError('headless/refused', sentences.join('\n'));
    }
  }

  #hear(event: SessionEvent): void {
    switch (event.type) {
      case 'done':
      case 'refused':
        this.#answer = event;
        break;
      case 'error':
        if (event.replyTo !== undefined) this.#answer = event;
        else this.#rested(new PawsaurError(event.error.code, event.error.message, event.error.hint));
        break;
      case 'state':
        if (['paused', 'finished', 'stopped'].includes(event.state.phase)) this.#rested(null);
        break;
      case 'dataset':
        this.#dataset = event.summary;
        this.#print(dataLine(event.summary));
        break;
      case 'pictures':
        this.#pictures = event.pictures;
        break;
      case 'labels':
        this.#labels = event.labels;
        break;
      case 'prepared':
        for (const { message } of event.prepared.warnings) this.#print(`note: ${message}`);
        this.#print(`${event.prepared.totalSteps} steps of ${event.prepared.batchSize} pictures`);
        break;
      case 'steps':
        this.#metrics.append(event.reports);
        this.#untold = event.reports;
        break;
      case 'timing':
        this.#timing = event.timing;
        if (this.#untold !== null) {
          for (const line of stepLines(this.#untold, event.timing.stepMs)) this.#print(line);
        }
        this.#untold = null;
        break;
      case 'evaluation':
        this.#evaluations.push(event.evaluation);
        this.#print(evaluationLine(event.evaluation));
        if (event.evaluation.classification !== null) {
          this.#print(classificationLine(event.evaluation.classification));
        }
        break;
      case 'baselines':
        this.#baselines = event.baselines;
        this.#print(baselinesLine(event.baselines));
        break;
      case 'diagnosis':
        this.#diagnosis = event.diagnosis;
        break;
      default:
        break;
    }
  }
}

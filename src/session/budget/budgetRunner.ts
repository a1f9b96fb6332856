/**
 * Does the trainings of a label-budget experiment one after the other, on whatever trains: the page's client and Node
 * alike. After each the experiment is told as it is by then, to be stored.
 */

import { asPawsaurError, PawsaurError } from '../../platform/errors';
import type { Recipe } from '../../recipe';
import type { LabelBudget } from '../client';
import type { Classification, EvaluationReport } from '../protocol';
import {
  type BudgetCell,
  type BudgetExperiment,
  type BudgetPoint,
  type BudgetRun,
  type MeasuredSteps,
  remainingRuns,
  runsOf,
  secondsLeft,
  withDone,
} from './budgetExperiment';

/** What trains. */
export interface BudgetSession {
  /** Sets a run up and scores it before its first step; the sentence that keeps it from starting, or its length. */
  prepare(recipe: Recipe): Promise<{ totalSteps: number; stepsPerEpoch: number } | { problem: string }>;
  /**
   * Trains until `step` is taken and scored.
   * @throws the signal's reason when aborted, and a PawsaurError when the run fails or somebody else ends it
   */
  trainUntil(step: number, signal: AbortSignal, onStep: (step: number) => void): Promise<void>;
  /** Scores of the run so far, by the labels of its recipe. */
  evaluations(): readonly EvaluationReport[];
  /** Scores the network as it is, as if these labels were given. */
  evaluate(budget: LabelBudget): Promise<EvaluationReport>;
}

/** How far an experiment is. */
export interface BudgetProgress {
  /** The training under way. */
  run: BudgetRun;
  /** Trainings done, of `total`. */
  done: number;
  total: number;
  /** Steps of this one. */
  step: number;
  totalSteps: number;
  /** Until all is done; null while unknown. */
  secondsLeft: number | null;
}

export interface BudgetOptions {
  signal: AbortSignal;
  /** Told of every training that is done, with all that is by then. */
  onDone?(experiment: BudgetExperiment): void;
  onProgress?(progress: BudgetProgress): void;
  /** Steps measured before the first training. */
  measured?: MeasuredSteps | null;
  /** Milliseconds. */
  now?(): number;
}

/**
 * Goes on until all is done, or the signal ends it: then what is done is returned. A training that diverges is done:
 * it would do so again.
 * @throws PawsaurError when a training fails otherwise; what `onDone` told last is kept
 */
export async function runBudget(
  experiment: BudgetExperiment,
  session: BudgetSession,
  { signal, onDone, onProgress, measured = null, now = () => performance.now() }: BudgetOptions,
): Promise<BudgetExperiment> {
  const total = runsOf(experiment).length;
  let current = experiment;
  for (const run of remainingRuns(experiment)) {
    const startedAt = now();
    const secondsSince = () => (now() - startedAt) / 1000;
    const tell = (step: number, totalSteps: number) => {
      const share = totalSteps > 0 ? step / totalSteps : 0;
      const underWay = { run, share, seconds: secondsSince() };
      const left = secondsLeft(current, underWay, measured);
      onProgress?.({ run, done: current.done.length, total, step, totalSteps, secondsLeft: left });
    };
    try {
      signal.throwIfAborted();
      tell(0, 0);
      const { cells, problem } = await train(run, session, signal, tell).catch(unlessDiverged);
      current = withDone(current, { id: run.id, cells, problem, seconds: secondsSince() });
    } catch (error) {
      if (signal.aborted) return current;
      throw error;
    }
    onDone?.(current);
  }
  return current;
}

interface Trained {
  cells: BudgetCell[];
  problem: string | null;
}

/** What came of a training that failed because its numbers were not finite. @throws any other error */
function unlessDiverged(error: unknown): Trained {
  const { code, message } = asPawsaurError(error);
  if (code !== 'run/not-finite' && code !== 'diverged') throw error;
  return { cells: [], problem: message };
}

async function train(
  run: BudgetRun,
  session: BudgetSession,
  signal: AbortSignal,
  tell: (step: number, totalSteps: number) => void,
): Promise<Trained> {
  const length = await session.prepare(run.recipe);
  signal.throwIfAborted();
  if ('problem' in length) return { cells: [], problem: length.problem };
  const { totalSteps, stepsPerEpoch } = length;
  const onStep = (step: number) => tell(step, totalSteps);
  const scored = run.labelsPerClass.map((): Scored[] => []);
  const note = (evaluation: EvaluationReport, budget: number) => {
    const { step, classification } = evaluation;
    if (classification === null) return;
    scored[budget]!.push({ point: pointOf(step, stepsPerEpoch, classification), classification });
  };
  if (run.method === 'dino') {
    for (const step of evaluationSteps(run.recipe.eval_every, totalSteps)) {
      await session.trainUntil(step, signal, onStep);
      for (const [i, labelsPerClass] of run.labelsPerClass.entries()) {
        signal.throwIfAborted();
        note(await session.evaluate({ labelsPerClass, labelSeed: run.seed }), i);
      }
    }
  } else {
    await session.trainUntil(totalSteps, signal, onStep);
    for (const evaluation of session.evaluations()) note(evaluation, 0);
  }
  signal.throwIfAborted();
  const cells = run.labelsPerClass.map((labelsPerClass, i) => cellOf(run, labelsPerClass, scored[i]!));
  return { cells, problem: null };
}

interface Scored {
  point: BudgetPoint;
  classification: Classification;
}

function pointOf(step: number, stepsPerEpoch: number, { readOuts, shown }: Classification): BudgetPoint {
  const own = readOuts.find(({ id }) => id === shown);
  const epoch = stepsPerEpoch > 0 ? step / stepsPerEpoch : 0;
  return { step, epoch, heldOut: own?.heldOut ?? null, unlabelled: own?.unlabelled ?? null };
}

function cellOf({ method, seed }: BudgetRun, labelsPerClass: number, scored: Scored[]): BudgetCell {
  const last = scored.at(-1)?.classification;
  if (last === undefined) {
    throw new PawsaurError('budget/no-labels', 'Nothing could be scored: no labels could be drawn.');
  }
  const { labels, shown, readOuts } = last;
  return { method, labelsPerClass, seed, labels, points: scored.map(({ point }) => point), shown, readOuts };
}

/** The steps at which a run is scored, the untrained network first. */
function evaluationSteps(evalEvery: number, totalSteps: number): number[] {
  const length = Math.ceil(totalSteps / evalEvery);
  return [...Array.from({ length }, (_, i) => i * evalEvery), totalSteps];
}

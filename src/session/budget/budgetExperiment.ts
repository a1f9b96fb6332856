/**
 * The label-budget experiment (Assran et al. 2021, fig. 1): what each method makes of so many labels of each class, on
 * the same pictures, network and seeds. The experiment is plain data that can be stored as JSON at any time and gone
 * on with: trainings that are done are never done again, and one that was ended early begins anew.
 */

import * as v from 'valibot';
import { estimateCost, officialRecipe, parseRecipe, planRun, type Recipe } from '../../recipe';
import { readOuts } from '../payloads';
import { type BudgetMethod, budgetMethods, recipeFor } from './budgetRecipes';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const score = v.nullable(v.pipe(v.number(), v.finite()));
const method = v.picklist(budgetMethods);
const labelsPerClass = v.pipe(count, v.minValue(1));

const planSchema = v.object({
  /** What all recipes are made from. */
  base: v.record(v.string(), v.union([v.number(), v.boolean(), v.string()])),
  methods: v.array(method),
  /** Rising. */
  labelsPerClass: v.array(labelsPerClass),
  /** Each draws labels, weights and views. */
  seeds: v.array(count),
  /** The pictures it is about. */
  dataset: v.object({ name: v.string(), trainCount: count, size: count, classes: count }),
});

const pointSchema = v.object({
  step: count,
  epoch: v.number(),
  /** Accuracy of the method's own read-out, percent: held-out pictures, and training pictures without a label. */
  heldOut: score,
  unlabelled: score,
});
/** One evaluation of one cell. */
export type BudgetPoint = v.InferOutput<typeof pointSchema>;

const cellSchema = v.object({
  method,
  labelsPerClass,
  seed: count,
  /** Labels that were given in all. */
  labels: count,
  /** Rising by step; the last one is the end of the run. */
  points: v.array(pointSchema),
  /** The read-out that the points are of, and all of them at the end, on held-out pictures. */
  shown: v.picklist(readOuts),
  readOuts: v.array(v.object({ id: v.picklist(readOuts), heldOut: score, unlabelled: score })),
});
/** What one method made of one budget with one seed. */
export type BudgetCell = v.InferOutput<typeof cellSchema>;

const doneSchema = v.object({
  id: v.string(),
  cells: v.array(cellSchema),
  /** Why it could not start or came to nothing; null where it ran. */
  problem: v.nullable(v.string()),
  seconds: v.number(),
});
/** A training that has ended. */
export type BudgetDone = v.InferOutput<typeof doneSchema>;

const experimentSchema = v.object({ version: v.literal(1), plan: planSchema, done: v.array(doneSchema) });

/** What is compared. */
export type BudgetPlan = Omit<v.InferOutput<typeof planSchema>, 'base'> & { base: Recipe };
/** A plan and what has come of it so far: plain data. */
export interface BudgetExperiment {
  readonly version: 1;
  readonly plan: BudgetPlan;
  readonly done: readonly BudgetDone[];
}

/** One training. DINO reads no labels: it is trained once for a seed, and scored at every budget. */
export interface BudgetRun {
  id: string;
  method: BudgetMethod;
  seed: number;
  /** The budgets that it is scored at. */
  labelsPerClass: readonly number[];
  recipe: Recipe;
}

/** An experiment with nothing done yet. */
export function planBudget(plan: BudgetPlan): BudgetExperiment {
  const budgets = [...new Set(plan.labelsPerClass)].sort((a, b) => a - b);
  return {
    version: 1,
    plan: {
      ...plan,
      methods: [...new Set(plan.methods)],
      labelsPerClass: budgets,
      seeds: [...new Set(plan.seeds)],
    },
    done: [],
  };
}

/** An experiment from where it was stored; null when it is none, or of another version. Never throws. */
export function readBudget(stored: unknown): BudgetExperiment | null {
  const parsed = v.safeParse(experimentSchema, stored);
  if (!parsed.success) return null;
  const { plan, done } = parsed.output;
  const { recipe: base, problems } = parseRecipe(plan.base, officialRecipe);
  return problems.length > 0 ? null : { version: 1, plan: { ...plan, base }, done };
}

/** Whether two experiments are about the same, whatever has come of them. */
export function samePlan(a: BudgetExperiment, b: BudgetExperiment): boolean {
  // Read, both have their fields in one order.
  const [one, other] = [a, b].map(({ plan }) => JSON.stringify(readBudget({ version: 1, plan, done: [] })));
  return one === other;
}

/** All trainings, in the order in which they are done: seed by seed, few labels first. */
export function runsOf({ plan }: BudgetExperiment): BudgetRun[] {
  const run = (method: BudgetMethod, seed: number, budgets: readonly number[]): BudgetRun => ({
    id: [method, seed, ...(method === 'dino' ? [] : budgets)].join('/'),
    method,
    seed,
    labelsPerClass: budgets,
    recipe: {
      ...recipeFor(method, plan.base),
      label_source: 'budget',
      labels_per_class: budgets[0]!,
      label_seed: seed,
      seed,
    },
  });
  const labelled = plan.methods.filter((each) => each !== 'dino');
  return plan.seeds.flatMap((seed) => [
    ...plan.labelsPerClass.flatMap((budget) => labelled.map((each) => run(each, seed, [budget]))),
    ...(plan.methods.includes('dino') ? [run('dino', seed, plan.labelsPerClass)] : []),
  ]);
}

/** The trainings that are still to be done. */
export function remainingRuns(experiment: BudgetExperiment): BudgetRun[] {
  const done = new Set(experiment.done.map(({ id }) => id));
  return runsOf(experiment).filter(({ id }) => !done.has(id));
}

/** With one more training done. */
export function withDone(experiment: BudgetExperiment, done: BudgetDone): BudgetExperiment {
  return { ...experiment, done: [...experiment.done, done] };
}

/** All results so far. */
export function cellsOf({ done }: BudgetExperiment): BudgetCell[] {
  return done.flatMap(({ cells }) => cells);
}

/** A training under way: how much of it is done, 0 to 1, after how many seconds. */
export interface UnderWay {
  run: BudgetRun;
  share: number;
  seconds: number;
}

/** Steps of some recipe as they were measured on this machine. */
export interface MeasuredSteps {
  recipe: Recipe;
  stepMs: number;
}

/** Below this share a training says little about how long it will take. */
const tellingShare = 0.05;

/**
 * Seconds that the rest will take: by the trainings of the same method that are done, else by any, weighed by their
 * arithmetic; before the first, by steps that were measured. Null while nothing is known.
 */
export function secondsLeft(
  experiment: BudgetExperiment,
  underWay: UnderWay | null = null,
  measured: MeasuredSteps | null = null,
): number | null {
  const { plan } = experiment;
  const paces = new Map<BudgetMethod, Pace>();
  const all: Pace = { seconds: 0, work: 0 };
  const note = (run: BudgetRun, seconds: number, share: number) => {
    const work = share * workOf(run.recipe, plan);
    const own = paces.get(run.method) ?? { seconds: 0, work: 0 };
    paces.set(run.method, { seconds: own.seconds + seconds, work: own.work + work });
    all.seconds += seconds;
    all.work += work;
  };
  const byId = new Map(runsOf(experiment).map((run) => [run.id, run]));
  for (const { id, seconds, problem } of experiment.done) {
    const run = byId.get(id);
    if (run && problem === null) note(run, seconds, 1);
  }
  if (underWay && underWay.share >= tellingShare) note(underWay.run, underWay.seconds, underWay.share);
  if (all.work === 0 && measured !== null) {
    all.seconds = measured.stepMs / 1000;
    all.work = workOfStep(measured.recipe, plan);
  }
  if (all.work === 0) return null;
  let left = 0;
  for (const run of remainingRuns(experiment)) {
    const { seconds, work } = paces.get(run.method) ?? all;
    const share = run.id === underWay?.run.id ? underWay.share : 0;
    left += ((1 - share) * workOf(run.recipe, plan) * seconds) / work;
  }
  return left;
}

interface Pace {
  seconds: number;
  /** Floating-point operations. */
  work: number;
}

function workOf(recipe: Recipe, plan: BudgetPlan): number {
  return planRun(recipe, plan.dataset.trainCount).totalSteps * workOfStep(recipe, plan);
}

function workOfStep(recipe: Recipe, { dataset }: BudgetPlan): number {
  const { trainCount: trainImages, size: imageSize, classes } = dataset;
  return estimateCost(recipe, { trainImages, imageSize, classes }).flopsPerStep;
}

/** What a diagnosis is made from and what it says, whatever the method; one file beside this one for each method. */
import type { FieldName, Recipe } from '../../recipe';

export type DiagnosisState =
  | 'too early'
  | 'healthy'
  | 'slow'
  | 'uniform'
  | 'one-hot'
  | 'shortcut'
  | 'not helping'
  | 'vanishing classes'
  | 'memorised'
  | 'diverged';

/** Series of one step by name (`methodFacts`): nats, percent; NaN where unknown. */
export type StepNumbers = Readonly<Record<string, number>>;

/** What one evaluation found. */
export interface EvaluationNumbers {
  step: number;
  /** Feature standard deviation × √d. */
  featureStdScaled: number;
  /** Mean over heads, percent; null without masks or attention. */
  jaccardHeadMean: number | null;
  /** Accuracies of the ways to tell classes from the given labels, percent; null or absent without labels. */
  classification?: {
    /** The method's own way. */
    shown: string;
    readOuts: readonly { id: string; heldOut: number | null }[];
  } | null;
}

/** A run so far. */
export interface RunNumbers {
  step: number;
  totalSteps: number;
  /** Steps over which the learning rate warms up. */
  warmupSteps: number;
  /** Reports of the last steps, newest last; the last `DIAGNOSED_STEPS` count. */
  reports: readonly StepNumbers[];
  /** All evaluations so far, the one before training first. */
  evaluations: readonly EvaluationNumbers[];
}

/** Steps that a diagnosis looks back. */
export const DIAGNOSED_STEPS = 100;
/** Steps averaged, so that one step cannot raise a banner. */
export const WINDOW = 20;
/** No verdict before this step: the first losses tell of the starting weights, not of the run. */
export const EARLIEST = 40;

/** One change to try. */
export interface Advice {
  /** The recipe field to change; null where no setting helps. */
  field: FieldName | null;
  value: string | number | boolean | null;
  /** The change and its reason in one sentence. */
  text: string;
}

/** One number of the run with the band where runs learnt. */
export interface Gauge {
  /** The series, or score, that it shows. */
  name: string;
  /** As papers write it: 'H / ln K'. */
  label: string;
  /** Null while unknown. */
  value: number | null;
  healthy: readonly [number, number];
  /** Lines to draw, with what lies beyond them. */
  limits: readonly GaugeLimit[];
  state: 'healthy' | 'low' | 'high' | 'unknown';
}

interface GaugeLimit {
  at: number;
  beyond: 'above' | 'below';
  means: string;
}

export interface Diagnosis {
  state: DiagnosisState;
  title: string;
  /** One or two sentences with the numbers. */
  sentence: string;
  tryThis: Advice[];
  gauges: Gauge[];
}

/** A gauge, judged by its band. */
export function gauge(
  name: string,
  label: string,
  value: number | null,
  healthy: readonly [number, number],
  limits: readonly GaugeLimit[] = [],
): Gauge {
  const known = value !== null && Number.isFinite(value) ? value : null;
  const [low, high] = healthy;
  const state = known === null ? 'unknown' : known < low ? 'low' : known > high ? 'high' : 'healthy';
  return { name, label, value: known, healthy, limits, state };
}

/** A change of a field. */
export function set<F extends FieldName>(field: F, value: Recipe[F], text: string): Advice;
/** Advice that no field expresses. */
export function set(field: null, value: null, text: string): Advice;
export function set(field: Advice['field'], value: Advice['value'], text: string): Advice {
  return { field, value, text };
}

/** The most promising few: more would not be tried. */
export function pick(candidates: readonly (Advice | false)[]): Advice[] {
  return candidates.filter((advice) => advice !== false).slice(0, 4);
}

/** Two digits, as many as a setting needs. */
export function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** Mean of a series over the last `WINDOW` of these steps; NaN where one of them is unknown. */
export function meanOf(reports: readonly StepNumbers[], series: string): number {
  return mean(reports.slice(-WINDOW).map((report) => report[series] ?? Number.NaN));
}

/** Mean of the values that are known; NaN when none is. */
export function meanOfKnown(reports: readonly StepNumbers[], series: string): number {
  return mean(reports.map((report) => report[series] ?? Number.NaN).filter(Number.isFinite));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How far the features spread at the latest evaluation; those before the first step say nothing about the run. */
export function featureSpread(evaluations: readonly EvaluationNumbers[]): number | null {
  return evaluations.findLast(({ step }) => step > 0)?.featureStdScaled ?? null;
}

/** Held-out accuracy by one read-out, the method's own unless named, percent; null where it is unknown. */
export function heldOut({ classification }: EvaluationNumbers, readOut?: string): number | null {
  const asked = readOut ?? classification?.shown;
  return classification?.readOuts.find(({ id }) => id === asked)?.heldOut ?? null;
}

/** What is wrong when a loss is no number; null while all are. */
export function brokenLoss(reports: readonly StepNumbers[]): string | null {
  const broken = reports.slice(-WINDOW).find((report) => !Number.isFinite(report.loss));
  if (broken === undefined) return null;
  return `The loss is ${broken.loss}: some number grew beyond what a float can hold. Nothing is learnt from here.`;
}

/** Whether a series has stayed within `width` of `level` for the last `steps` steps. */
export function staysAt(
  reports: readonly StepNumbers[],
  series: string,
  level: number,
  width: number,
  steps: number,
): boolean {
  const last = reports.slice(-steps);
  return (
    last.length === steps && last.every((report) => Math.abs((report[series] ?? Number.NaN) - level) <= width)
  );
}

type AdvisedAgainstDivergence = Pick<Recipe, 'clip_grad' | 'lr' | 'warmup_epochs'>;

/** Numbers have overflowed; the state is lost. */
export function againstDivergence(recipe: AdvisedAgainstDivergence): Advice[] {
  return pick([
    set('lr', recipe.lr / 4, `Reset and lower lr to ${short(recipe.lr / 4)}.`),
    recipe.clip_grad === 0 && set('clip_grad', 3, 'Set clip_grad to 3, the official value.'),
    recipe.warmup_epochs === 0 && set('warmup_epochs', 1, 'Set warmup_epochs to 1 or more.'),
  ]);
}

/** Says what a run suffers from, beside gauges that stand whatever it is. */
export function verdictWith(
  gauges: Gauge[],
): (state: DiagnosisState, title: string, sentence: string, tryThis?: Advice[]) => Diagnosis {
  return (state, title, sentence, tryThis = []) => ({ state, title, sentence, tryThis, gauges });
}

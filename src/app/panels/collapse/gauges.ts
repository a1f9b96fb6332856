/**
 * The numbers that tell a run that learns from one that collapsed, what each means and where it is read. Healthy bands
 * and limits come with the diagnosis, which judges by the same ones.
 */

import type { DiagnosisReport } from '../../../session/protocol';
import { type Columns, scoreSeries, stepSeries } from '../../store/series';
import type { SparkBand } from '../plot/Spark';
import type { ColourName } from '../plot/theme';

/** One gauge: a column of the run, over its own unit. */
export interface GaugeSpec {
  /** As the diagnosis names it. */
  name: string;
  title: string;
  /** How a paper writes it. */
  term: string;
  /** What it says, in one line. */
  meaning: string;
  columns: Columns;
  column: string;
  /** Shares of ln K. */
  perLnK: boolean;
  colour: ColourName;
  /** The scale at least; it grows with the values. */
  scale: readonly [number, number];
  digits: number;
}

export const gaugeSpecs: readonly GaugeSpec[] = [
  {
    name: 'teacherEntropy',
    title: 'How undecided the teacher is',
    term: 'H(Pₜ) / ln K',
    meaning: '1: every picture gets an even shrug (uniform). 0: one word with full certainty.',
    columns: stepSeries,
    column: 'teacherEntropy',
    perLnK: true,
    colour: 'teacher',
    scale: [0, 1.05],
    digits: 2,
  },
  {
    name: 'meanTeacherEntropy',
    title: 'How many words it uses',
    term: 'H(mean Pₜ) / ln K',
    meaning: '1: all prototypes in turn. 0: the same one for every picture (one-hot).',
    columns: stepSeries,
    column: 'meanTeacherEntropy',
    perLnK: true,
    colour: 'teacher',
    scale: [0, 1.05],
    digits: 3,
  },
  {
    name: 'kl',
    title: 'What the student still has to learn',
    term: 'KL(Pₜ ‖ Pₛ) = loss − H',
    meaning: 'Near 0 there is nothing to learn from: both say the same, usually nothing.',
    columns: stepSeries,
    column: 'kl',
    perLnK: false,
    colour: 'student',
    scale: [0, 1.6],
    digits: 2,
  },
  {
    name: 'featureSpread',
    title: 'How far the features spread',
    term: 'std × √d',
    meaning: '1: spread evenly over the sphere. 0: every picture has the same feature.',
    columns: scoreSeries,
    column: 'featureStdScaled',
    perLnK: false,
    colour: 'teacher',
    scale: [0, 1],
    digits: 2,
  },
  {
    name: 'rankMe',
    title: 'How many directions they use',
    term: 'RankMe',
    meaning: 'Effective rank of the features: 1 means that they all lie on a line.',
    columns: scoreSeries,
    column: 'rankMe',
    perLnK: false,
    colour: 'teacher',
    scale: [0, 2],
    digits: 1,
  },
];

/** Steps averaged for the number beside a gauge, as in the diagnosis. */
const meanOver = 20;

/** A line across a gauge, with its word. */
export interface GaugeLimit {
  value: number;
  colour: ColourName;
  word: string;
}

/** A gauge as it is drawn now. */
export interface GaugeView {
  spec: GaugeSpec;
  steps: Float64Array;
  values: Float64Array;
  /** Mean of the last steps, or the latest score; null before the first. */
  value: number | null;
  low: number;
  high: number;
  bands: SparkBand[];
  limits: GaugeLimit[];
  /** 'in the healthy band', 'below it' …; null while unknown. */
  state: 'healthy' | 'low' | 'high' | null;
}

type DiagnosedGauge = DiagnosisReport['gauges'][number];

/** The sizes of a run that gauges are measured by; null before one is set up. */
export interface RunSizes {
  /** Logarithm of the number of prototypes. */
  lnK: number | null;
  /** Length of a feature, the largest rank there can be. */
  featureDim: number | null;
}

/** A gauge over the numbers so far, with the band and limits of the diagnosis. */
export function viewGauge(
  spec: GaugeSpec,
  sizes: RunSizes,
  diagnosed: DiagnosedGauge | undefined,
): GaugeView {
  const steps = spec.columns.column('step');
  const raw = spec.columns.column(spec.column);
  const values = spec.perLnK ? raw.map((value) => value / (sizes.lnK ?? Number.NaN)) : raw;
  const value = latestValue(values, spec.columns === stepSeries ? meanOver : 1);
  const scale = scaleFor(spec, values, sizes.featureDim);
  const limits = outerLimits(diagnosed);
  if (spec.name === 'rankMe' && values.length > 0) {
    limits.push({ value: values[0]!, colour: 'base', word: 'before training' });
  }
  const bands: SparkBand[] = diagnosed
    ? [{ from: diagnosed.healthy[0], to: diagnosed.healthy[1], colour: 'good' }]
    : [];
  return { spec, steps, values, value, ...scale, bands, limits, state: stateOf(value, diagnosed) };
}

/** One limit for each side, the one that is met first. */
function outerLimits(diagnosed: DiagnosedGauge | undefined): GaugeLimit[] {
  const sides = (['above', 'below'] as const).flatMap((side) => {
    const own = (diagnosed?.limits ?? []).filter(({ beyond }) => beyond === side);
    const first = own.sort((a, b) => (side === 'above' ? a.at - b.at : b.at - a.at))[0];
    return first ?? [];
  });
  return sides.map(({ at, means }) => ({ value: at, colour: 'bad', word: means.replace(' collapse', '') }));
}

function latestValue(values: Float64Array, over: number): number | null {
  const last = values.subarray(-over).filter(Number.isFinite);
  return last.length === 0 ? null : last.reduce((sum, value) => sum + value, 0) / last.length;
}

function scaleFor(
  spec: GaugeSpec,
  values: Float64Array,
  featureDim: number | null,
): { low: number; high: number } {
  let [low, high] = spec.scale;
  for (const value of values) {
    if (value > high) high = value * 1.05;
    if (value < low) low = value;
  }
  // A rank has no scale of its own: room to double, up to what the features allow.
  if (spec.name === 'rankMe') high = Math.min(2 * high, featureDim ?? Number.POSITIVE_INFINITY);
  return { low, high };
}

function stateOf(value: number | null, gauge: DiagnosedGauge | undefined): GaugeView['state'] {
  if (value === null || gauge === undefined) return null;
  if (value < gauge.healthy[0]) return 'low';
  return value > gauge.healthy[1] ? 'high' : 'healthy';
}

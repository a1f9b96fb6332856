/**
 * The gauges of a run as they are drawn: a curve each, with the healthy band and the limits that come with the diagnosis,
 * which judges by the same ones.
 */

import type { MethodName } from '../../../recipe';
import type { DiagnosisReport } from '../../../session/protocol';
import { stepSeries } from '../../store/series';
import type { SparkBand } from '../plot/Spark';
import type { ColourName } from '../plot/theme';
import { type GaugeSpec, gaugeSpecs, ofSteps } from './gaugeSpecs';

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

/** The gauges of a method, and those of its diagnosis that have no curve. */
export function specsFor(method: MethodName, diagnosed: readonly DiagnosedGauge[]): GaugeSpec[] {
  const own = gaugeSpecs[method];
  const others = diagnosed.filter(({ name }) => own.every((spec) => spec.name !== name));
  return [...own, ...others.map(valueOnly)];
}

/** A gauge that only the diagnosis knows: its value, its band, its name. */
function valueOnly({ name, label, healthy, value }: DiagnosedGauge): GaugeSpec {
  const [low, high] = healthy;
  return {
    ...ofSteps,
    name,
    title: label,
    term: '',
    meaning: '',
    column: null,
    colour: 'student',
    scale: [Math.min(low, value ?? low), Math.max(high, value ?? high)],
    digits: 1,
  };
}

/** The sizes of a run that gauges are measured by; null before one is set up. */
export interface RunSizes {
  /** Logarithm of the number of prototypes or classes. */
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
  const values = valuesOf(spec, sizes, steps.length, diagnosed);
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

/** The curve of a gauge in its unit; a line at its value where only the diagnosis knows it. */
function valuesOf(
  { column, columns, perLnK }: GaugeSpec,
  { lnK }: RunSizes,
  length: number,
  diagnosed: DiagnosedGauge | undefined,
): Float64Array {
  if (column === null) return new Float64Array(length).fill(diagnosed?.value ?? Number.NaN);
  const raw = columns.column(column);
  return perLnK ? raw.map((value) => value / (lnK ?? Number.NaN)) : raw;
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

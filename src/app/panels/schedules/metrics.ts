/** The numbers that follow a schedule, the gradient, or what training itself counts, under their official names. */

import { type MethodName, methodFacts } from '../../../recipe';
import { type Columns, speedSeries, stepSeries } from '../../store/series';
import type { ColourName } from '../plot/theme';

/** One number over the run. */
export interface Metric {
  id: string;
  label: string;
  /** What it is, in one line. */
  meaning: string;
  columns: Columns;
  column: string;
  colour: ColourName;
  /** Noisy: drawn raw and smoothed. */
  smoothed: boolean;
  format(value: number): string;
}

const scientific = (value: number) => (value === 0 ? '0' : value.toExponential(2));
const digits = (count: number) => (value: number) => value.toFixed(count);
const percent = (value: number) => `${value.toFixed(0)} %`;
const rate = (value: number) => value.toFixed(value < 10 ? 1 : 0);

type Shown = Pick<Metric, 'label' | 'colour' | 'format'> & { smoothed?: boolean; meaning?: string };

/** Numbers of the steps that belong here, in order; each method has those that it reports. */
const shown: Record<string, Shown> = {
  lr: {
    label: 'learning rate',
    meaning: 'warmed up linearly, then a cosine down to min_lr',
    colour: 'student',
    format: scientific,
  },
  weightDecay: { label: 'weight decay', colour: 'student', format: digits(4) },
  momentum: { label: 'teacher momentum', colour: 'teacher', format: digits(5) },
  teacherTemp: { label: 'teacher temp', colour: 'teacher', format: digits(4) },
  studentTemp: { label: 'student temp', colour: 'student', format: digits(3) },
  pawsWeight: { label: 'weight of the votes', colour: 'teacher', format: digits(2) },
  targetEntropy: { label: 'pseudo-label entropy', colour: 'teacher', format: digits(2), smoothed: true },
  supportCorrect: { label: 'labelled, right', colour: 'student', format: percent, smoothed: true },
  pseudoCorrect: { label: 'pseudo-labels right', colour: 'teacher', format: percent, smoothed: true },
  batchCorrect: { label: 'batch, right', colour: 'student', format: percent, smoothed: true },
  gradNorm: {
    label: 'gradient norm',
    colour: 'student',
    format: (value) => (value < 0.01 ? scientific(value) : value.toPrecision(3)),
    smoothed: true,
  },
};

/** What DINO's schedules do beyond what its facts say. */
const schedules: Record<string, string> = {
  weightDecay: 'a cosine from weight_decay to weight_decay_end; none on biases and norms',
  momentum: 'share of the old teacher that each step keeps; a cosine up to 1',
  studentTemp: 'student temperature: always above the teacher’s, or there is nothing to sharpen',
  gradNorm: 'of the whole gradient, before each parameter’s is clipped to clip_grad',
};

const speed: readonly Metric[] = [
  {
    id: 'imagesPerSecond',
    label: 'images a second',
    meaning: 'pictures trained on, all their views included; evaluations not counted',
    columns: speedSeries,
    column: 'imagesPerSecond',
    colour: 'ink',
    smoothed: true,
    format: rate,
  },
  {
    id: 'stepMs',
    label: 'ms a step',
    meaning: 'wall time of one training step, running mean',
    columns: speedSeries,
    column: 'stepMs',
    colour: 'ink',
    smoothed: true,
    format: rate,
  },
];

/** The numbers of a method's steps, then the speed. */
export function metricsOf(method: MethodName): readonly Metric[] {
  const { series } = methodFacts[method];
  const ofSteps = Object.entries(shown).flatMap(([column, { smoothed = false, ...metric }]): Metric[] => {
    const facts = series[column];
    if (facts === undefined) return [];
    const own = method === 'dino' ? schedules[column] : metric.meaning;
    const meaning = own ?? metric.meaning ?? facts.meaning;
    return [{ ...metric, meaning, smoothed, id: column, column, columns: stepSeries }];
  });
  return [...ofSteps, ...speed];
}

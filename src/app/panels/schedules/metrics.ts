/** The numbers that follow a schedule or the gradient, under the names of the official options. */

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

const schedule = { columns: stepSeries, smoothed: false };

export const metrics: readonly Metric[] = [
  {
    ...schedule,
    id: 'lr',
    label: 'learning rate',
    meaning: 'warmed up linearly, then a cosine down to min_lr',
    column: 'lr',
    colour: 'student',
    format: scientific,
  },
  {
    ...schedule,
    id: 'weightDecay',
    label: 'weight decay',
    meaning: 'a cosine from weight_decay to weight_decay_end; none on biases and norms',
    column: 'weightDecay',
    colour: 'student',
    format: digits(4),
  },
  {
    ...schedule,
    id: 'momentum',
    label: 'teacher momentum',
    meaning: 'share of the old teacher that each step keeps; a cosine up to 1',
    column: 'momentum',
    colour: 'teacher',
    format: digits(5),
  },
  {
    ...schedule,
    id: 'teacherTemp',
    label: 'teacher temp',
    meaning: 'teacher temperature: lower = sharper targets',
    column: 'teacherTemp',
    colour: 'teacher',
    format: digits(4),
  },
  {
    ...schedule,
    id: 'studentTemp',
    label: 'student temp',
    meaning: 'student temperature: always above the teacher’s, or there is nothing to sharpen',
    column: 'studentTemp',
    colour: 'student',
    format: digits(3),
  },
  {
    id: 'gradNorm',
    label: 'gradient norm',
    meaning: 'of the whole gradient, before each parameter’s is clipped to clip_grad',
    columns: stepSeries,
    column: 'gradNorm',
    colour: 'student',
    smoothed: true,
    format: (value) => (value < 0.01 ? scientific(value) : value.toPrecision(3)),
  },
  {
    id: 'imagesPerSecond',
    label: 'images a second',
    meaning: 'pictures trained on, all their views included; evaluations not counted',
    columns: speedSeries,
    column: 'imagesPerSecond',
    colour: 'ink',
    smoothed: true,
    format: (value) => value.toFixed(value < 10 ? 1 : 0),
  },
  {
    id: 'stepMs',
    label: 'ms a step',
    meaning: 'wall time of one training step, running mean',
    columns: speedSeries,
    column: 'stepMs',
    colour: 'ink',
    smoothed: true,
    format: (value) => value.toFixed(value < 10 ? 1 : 0),
  },
];

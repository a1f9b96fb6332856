/** The numbers by which each method is told to learn or to collapse: what each means and where it is read. */

import type { MethodName } from '../../../recipe';
import { type Columns, scoreSeries, stepSeries } from '../../store/series';
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
  /** Null where only the diagnosis knows it. */
  column: string | null;
  /** Shares of ln K, of ln C where answers are classes. */
  perLnK: boolean;
  colour: ColourName;
  /** The scale at least; it grows with the values. */
  scale: readonly [number, number];
  digits: number;
}

/** A number of the steps, in its own unit. */
export const ofSteps = { columns: stepSeries, perLnK: false };
const ofScores = { columns: scoreSeries, perLnK: false, digits: 2 };

/** What every method is judged by: whether its features tell pictures apart. */
function featureGauges(colour: ColourName): GaugeSpec[] {
  return [
    {
      ...ofScores,
      name: 'featureSpread',
      title: 'How far the features spread',
      term: 'std × √d',
      meaning: '1: spread evenly over the sphere. 0: every picture has the same feature.',
      column: 'featureStdScaled',
      colour,
      scale: [0, 1],
    },
    {
      ...ofScores,
      name: 'rankMe',
      title: 'How many directions they use',
      term: 'RankMe',
      meaning: 'Effective rank of the features: 1 means that they all lie on a line.',
      column: 'rankMe',
      colour,
      scale: [0, 2],
      digits: 1,
    },
  ];
}

/** The two entropies that every method of answers has: of each target, and of their mean. */
function entropyGauges(
  [one, oneTerm]: readonly [string, string],
  [mean, meanTerm]: readonly [string, string],
) {
  const entropy = { ...ofSteps, perLnK: true, colour: 'teacher', scale: [0, 1.05] } as const;
  return [
    { ...entropy, name: one, column: one, term: oneTerm, digits: 2 },
    { ...entropy, name: mean, column: mean, term: meanTerm, digits: 3 },
  ] as const;
}

const klGauge = {
  ...ofSteps,
  name: 'kl',
  column: 'kl',
  colour: 'student',
  scale: [0, 1.6],
  digits: 2,
} as const;

const lossGauge = { ...ofSteps, perLnK: true, colour: 'student', scale: [0, 1.05], digits: 2 } as const;

const dinoEntropies = entropyGauges(
  ['teacherEntropy', 'H(Pₜ) / ln K'],
  ['meanTeacherEntropy', 'H(mean Pₜ) / ln K'],
);
const pawsEntropies = entropyGauges(['targetEntropy', 'H(target) / ln C'], ['meanEntropy', 'H(mean) / ln C']);
const swavEntropies = entropyGauges(
  ['assignmentEntropy', 'H(q) / ln K'],
  ['meanAssignmentEntropy', 'H(mean q) / ln K'],
);

/** The gauges of each method, most telling first. */
export const gaugeSpecs: Readonly<Record<MethodName, readonly GaugeSpec[]>> = {
  dino: [
    {
      ...dinoEntropies[0],
      title: 'How undecided the teacher is',
      meaning: '1: every picture gets an even shrug (uniform). 0: one word with full certainty.',
    },
    {
      ...dinoEntropies[1],
      title: 'How many words it uses',
      meaning: '1: all prototypes in turn. 0: the same one for every picture (one-hot).',
    },
    {
      ...klGauge,
      title: 'What the student still has to learn',
      term: 'KL(Pₜ ‖ Pₛ) = loss − H',
      meaning: 'Near 0 there is nothing to learn from: both say the same, usually nothing.',
    },
    ...featureGauges('teacher'),
  ],
  paws: [
    {
      ...lossGauge,
      name: 'pawsLoss',
      column: 'pawsLoss',
      title: 'What the views still disagree on',
      term: 'PAWS loss / ln C',
      meaning: '1: every picture gets the same vote for every class, and the votes teach nothing.',
    },
    {
      ...pawsEntropies[1],
      title: 'How many classes it uses',
      meaning: '1: all classes equally often. Lower: some classes get no pictures any more.',
    },
    {
      ...pawsEntropies[0],
      title: 'How undecided the pseudo-labels are',
      meaning: '1: every class alike, and nothing to learn. 0: one class for certain, right or wrong.',
    },
    {
      ...ofSteps,
      name: 'pseudoCorrect',
      title: 'How many pseudo-labels are right',
      term: 'percent',
      meaning: 'Held against the hidden labels, for you to see; training never does.',
      column: 'pseudoCorrect',
      colour: 'teacher',
      scale: [0, 100],
      digits: 0,
    },
    ...featureGauges('student'),
  ],
  swav: [
    {
      ...swavEntropies[0],
      title: 'How undecided the assignments are',
      meaning: '1: every view belongs to all prototypes alike. 0: to one for certain.',
    },
    {
      ...swavEntropies[1],
      title: 'How many prototypes are used',
      meaning: '1: all of them equally often, as Sinkhorn’s rounds see to.',
    },
    {
      ...klGauge,
      title: 'What there still is to predict',
      term: 'KL(q ‖ p) = loss − H',
      meaning: 'Near 0 every view already predicts the other’s assignment.',
    },
    ...featureGauges('student'),
  ],
  supervised: [
    {
      ...lossGauge,
      name: 'loss',
      column: 'loss',
      title: 'What it still gets wrong',
      term: 'loss / ln C',
      meaning: '1: as bad as guessing. 0: sure of every label, by heart perhaps.',
    },
    {
      ...ofSteps,
      name: 'batchCorrect',
      title: 'How many of the labelled it gets right',
      term: 'percent',
      meaning: '100 with few labels says that it knows them by heart, not that it knows the classes.',
      column: 'batchCorrect',
      colour: 'student',
      scale: [0, 100],
      digits: 0,
    },
    ...featureGauges('student'),
  ],
};

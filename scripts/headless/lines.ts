/** The numbers of a run as lines of text. */

import type { ImportReport } from '../../src/dataset/importing/report';
import { shortened } from '../../src/labels';
import type { LabelImport } from '../../src/labels/csv';
import { type BudgetExperiment, cellsOf } from '../../src/session/budget';
import type {
  BaselinesReport,
  Classification,
  DatasetSummary,
  DiagnosisReport,
  EngineSummary,
  EvaluationReport,
  ReadOut,
  StepColumns,
} from '../../src/session/protocol';

/** Steps between two metric lines. */
const lineEvery = 10;

export function engineLine({ backend, adapter, notice }: EngineSummary): string {
  return `${backend} on ${adapter}${notice === undefined ? '' : `\n${notice}`}`;
}

export function dataLine(summary: DatasetSummary): string {
  const { name, trainCount, heldOutCount, classNames, size } = summary;
  const classes = classNames.length > 0 ? `, ${classNames.length} classes` : ', no labels';
  return `${name}: ${trainCount} pictures to train on, ${heldOutCount} held out, ${size} px${classes}`;
}

/** Most skipped files that are named. */
const mostSkipped = 20;

/** What was skipped and why, and what should be known of the set. */
export function reportLines({ lines, warnings }: ImportReport): string[] {
  const skipped = lines.filter(({ outcome, reason }) => outcome === 'skipped' && reason !== 'system-file');
  const shown = skipped.slice(0, mostSkipped);
  const more = skipped.length - shown.length;
  return [
    ...shown.map(({ path, detail }) => `skipped ${shortened(path, 200)}: ${shortened(detail, 200)}`),
    ...(more > 0 ? [`skipped ${more} more`] : []),
    ...warnings.map(({ message }) => message),
  ];
}

/** Names of series that are too long for a line. */
const shortNames: Readonly<Record<string, string>> = {
  teacherEntropy: 'H',
  meanTeacherEntropy: 'Hm',
  kl: 'KL',
  gradNorm: 'grad',
  pawsLoss: 'votes',
  meanEntropy: 'Hm',
  targetEntropy: 'H',
  supportCe: 'CE',
  supportCorrect: 'labels right',
  pseudoCorrect: 'votes right',
  assignmentEntropy: 'H',
  meanAssignmentEntropy: 'Hm',
  batchCorrect: 'labels right',
};
/** Series that follow from the recipe: of these, only the learning rate is in a line. */
const scheduled = [
  'step',
  'weightDecay',
  'momentum',
  'teacherTemp',
  'studentTemp',
  'pawsWeight',
  'meMaxLoss',
];

/** One line for the first step and every tenth. */
export function stepLines(columns: StepColumns, stepMs: number): string[] {
  const shown = Object.keys(columns).filter((name) => !scheduled.includes(name));
  const lines: string[] = [];
  for (let i = 0; i < columns.step.length; i++) {
    const step = columns.step[i]!;
    if (step !== 1 && step % lineEvery !== 0) continue;
    const numbers = shown.map(
      (name) => `${shortNames[name] ?? name} ${stepNumber(name, columns[name]![i]!)}`,
    );
    lines.push([`step ${String(step).padStart(5)}`, ...numbers, `${stepMs.toFixed(0)} ms`].join('  '));
  }
  return lines;
}

function stepNumber(name: string, value: number): string {
  if (Number.isNaN(value)) return '–';
  if (name === 'lr') return value.toExponential(2);
  if (name === 'gradNorm') return value.toPrecision(3);
  if (name === 'loss') return value.toFixed(4);
  return value.toFixed(name.endsWith('Correct') ? 1 : 3);
}

/** What the labels are worth. */
export function classificationLine({ labels, readOuts, shown, calibrationError }: Classification): string {
  const scores = readOuts.map(
    ({ id, heldOut, unlabelled }) =>
      `${readOutNames[id]} ${percent(heldOut)} (${percent(unlabelled)})${id === shown ? ' *' : ''}`,
  );
  return `  ${labels} labels, held out (unlabelled): ${scores.join(', ')}; calibration error ${percent(calibrationError)}`;
}

const readOutNames: Readonly<Record<ReadOut, string>> = {
  snnHead: 'soft neighbours of the head',
  snnFeature: 'of the features',
  classifier: 'classifier',
  linear: 'linear',
  knn: 'k-NN',
};

/** A table of held-out accuracy: a row for each method and seed, a column for each budget. */
export function budgetTable(experiment: BudgetExperiment): string {
  const { methods, labelsPerClass, seeds } = experiment.plan;
  const cells = cellsOf(experiment);
  const row = (head: string, entries: readonly (string | number)[]) =>
    [head.padEnd(24), ...entries.map((entry) => String(entry).padStart(7))].join('');
  const lines = methods.flatMap((method) =>
    seeds.map((seed) => {
      const accuracies = labelsPerClass.map((labels) => {
        const cell = cells.find(
          (each) => each.method === method && each.seed === seed && each.labelsPerClass === labels,
        );
        return percent(cell?.points.at(-1)?.heldOut ?? null);
      });
      return row(`${method}, seed ${seed}`, accuracies);
    }),
  );
  return [row('labels of each class', labelsPerClass), ...lines].join('\n');
}

export function evaluationLine(report: EvaluationReport): string {
  return [
    `evaluation at step ${report.step}:`,
    `k-NN 10 ${percent(report.knn10)}, 20 ${percent(report.knn20)}, leave-one-out ${percent(report.looKnn10)};`,
    `Jaccard ${percent(report.jaccardHeadMean)}, best head ${percent(report.jaccardBestHead)}, mean map ${percent(report.jaccardMeanMap)},`,
    `double size ${percent(report.jaccardX2)};`,
    `s ${report.featureStdScaled.toFixed(3)}, RankMe ${report.rankMe.toFixed(1)} of ${report.featureDim}`,
  ].join(' ');
}

export function baselinesLine(report: BaselinesReport): string {
  const knn = ({ knn10, knn20, looKnn10 }: BaselinesReport['pixels']) =>
    `${percent(knn10)}, ${percent(knn20)}, ${percent(looKnn10)}`;
  const disc = report.centredDisc;
  return [
    `baselines (k-NN 10, 20, leave-one-out): chance ${percent(report.chance)};`,
    `pixels ${knn(report.pixels)}; colours ${knn(report.histogram)}; Jaccard: whole image ${percent(report.wholeImage)},`,
    `centred disc ${disc ? `${percent(disc.jaccard)} (radius ${disc.radius} px)` : '–'},`,
    `best grid ${percent(report.oracle)}`,
  ].join(' ');
}

export function diagnosisLine({ title, sentence, tryThis }: DiagnosisReport): string {
  return [`${title}. ${sentence}`, ...tryThis.map(({ text }) => `  ${text}`)].join('\n');
}

function percent(value: number | null): string {
  return value === null ? '–' : value.toFixed(1);
}

/** What a label file came to, with the rows that gave no label. */
export function labelLines({ given, newClasses, problems }: LabelImport): string[] {
  const added = newClasses.length > 0 ? `, ${newClasses.length} new classes` : '';
  const lines = [`${given} labels given${added}`];
  for (const { row, text, reason } of problems) {
    const where = row === 0 ? 'the file' : `row ${row}`;
    lines.push(`  left out: ${where}: ${printable(text)}: ${printable(reason)}`);
  }
  return lines;
}

/** File names are untrusted: no control characters reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

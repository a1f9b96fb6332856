/** The numbers of a run as lines of text. */

import type {
  BaselinesReport,
  DatasetSummary,
  DiagnosisReport,
  EngineSummary,
  EvaluationReport,
  StepColumns,
} from '../../src/session/protocol';

/** Steps between two metric lines. */
const lineEvery = 10;

export function engineLine({ backend, adapter, notice }: EngineSummary): string {
  return `${backend} on ${adapter}${notice === undefined ? '' : `\n${notice}`}`;
}

export function dataLine(summary: DatasetSummary): string {
  const { name, trainCount, heldOutCount, classNames, size, skipped } = summary;
  const classes = classNames.length > 0 ? `, ${classNames.length} classes` : ', no labels';
  const lines = [
    `${name}: ${trainCount} pictures to train on, ${heldOutCount} held out, ${size} px${classes}`,
  ];
  for (const { path, reason } of skipped) lines.push(`  left out: ${printable(path)}: ${printable(reason)}`);
  return lines.join('\n');
}

/** One line for the first step and every tenth. */
export function stepLines(columns: StepColumns, stepMs: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < columns.step.length; i++) {
    const step = columns.step[i]!;
    if (step !== 1 && step % lineEvery !== 0) continue;
    lines.push(
      [
        `step ${String(step).padStart(5)}`,
        `loss ${columns.loss[i]!.toFixed(4)}`,
        `H ${columns.teacherEntropy[i]!.toFixed(3)}`,
        `Hm ${columns.meanTeacherEntropy[i]!.toFixed(3)}`,
        `KL ${columns.kl[i]!.toFixed(3)}`,
        `grad ${columns.gradNorm[i]!.toPrecision(3)}`,
        `lr ${columns.lr[i]!.toExponential(2)}`,
        `${stepMs.toFixed(0)} ms`,
      ].join('  '),
    );
  }
  return lines;
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

/** File names are untrusted: no control characters reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

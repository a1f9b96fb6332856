/** What the k-NN scores say, in words: against every baseline, and no more than the number of pictures allows. */

import type { BaselinesReport, EvaluationReport } from '../../../session/protocol';

/** How pictures are scored: held-out ones by their training neighbours, or each by all the others. */
export type Protocol = 'held-out' | 'leave-one-out';

/** A baseline with its score under one protocol, percent. */
export interface Baseline {
  name: string;
  short: string;
  score: number;
}

/** The baselines that have a score, k = 10, weakest reference first. */
export function knnBaselines(baselines: BaselinesReport | null, protocol: Protocol): Baseline[] {
  if (baselines === null) return [];
  const key = protocol === 'held-out' ? 'knn10' : 'looKnn10';
  const all: [name: string, short: string, score: number | null][] = [
    ['chance', 'chance', baselines.chance],
    ['random network', 'untrained', baselines.randomInit[key]],
    ['colour histogram', 'colours', baselines.histogram[key]],
    ['raw pixels', 'pixels', baselines.pixels[key]],
  ];
  return all.flatMap(([name, short, score]) => (score === null ? [] : [{ name, short, score }]));
}

/** Standard error of a score in percent over `n` pictures, in points. */
export function standardError(score: number, n: number): number {
  const share = Math.min(1, Math.max(0, score / 100));
  return 100 * Math.sqrt((share * (1 - share)) / Math.max(1, n));
}

/** The latest score against its baselines; null when there is none. */
export function verdict(
  evaluation: EvaluationReport,
  baselines: BaselinesReport | null,
  protocol: Protocol,
): string | null {
  const score = protocol === 'held-out' ? evaluation.knn10 : evaluation.looKnn10;
  if (score === null) return null;
  const n = protocol === 'held-out' ? evaluation.testImages : evaluation.testImages + evaluation.bankImages;
  const error = standardError(score, n);
  const what = protocol === 'held-out' ? 'held-out pictures' : 'pictures';
  const start = `${score.toFixed(1)} % of the ${what} get their class from their neighbours`;
  const rivals = knnBaselines(baselines, protocol).filter(({ name }) => name !== 'chance');
  const comparison =
    rivals.length === 0 ? '' : `: ${joined(rivals.map((rival) => compare(score, rival, error)))}`;
  const chance = baselines?.chance == null ? '' : ` Chance is ${baselines.chance.toFixed(1)} %.`;
  return `${start}${comparison}. One score over ${n} pictures is uncertain by ±${error.toFixed(1)}.${chance}`;
}

function compare(score: number, { name, score: rival }: Baseline, error: number): string {
  const gap = score - rival;
  if (Math.abs(gap) < error) return `no better or worse than ${withArticle(name)}`;
  const points = `${Math.abs(gap).toFixed(1)} points`;
  return gap > 0 ? `${points} above ${withArticle(name)}` : `${points} below ${withArticle(name)}`;
}

function withArticle(name: string): string {
  return name === 'raw pixels' ? name : `the ${name}`;
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

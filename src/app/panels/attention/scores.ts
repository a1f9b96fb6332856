/** The Jaccard scores of a step beside what needs no training, in the order in which they are read. */

import type { BaselinesReport, EvaluationReport } from '../../../session/protocol';

export interface Score {
  label: string;
  value: number;
  /** The number of the run itself, not a baseline. */
  main?: boolean;
}

/** The scores at or before `step`; empty where no true masks are known. */
export function jaccardScores(
  evaluations: readonly EvaluationReport[],
  baselines: BaselinesReport | null,
  step: number,
): Score[] {
  const evaluation = evaluations.findLast((each) => each.step <= step);
  if (evaluation === undefined || evaluation.jaccardHeadMean === null) return [];
  const all: [string, number | null | undefined, boolean?][] = [
    ['mean over heads', evaluation.jaccardHeadMean, true],
    ['best head of each picture (the paper’s protocol)', evaluation.jaccardBestHead],
    ['at twice the size', evaluation.jaccardX2],
    ['centred disc', baselines?.centredDisc?.jaccard],
    ['whole image', baselines?.wholeImage],
    ['random network', baselines?.randomInit.jaccardHeadMean],
    ['random network, best head', baselines?.randomInit.jaccardBestHead],
    ['best possible patches', baselines?.oracle],
  ];
  return all.flatMap(([label, value, main]) =>
    value === null || value === undefined ? [] : [{ label, value, ...(main ? { main } : {}) }],
  );
}

/** The first step whose head mean beats the centred disc; null before that. */
export function passedDiscAt(
  evaluations: readonly EvaluationReport[],
  baselines: BaselinesReport | null,
): number | null {
  const disc = baselines?.centredDisc?.jaccard;
  if (disc === undefined) return null;
  return evaluations.find((each) => (each.jaccardHeadMean ?? 0) > disc)?.step ?? null;
}

/**
 * What the views of one picture were asked to say and said: the pairs that the loss compares, and their
 * distributions over prototypes or classes as bars.
 */

import type { MethodName } from '../../../recipe';
import type { ViewsReport } from '../../../session/protocol';

/** Targets and predictions of the views of one picture. */
export type Answers = NonNullable<ViewsReport['answers']>;

/** How a method speaks of its answers. */
export interface AnswerWords {
  /** What a view has to do. */
  note: string;
  /** '… global 1': what the others are trained to say. */
  targetOf: string;
  target: string;
  /** What the cross-entropies of the pairs come to. */
  total: string;
  /** One of many answers. */
  answers: string;
}

/** The words of every method. */
export const answerWords: Readonly<Record<MethodName, AnswerWords>> = {
  dino: {
    note: 'each must predict the teacher’s word on the others',
    targetOf: 'the teacher’s word on',
    target: 'teacher',
    total: 'all of them average to the loss',
    answers: 'prototypes',
  },
  paws: {
    note: 'each must predict the pseudo-label of another view',
    targetOf: 'the pseudo-label from',
    target: 'sharpened',
    total: 'together they make the loss of the votes',
    answers: 'classes',
  },
  swav: {
    note: 'each must predict the prototypes that another view was assigned to',
    targetOf: 'the assignment of',
    target: 'assigned',
    total: 'together they make the loss',
    answers: 'prototypes',
  },
  supervised: {
    note: 'each is told the class of its picture',
    targetOf: 'the label of',
    target: 'label',
    total: 'together they make the loss',
    answers: 'classes',
  },
};

/** One view against what it was asked to say. */
export interface Pair {
  /** Index of the view that predicts. */
  view: number;
  name: string;
  /** Cross-entropy in nats, mean over the batch. */
  term: number;
  /** [K] of the first picture. */
  prediction: Float32Array;
  /** Its strongest answer. */
  top: Word;
}

/** An answer and the share it was given. */
export interface Word {
  answer: number;
  share: number;
}

/** The `i`-th row of rows laid end to end. */
export function rowAt(rows: Float32Array, i: number, width: number): Float32Array {
  return rows.subarray(i * width, (i + 1) * width);
}

/** Number of targets T and of answers K that each spreads its shares over. */
export function sizesOf({ terms, targets }: Answers, views: number): { targets: number; answers: number } {
  const count = terms.length / views;
  return { targets: count, answers: targets.length / count };
}

/** The pairs of one target: every view but the one that it comes from. */
export function pairsOf(views: ViewsReport['views'], answers: Answers, target: number): Pair[] {
  const width = sizesOf(answers, views.length).answers;
  return views.flatMap(({ name }, view) => {
    if (view === target) return [];
    const prediction = rowAt(answers.predictions, view, width);
    const term = answers.terms[target * views.length + view]!;
    return [{ view, name, term, prediction, top: strongest(prediction) }];
  });
}

/** The answer with the largest share. */
export function strongest(distribution: Float32Array): Word {
  let answer = 0;
  for (let i = 1; i < distribution.length; i++) {
    if (distribution[i]! > distribution[answer]!) answer = i;
  }
  return { answer, share: distribution[answer] ?? 0 };
}

/**
 * Which answers are drawn, in their order: all of them, or where there are too many the `most` with the largest
 * share in any of the distributions.
 */
export function chosenAnswers(distributions: readonly Float32Array[], most: number): number[] {
  const count = distributions[0]?.length ?? 0;
  const all = Array.from({ length: count }, (_, i) => i);
  if (count <= most) return all;
  const peak = all.map((i) => Math.max(...distributions.map((distribution) => distribution[i]!)));
  return all
    .sort((a, b) => peak[b]! - peak[a]!)
    .slice(0, most)
    .sort((a, b) => a - b);
}

/** Bars as one SVG path in a box of one unit a bar and a height of 1, growing from the bottom; `peak` fills it. */
export function barsPath(distribution: Float32Array, answers: readonly number[], peak: number): string {
  let path = '';
  answers.forEach((answer, i) => {
    const height = Math.min(1, distribution[answer]! / peak);
    if (height < 0.002) return;
    path += `M${(i + 0.1).toFixed(1)} 1v${(-height).toFixed(3)}h.8V1z`;
  });
  return path;
}

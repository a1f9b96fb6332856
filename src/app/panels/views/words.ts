/**
 * What teacher and student say about one picture's views: the pairs that the loss compares, and their distributions
 * over prototypes as bars.
 */

import type { ViewsReport } from '../../../session/protocol';

/** One student view against the teacher's word on another view. */
export interface Pair {
  /** Index of the student's view. */
  view: number;
  name: string;
  /** Cross-entropy in nats, mean over the batch. */
  term: number;
  /** [K] of the first picture. */
  student: Float32Array;
  /** Its strongest prototype. */
  top: Word;
}

/** A prototype and the share it was given. */
export interface Word {
  prototype: number;
  share: number;
}

/** The `i`-th row of rows laid end to end. */
export function rowAt(rows: Float32Array, i: number, width: number): Float32Array {
  return rows.subarray(i * width, (i + 1) * width);
}

/** Number of prototypes in a report. */
export function prototypeCount(report: ViewsReport): number {
  return report.teacher.length / 2;
}

/** The pairs of one teacher view (0 or 1): every student view but itself. */
export function pairsOf(report: ViewsReport, teacherView: number): Pair[] {
  const count = prototypeCount(report);
  return report.views.flatMap(({ name }, view) => {
    if (view === teacherView) return [];
    const student = rowAt(report.student, view, count);
    const term = report.terms[teacherView * report.views.length + view]!;
    return [{ view, name, term, student, top: strongest(student) }];
  });
}

/** The prototype with the largest share. */
export function strongest(distribution: Float32Array): Word {
  let prototype = 0;
  for (let i = 1; i < distribution.length; i++) {
    if (distribution[i]! > distribution[prototype]!) prototype = i;
  }
  return { prototype, share: distribution[prototype] ?? 0 };
}

/**
 * Which prototypes are drawn, in their order: all of them, or where there are too many the `most` with the largest
 * share in any of the distributions.
 */
export function chosenPrototypes(distributions: readonly Float32Array[], most: number): number[] {
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
export function barsPath(distribution: Float32Array, prototypes: readonly number[], peak: number): string {
  let path = '';
  prototypes.forEach((prototype, i) => {
    const height = Math.min(1, distribution[prototype]! / peak);
    if (height < 0.002) return;
    path += `M${(i + 0.1).toFixed(1)} 1v${(-height).toFixed(3)}h.8V1z`;
  });
  return path;
}

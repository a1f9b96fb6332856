/** What the loss of each method is made of, and the value at which it says nothing. */

import type { MethodName, Recipe } from '../../../recipe';
import type { LiveChange } from '../../../session/client';
import { stepSeries } from '../../store/series';
import type { PlotLine, PlotSpec } from '../plot/spec';

type Part = Pick<PlotLine, 'label' | 'column' | 'colour' | 'dash' | 'hidden'>;

/** What the title says beside 'Loss'. */
export function lossNote(method: MethodName, recipe: Pick<Recipe, 'support_ce_weight'> | null): string {
  switch (method) {
    case 'dino':
      return 'cross-entropy of teacher and student = teacher entropy + KL';
    case 'paws':
      return recipe !== null && recipe.support_ce_weight > 0
        ? 'PAWS + CE: votes on the views, and cross-entropy on the labels'
        : 'PAWS: votes on the views, and nothing else';
    case 'swav':
      return 'cross-entropy of assignments and predictions = assignment entropy + KL';
    case 'supervised':
      return 'cross-entropy with the given labels';
  }
}

const parts: Record<MethodName, readonly Part[]> = {
  dino: [
    { label: 'loss', column: 'loss', colour: 'student' },
    { label: 'teacher entropy', column: 'teacherEntropy', colour: 'teacher', hidden: true },
    { label: 'KL', column: 'kl', colour: 'ink', hidden: true },
  ],
  paws: [
    { label: 'loss', column: 'loss', colour: 'student' },
    { label: 'votes', column: 'pawsLoss', colour: 'teacher' },
    { label: 'labels (CE)', column: 'supportCe', colour: 'ink', hidden: true },
    { label: 'me-max', column: 'meMaxLoss', colour: 'mark', hidden: true },
  ],
  swav: [
    { label: 'loss', column: 'loss', colour: 'student' },
    { label: 'assignment entropy', column: 'assignmentEntropy', colour: 'teacher', hidden: true },
    { label: 'KL', column: 'kl', colour: 'ink', hidden: true },
  ],
  supervised: [{ label: 'loss', column: 'loss', colour: 'student' }],
};

const silence: Record<MethodName, string> = {
  dino: 'saying nothing',
  paws: 'every class alike',
  swav: 'saying nothing',
  supervised: 'guessing',
};

/** The plot of a run with `outputs` prototypes or classes (null before one is set up), live changes marked. */
export function lossPlot(
  method: MethodName,
  outputs: number | null,
  changes: readonly LiveChange[],
): PlotSpec {
  const limit = outputs === null ? Number.NaN : Math.log(outputs);
  return {
    name: 'Loss',
    file: 'pawsaur-loss',
    format: (value) => value.toFixed(3),
    leastSpan: 0.4,
    lines: parts[method].map((part) => ({
      ...part,
      id: part.column,
      columns: stepSeries,
      smoothed: true,
    })),
    levels: [
      { value: limit, label: `ln ${outputs} = ${limit.toFixed(3)}: ${silence[method]}`, colour: 'bad' },
    ],
    marks: changes.map(({ step, field, value }) => ({ step, label: `${field} ${value}` })),
    csv: () => stepSeries.toCsv(),
  };
}

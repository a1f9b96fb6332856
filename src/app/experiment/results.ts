/** What an experiment came to: means over seeds, the table, the file, and the comparison in a sentence. */

import type { Recipe } from '../../recipe';
import { type BudgetCell, type BudgetExperiment, type BudgetMethod, cellsOf } from '../../session/budget';

/** What the methods are called here. */
const methodNames: Record<BudgetMethod, string> = {
  paws: 'PAWS',
  supervised: 'Labels alone',
  dino: 'DINO + linear',
};

/** The title of a method in an experiment: the extra of PAWS is named. */
export function titleOf(method: BudgetMethod, { plan }: { plan: { base: Recipe } }): string {
  // Of another method's recipe the label loss is taken from PAWS's short presets, where it is on.
  const extra = method === 'paws' && (plan.base.method !== 'paws' || plan.base.support_ce_weight > 0);
  return extra ? `${methodNames[method]} + CE` : methodNames[method];
}

/** Accuracy on held-out pictures at the end, percent; null where it was not scored. */
export function finalOf({ points }: BudgetCell): number | null {
  return points.at(-1)?.heldOut ?? null;
}

/** Scores of some seeds. */
export interface Summary {
  mean: number;
  low: number;
  high: number;
  seeds: number;
}

/** The seeds of one method with one budget together; null where none is done. */
export function summaryOf(
  cells: readonly BudgetCell[],
  method: BudgetMethod,
  labelsPerClass: number,
): Summary | null {
  const scores = cells
    .filter((cell) => cell.method === method && cell.labelsPerClass === labelsPerClass)
    .map(finalOf)
    .filter((score) => score !== null);
  if (scores.length === 0) return null;
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { mean, low: Math.min(...scores), high: Math.max(...scores), seeds: scores.length };
}

/** Accuracy by epoch of one method with one budget, mean over the seeds that were scored there; rising. */
export function courseOf(
  cells: readonly BudgetCell[],
  method: BudgetMethod,
  labelsPerClass: number,
): { epoch: number; heldOut: number }[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const cell of cells) {
    if (cell.method !== method || cell.labelsPerClass !== labelsPerClass) continue;
    for (const { epoch, heldOut } of cell.points) {
      if (heldOut === null) continue;
      const entry = sums.get(epoch) ?? { sum: 0, count: 0 };
      sums.set(epoch, { sum: entry.sum + heldOut, count: entry.count + 1 });
    }
  }
  return [...sums]
    .map(([epoch, { sum, count }]) => ({ epoch, heldOut: sum / count }))
    .sort((a, b) => a.epoch - b.epoch);
}

const columns = [
  'method',
  'labels_per_class',
  'seed',
  'labels',
  'read_out',
  'step',
  'epoch',
  'held_out',
  'unlabelled',
] as const;

/** Every evaluation of every training as CSV; unknown scores are empty. */
export function experimentCsv(experiment: BudgetExperiment): string {
  const lines = cellsOf(experiment).flatMap(({ method, labelsPerClass, seed, labels, shown, points }) =>
    points.map(({ step, epoch, heldOut, unlabelled }) =>
      [method, labelsPerClass, seed, labels, shown, step, epoch, heldOut ?? '', unlabelled ?? ''].join(','),
    ),
  );
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

const percent = (value: number) => `${value.toFixed(1)} %`;

/**
 * The paper's comparison, for the smallest budget that both have: how much more PAWS knows than the labels alone,
 * and from which epoch on; null before both are done.
 */
export function comparison(experiment: BudgetExperiment): string | null {
  const cells = cellsOf(experiment);
  for (const labels of experiment.plan.labelsPerClass) {
    const paws = summaryOf(cells, 'paws', labels);
    const alone = summaryOf(cells, 'supervised', labels);
    if (paws === null || alone === null) continue;
    const name = titleOf('paws', experiment);
    const given = `${labels} ${labels === 1 ? 'label' : 'labels'} a class`;
    const course = courseOf(cells, 'paws', labels);
    const passed = course.find(({ heldOut }) => heldOut >= alone.mean);
    const last = course.at(-1);
    const gap = paws.mean - alone.mean;
    const said = `With ${given}, ${name} tells ${percent(paws.mean)} of the held-out pictures right, the labels alone ${percent(alone.mean)}`;
    const seeds = Math.min(paws.seeds, alone.seeds);
    const caution = seeds < 3 ? ` ${seeds === 1 ? 'One seed is' : 'Two seeds are'} no proof: add more.` : '';
    if (gap <= 0 || passed === undefined || last === undefined)
      return `${said}: here the votes do not help.${caution}`;
    return `${said}. It passed that after ${passed.epoch.toFixed(0)} of ${last.epoch.toFixed(0)} epochs.${caution}`;
  }
  return null;
}

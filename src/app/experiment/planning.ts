/** Turns what a person typed into the plan of an experiment, or says what keeps it from being one. */

import type { Recipe } from '../../recipe';
import { type BudgetExperiment, type BudgetMethod, planBudget } from '../../session/budget';
import type { DatasetSummary } from '../../session/protocol';

/** The form. */
export interface Wishes {
  /** As typed: '1, 2, 4, 8'. */
  budgets: string;
  methods: readonly BudgetMethod[];
  seeds: number;
}

const mostBudgets = 8;
const mostLabels = 10_000;

/** Whole numbers from 1, with anything between them; null when something else stands there. */
export function readBudgets(text: string): number[] | null {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  const numbers = words.map(Number);
  const fine = words.every((word) => /^\d+$/.test(word)) && numbers.every((n) => n >= 1 && n <= mostLabels);
  return fine && numbers.length > 0 ? [...new Set(numbers)].sort((a, b) => a - b) : null;
}

/** The experiment that was wished for, or the sentence that says why there is none. */
export function experimentOf(
  { budgets, methods, seeds }: Wishes,
  base: Recipe,
  dataset: DatasetSummary | null,
): { experiment: BudgetExperiment } | { problem: string } {
  if (dataset === null) return { problem: 'The pictures are not there yet.' };
  const classes = dataset.classNames.length;
  if (classes < 2) {
    const problem =
      'These pictures have no two classes to tell apart. Label some of each by hand first, held-out ones too.';
    return { problem };
  }
  const labelsPerClass = readBudgets(budgets);
  if (labelsPerClass === null)
    return { problem: `Write whole numbers from 1 to ${mostLabels}, such as 1, 2, 4, 8.` };
  if (labelsPerClass.length > mostBudgets)
    return { problem: `${labelsPerClass.length} budgets are more than ${mostBudgets}.` };
  if (methods.length === 0) return { problem: 'Choose at least one method.' };
  const plan = {
    base: { ...base },
    methods: [...methods],
    labelsPerClass,
    seeds: Array.from({ length: seeds }, (_, i) => base.label_seed + i),
    dataset: { name: dataset.name, trainCount: dataset.trainCount, size: dataset.size, classes },
  };
  return { experiment: planBudget(plan) };
}

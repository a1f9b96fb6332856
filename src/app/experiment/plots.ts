/** The two plots of an experiment, from the pieces that all plots of the page are made of. */

import { type BudgetExperiment, type BudgetMethod, cellsOf } from '../../session/budget';
import type { PlotLine, PlotSpec } from '../panels/plot/spec';
import { ColumnTable } from '../store/series';
import { courseOf, experimentCsv, finalOf, summaryOf, titleOf } from './results';

/** PAWS is what is taught, the labels alone the baseline, and DINO's features are a teacher's. */
const looks: Record<BudgetMethod, Pick<PlotLine, 'colour' | 'dash' | 'markers'>> = {
  paws: { colour: 'student', markers: 'circle' },
  supervised: { colour: 'base', dash: 'dash', markers: 'square' },
  dino: { colour: 'teacher', dash: 'dot', markers: 'diamond-open' },
};

const shared = {
  format: (value: number) => `${value.toFixed(1)} %`,
  leastSpan: 10,
  floor: 0,
};

/** A table of points; those at the same place are moved apart by less than can be seen. */
function tableOf(points: readonly { x: number; y: number }[]): ColumnTable<'step' | 'accuracy'> {
  const table = new ColumnTable<'step' | 'accuracy'>(['step', 'accuracy']);
  let last = Number.NEGATIVE_INFINITY;
  for (const { x, y } of points) {
    last = x > last ? x : last + 1e-6;
    table.push({ step: last, accuracy: y });
  }
  return table;
}

/** Accuracy at the end against labels: the mean of each method, and each of its seeds where there are several. */
export function labelsPlot(experiment: BudgetExperiment): PlotSpec {
  const cells = cellsOf(experiment);
  const { methods, labelsPerClass, seeds } = experiment.plan;
  const lines = methods.flatMap((method): PlotLine[] => {
    const label = titleOf(method, experiment);
    const means = labelsPerClass.flatMap((x) => {
      const summary = summaryOf(cells, method, x);
      return summary === null ? [] : [{ x, y: summary.mean }];
    });
    const each = labelsPerClass.flatMap((x) =>
      cells
        .filter((cell) => cell.method === method && cell.labelsPerClass === x)
        .flatMap((cell) => {
          const y = finalOf(cell);
          return y === null ? [] : [{ x, y }];
        }),
    );
    const line = { ...looks[method], id: method, label, columns: tableOf(means), column: 'accuracy' };
    if (seeds.length < 2) return [line];
    const points = { ...line, id: `${method} seeds`, label: `${label}, each seed`, columns: tableOf(each) };
    return [line, { ...points, unjoined: true }];
  });
  return {
    ...shared,
    name: 'Accuracy on held-out pictures against labels a class',
    file: 'pawsaur-labels',
    axis: 'labels',
    lines,
    csv: () => experimentCsv(experiment),
  };
}

/** Accuracy against epochs with one budget, mean over seeds. */
export function epochsPlot(experiment: BudgetExperiment, labelsPerClass: number): PlotSpec {
  const cells = cellsOf(experiment);
  const lines = experiment.plan.methods.map(
    (method): PlotLine => ({
      ...looks[method],
      id: method,
      label: titleOf(method, experiment),
      columns: tableOf(
        courseOf(cells, method, labelsPerClass).map(({ epoch, heldOut }) => ({ x: epoch, y: heldOut })),
      ),
      column: 'accuracy',
    }),
  );
  return {
    ...shared,
    name: `Accuracy on held-out pictures against epochs, ${labelsPerClass} a class`,
    file: `pawsaur-epochs-${labelsPerClass}`,
    axis: 'epoch',
    lines,
    csv: () => experimentCsv(experiment),
  };
}

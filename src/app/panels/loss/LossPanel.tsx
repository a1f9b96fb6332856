/**
 * The loss and the two parts it is made of: cross-entropy of teacher and student = teacher entropy + KL. At ln K, K
 * the number of prototypes, the student says nothing.
 */

import { useMemo } from 'react';
import { useRun } from '../../store/run';
import { stepSeries } from '../../store/series';
import { Panel } from '../panel/Panel';
import { StepPlot } from '../plot/StepPlot';
import type { PlotSpec } from '../plot/spec';

/** The plot of a run with `outDim` prototypes; null before one is set up. */
export function lossPlot(outDim: number | null): PlotSpec {
  const limit = outDim === null ? Number.NaN : Math.log(outDim);
  return {
    name: 'Loss',
    file: 'pawsaur-loss',
    format: (value) => value.toFixed(3),
    leastSpan: 0.4,
    lines: [
      { id: 'loss', label: 'loss', columns: stepSeries, column: 'loss', colour: 'student', smoothed: true },
      {
        id: 'entropy',
        label: 'teacher entropy',
        columns: stepSeries,
        column: 'teacherEntropy',
        colour: 'teacher',
        smoothed: true,
        hidden: true,
      },
      {
        id: 'kl',
        label: 'KL',
        columns: stepSeries,
        column: 'kl',
        colour: 'ink',
        smoothed: true,
        hidden: true,
      },
    ],
    levels: [{ value: limit, label: `ln ${outDim} = ${limit.toFixed(3)}: saying nothing`, colour: 'bad' }],
    csv: () => stepSeries.toCsv(),
  };
}

export function LossPanel() {
  const outDim = useRun((run) => run.prepared?.outDim ?? null);
  const spec = useMemo(() => lossPlot(outDim), [outDim]);
  return (
    <Panel title="Loss" note="cross-entropy of teacher and student = teacher entropy + KL">
      <StepPlot
        spec={spec}
        smoothing={0.9}
        empty="The loss of every step is drawn here from the first step on."
      />
    </Panel>
  );
}

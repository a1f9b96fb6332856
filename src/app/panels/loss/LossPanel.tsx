/**
 * The loss and the two parts it is made of: cross-entropy of teacher and student = teacher entropy + KL. At ln K, K
 * the number of prototypes, the student says nothing.
 */

import { useMemo } from 'react';
import type { LiveChange } from '../../../session/client';
import { useRun } from '../../store/run';
import { stepSeries } from '../../store/series';
import { Panel } from '../panel/Panel';
import { StepPlot } from '../plot/StepPlot';
import type { PlotSpec } from '../plot/spec';
import { useOutDim } from '../plot/useOutDim';

/** The plot of a run with `outDim` prototypes (null before one is set up), live changes marked. */
function lossPlot(outDim: number | null, changes: readonly LiveChange[]): PlotSpec {
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
    marks: changes.map(({ step, field, value }) => ({ step, label: `${field} ${value}` })),
    csv: () => stepSeries.toCsv(),
  };
}

export function LossPanel() {
  const outDim = useOutDim();
  const changes = useRun((run) => run.liveChanges);
  const spec = useMemo(() => lossPlot(outDim, changes), [outDim, changes]);
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

/**
 * The loss and the parts it is made of. At ln K, K the number of prototypes or classes, the answers are the same for
 * every picture.
 */

import { useMemo } from 'react';
import { useRun } from '../../store/run';
import { Panel } from '../panel/Panel';
import { StepPlot } from '../plot/StepPlot';
import { useMethod, useOutDim } from '../run';
import { lossNote, lossPlot } from './lossPlot';

export function LossPanel() {
  const method = useMethod();
  const outDim = useOutDim();
  const recipe = useRun((run) => run.recipe);
  const changes = useRun((run) => run.liveChanges);
  const spec = useMemo(() => lossPlot(method, outDim, changes), [method, outDim, changes]);
  return (
    <Panel title="Loss" note={lossNote(method, recipe)}>
      <StepPlot
        key={method}
        spec={spec}
        smoothing={0.9}
        empty="The loss of every step is drawn here from the first step on."
      />
    </Panel>
  );
}

/**
 * Weighted k-NN on the teacher's features (k = 10 and 20, temperature 0.07, as in the official eval_knn.py), beside
 * what needs no training: chance, the network before its first step, raw pixels, a colour histogram.
 */

import { useMemo, useState } from 'react';
import { methodFacts } from '../../../recipe';
import { useRun } from '../../store/run';
import { scoreSeries } from '../../store/series';
import { Choice, Empty, Panel } from '../panel/Panel';
import panel from '../panel/panel.module.css';
import { StepPlot } from '../plot/StepPlot';
import type { PlotSpec } from '../plot/spec';
import type { ColourName } from '../plot/theme';
import { scoredNetwork, useMethod } from '../run';
import { type Baseline, knnBaselines, type Protocol, verdict } from './verdict';

/** The curves of one protocol over its own baselines. */
function knnPlot(protocol: Protocol, baselines: readonly Baseline[], colour: ColourName): PlotSpec {
  const heldOut: PlotSpec['lines'] = [
    {
      id: 'knn10',
      label: 'k = 10',
      columns: scoreSeries,
      column: 'knn10',
      colour,
      markers: 'circle',
    },
    {
      id: 'knn20',
      label: 'k = 20',
      columns: scoreSeries,
      column: 'knn20',
      colour,
      markers: 'diamond-open',
      dash: 'dot',
    },
  ];
  const leaveOneOut: PlotSpec['lines'] = [
    {
      id: 'loo',
      label: 'leave-one-out, k = 10',
      columns: scoreSeries,
      column: 'looKnn10',
      colour,
      markers: 'square',
    },
  ];
  return {
    name: `k-NN top-1, ${protocol}`,
    file: `pawsaur-knn-${protocol}`,
    format: (value) => `${value.toFixed(1)} %`,
    leastSpan: 10,
    floor: 0,
    lines: protocol === 'held-out' ? heldOut : leaveOneOut,
    levels: baselines.map(({ name, short, score }) => ({
      value: score,
      label: `${name} ${score.toFixed(1)}`,
      short: `${short} ${score.toFixed(1)}`,
      colour: 'base',
      optional: name === 'chance',
    })),
    csv: () => scoreSeries.toCsv(),
  };
}

export function KnowsClassesPanel() {
  const dataset = useRun((run) => run.dataset);
  const baselines = useRun((run) => run.baselines);
  const latest = useRun((run) => run.evaluations.at(-1));
  const [protocol, setProtocol] = useState<Protocol>('held-out');
  const method = useMethod();
  const { word, colour } = scoredNetwork(method);
  const spec = useMemo(
    () => knnPlot(protocol, knnBaselines(baselines, protocol), colour),
    [protocol, baselines, colour],
  );
  const sentence = latest && verdict(latest, baselines, protocol);
  const title = 'Does it know the classes?';
  const note = methodFacts[method].readsLabels
    ? `k-NN on the ${word}’s features; here all labels vote, those hidden from training, too`
    : `k-NN on the ${word}’s features; labels are used here, never in training`;

  // The numbers of an earlier run stay while pictures without labels wait for theirs.
  if (dataset?.labelledCount === 0 && (latest?.knn10 ?? null) === null) {
    return (
      <Panel title={title} note={note}>
        <Empty>
          These pictures have no labels, so their classes cannot be asked for. Put each class into a folder of
          its own and this panel scores the features by the labels of their nearest neighbours.
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel
      title={title}
      note={note}
      aside={
        <Choice<Protocol>
          label="Which pictures are scored"
          options={[
            { value: 'held-out', label: 'held-out' },
            { value: 'leave-one-out', label: 'leave-one-out' },
          ]}
          value={protocol}
          onChange={setProtocol}
        />
      }
    >
      <StepPlot
        spec={spec}
        empty="The share of pictures whose nearest neighbours know their class is drawn here at every evaluation, the first before step 1."
      />
      {sentence && <p className={panel.words}>{sentence}</p>}
    </Panel>
  );
}

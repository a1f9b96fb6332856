/**
 * Where the network looks: attention of the class token to the patches in the last block, head by head, over pinned
 * pictures (Caron et al. 2021, figure 1; the official visualize_attention.py), now and back through the run.
 */

import { useDeferredValue, useEffect, useState, useSyncExternalStore } from 'react';
import { useRun } from '../../store/run';
import { Choice, Empty, Panel } from '../panel/Panel';
import panel from '../panel/panel.module.css';
import { AttentionGrid } from './AttentionGrid';
import styles from './attention.module.css';
import { type Network, scoredNetworkOf } from './cells';
import { attentionHistory } from './history';
import { jaccardScores, passedDiscAt } from './scores';
import { TimeSlider } from './TimeSlider';

const title = 'Where it looks';

export function AttentionPanel() {
  const newest = useRun((run) => run.attention);
  const prepared = useRun((run) => run.prepared);
  const hasMasks = useRun((run) => run.dataset?.hasMasks ?? false);
  const reports = useSyncExternalStore(attentionHistory.subscribe, attentionHistory.getReports);
  const [network, setNetwork] = useState<Network>('teacher');
  const [outlined, setOutlined] = useState(false);
  const [chosenStep, setChosenStep] = useState<number | null>(null);

  useEffect(() => {
    if (newest === null) attentionHistory.clear();
    else attentionHistory.add(newest);
  }, [newest]);

  const wanted = reports.find((each) => each.step === chosenStep) ?? reports.at(-1);
  const report = useDeferredValue(wanted);

  if (prepared !== null && !prepared.hasAttention) {
    return (
      <Panel title={title}>
        <Empty>
          A convolutional network has no attention to draw: it has no class token that weighs patches. To see
          attention, choose <b>arch = vit</b> or DINO’s preset <b>photos-attention</b>; on a few hundred
          photos the convolutional network learns better features.
        </Empty>
      </Panel>
    );
  }

  if (report === undefined) {
    return (
      <Panel title={title} note="last layer, class token">
        <Empty>
          Eight pictures and what each attention head makes of them appear here before the first step, and
          again at every evaluation.
        </Empty>
      </Panel>
    );
  }
  const share = Math.round(report.threshold * 100);
  const shownNetwork = report.teacher === null ? scoredNetworkOf(report) : network;
  return (
    <Panel
      title={title}
      note={`last layer, class token · step ${report.step}`}
      aside={
        <>
          {report.teacher !== null && (
            <Choice<Network>
              label="Whose attention"
              options={[
                { value: 'student', label: 'student', colour: 'var(--student)' },
                { value: 'teacher', label: 'teacher', colour: 'var(--teacher)' },
              ]}
              value={network}
              onChange={setNetwork}
            />
          )}
          <button
            type="button"
            className={styles.chip}
            aria-pressed={outlined}
            title={`Outline in each head the patches that hold ${share} % of its attention`}
            onClick={() => setOutlined(!outlined)}
          >
            mask {share} %
          </button>
        </>
      }
    >
      <AttentionGrid report={report} network={shownNetwork} outlined={outlined} />
      {reports.length > 1 && (
        <TimeSlider
          steps={reports.map((each) => each.step)}
          step={chosenStep === null ? null : report.step}
          onStep={setChosenStep}
        />
      )}
      <Scores step={report.step} hasMasks={hasMasks} />
    </Panel>
  );
}

function Scores({ step, hasMasks }: { step: number; hasMasks: boolean }) {
  const evaluations = useRun((run) => run.evaluations);
  const baselines = useRun((run) => run.baselines);
  if (!hasMasks) {
    return (
      <p className={panel.words}>No true masks are known for these pictures, so the maps are not scored.</p>
    );
  }
  const scores = jaccardScores(evaluations, baselines, step);
  if (scores.length === 0) return null;
  const passed = passedDiscAt(evaluations, baselines);
  return (
    <p className={panel.words}>
      Jaccard with the true masks, percent:{' '}
      {scores.map(({ label, value, main }, i) => (
        <span key={label}>
          {i > 0 && ' · '}
          {label} {main ? <b>{value.toFixed(1)}</b> : value.toFixed(1)}
        </span>
      ))}
      .{passed !== null && passed <= step && ` Passed the centred disc at step ${passed}.`}
    </p>
  );
}

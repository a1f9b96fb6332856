/**
 * The views of the current batch: where they were cut from their picture, how the networks saw them, and what teacher
 * and student said about them (multi-crop, Caron et al. 2020; the loss of Caron et al. 2021, equation 3).
 */

import { memo, useDeferredValue, useState } from 'react';
import type { ViewsReport } from '../../../session/protocol';
import { useRun } from '../../store/run';
import { Choice, Empty, Panel } from '../panel/Panel';
import { Distributions } from './Distributions';
import { Original } from './Original';
import { ViewStrip } from './ViewStrip';
import styles from './views.module.css';

const title = 'This batch’s views';

export function ViewsPanel() {
  const report = useDeferredValue(useRun((run) => run.views));
  if (report === null) {
    return (
      <Panel title={title} note="each must predict the teacher’s word on the others">
        <Empty>
          The crops of a batch, drawn on their pictures, and what teacher and student say about them appear
          here after the first step, and again at every evaluation.
        </Empty>
      </Panel>
    );
  }
  return <Views report={report} />;
}

const Views = memo(function Views({ report }: { report: ViewsReport }) {
  const count = report.indices.length;
  const [chosen, setChosen] = useState(0);
  const [marked, setMarked] = useState<number | null>(null);
  const picture = Math.min(chosen, count - 1);
  const locals = report.views.length - 2;
  return (
    <Panel
      title={title}
      note={`each must predict the teacher’s word on the others · step ${report.step}`}
      aside={`2 global${locals > 0 ? ` · ${locals} local` : ''}`}
    >
      <div className={styles.frame}>
        <div className={styles.layout}>
          <div className={styles.left}>
            <Original report={report} picture={picture} marked={marked} />
            {count > 1 && (
              <Choice<number>
                label="Which picture of the batch"
                options={Array.from({ length: count }, (_, i) => ({ value: i, label: String(i + 1) }))}
                value={picture}
                onChange={setChosen}
              />
            )}
          </div>
          <ViewStrip report={report} picture={picture} marked={marked} onMark={setMarked} />
          <Distributions report={report} marked={marked} onMark={setMarked} />
        </div>
      </div>
    </Panel>
  );
});

/**
 * The views of the current batch: where they were cut from their picture, how the networks saw them, what they were
 * asked to say and said (multi-crop, Caron et al. 2020; Caron et al. 2021, equation 3; Assran et al. 2021, section 3).
 */

import { memo, useDeferredValue, useState } from 'react';
import type { ViewsReport } from '../../../session/protocol';
import { useRun } from '../../store/run';
import { Choice, Empty, Panel } from '../panel/Panel';
import { useMethod } from '../run';
import { Distributions } from './Distributions';
import { Original } from './Original';
import { ViewStrip } from './ViewStrip';
import styles from './views.module.css';
import { answerWords } from './words';

const title = 'This batch’s views';

export function ViewsPanel() {
  const report = useDeferredValue(useRun((run) => run.views));
  const { note } = answerWords[useMethod()];
  if (report === null) {
    return (
      <Panel title={title} note={note}>
        <Empty>
          The crops of a batch, drawn on their pictures, and what is said about them appear here after the
          first step, and again at every evaluation.
        </Empty>
      </Panel>
    );
  }
  return <Views report={report} note={note} />;
}

const Views = memo(function Views({ report, note }: { report: ViewsReport; note: string }) {
  const count = report.indices.length;
  const [chosen, setChosen] = useState(0);
  const [marked, setMarked] = useState<number | null>(null);
  const picture = Math.min(chosen, count - 1);
  const { views, answers } = report;
  const locals = views.filter(({ name }) => name.startsWith('local')).length;
  const globals = views.length - locals;
  return (
    <Panel
      title={title}
      note={`${note} · step ${report.step}`}
      aside={`${globals} global${locals > 0 ? ` · ${locals} local` : ''}`}
    >
      <div className={styles.frame}>
        <div className={styles.layout} data-silent={answers === null}>
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
          {answers !== null && (
            <Distributions views={views} answers={answers} marked={marked} onMark={setMarked} />
          )}
        </div>
      </div>
    </Panel>
  );
});

/**
 * What the labels given are worth: how many pictures are told apart by each read-out over the run, beside what needs
 * no training; then which classes are confused, and how far the answers can be believed.
 */

import { memo, useDeferredValue, useMemo, useState } from 'react';
import { methodFacts } from '../../../recipe';
import { type Classification, readOuts as readOutNames } from '../../../session/protocol';
import { useRun } from '../../store/run';
import { Choice, Empty, Panel } from '../panel/Panel';
import { StepPlot } from '../plot/StepPlot';
import { scoredNetwork, useMethod } from '../run';
import { Calibration } from './Calibration';
import { ConfusionMatrix } from './ConfusionMatrix';
import styles from './classification.module.css';
import { FineTune } from './FineTune';
import { PerClass } from './PerClass';
import { readOutPlot, readOutWords, rivalLevels, type Scored, scoredCount, verdict } from './readOuts';

const title = 'What are the labels worth?';

export function ClassificationPanel() {
  const method = useMethod();
  const classification = useDeferredValue(
    useRun((run) => run.evaluations.findLast((each) => each.classification !== null)?.classification ?? null),
  );
  if (classification === null) {
    return (
      <Panel title={title}>
        <Empty>
          {methodFacts[method].readsLabels
            ? 'Accuracy on held-out pictures is drawn here at every evaluation, the first before step 1.'
            : 'No labels are given. Label a few pictures of each class in the set-up, and this panel shows how far they go with these features.'}
        </Empty>
      </Panel>
    );
  }
  return <Scores classification={classification} />;
}

function Scores({ classification }: { classification: Classification }) {
  const { colour } = scoredNetwork(useMethod());
  const baselines = useRun((run) => run.baselines);
  const start = useRun((run) => run.evaluations[0]);
  const [chosen, setScored] = useState<Scored>('heldOut');
  const { readOuts, shown, labels } = classification;
  const hasHidden = readOuts.some(({ unlabelled }) => unlabelled !== null);
  const scored = hasHidden ? chosen : 'heldOut';
  const ids = readOuts.map(({ id }) => id).join(' ');
  const spec = useMemo(() => {
    const levels = rivalLevels({ baselines, start }, shown, scored);
    return readOutPlot(
      readOutNames.filter((id) => ids.split(' ').includes(id)),
      scored,
      levels,
      colour,
    );
  }, [ids, scored, baselines, start, shown, colour]);
  const sentence = verdict(classification, { baselines, start });
  return (
    <Panel
      title={title}
      note={`accuracy from ${labels} ${labels === 1 ? 'label' : 'labels'}`}
      aside={
        hasHidden && (
          <Choice<Scored>
            label="Which pictures are scored"
            options={[
              { value: 'heldOut', label: 'held-out' },
              { value: 'unlabelled', label: 'unlabelled' },
            ]}
            value={scored}
            onChange={setScored}
          />
        )
      }
    >
      <StepPlot key={ids} spec={spec} empty="Accuracy is drawn here at every evaluation." />
      {sentence !== null && <p className={styles.words}>{sentence}</p>}
      <dl className={styles.glossary}>
        {readOuts.map(({ id }) => (
          <div key={id}>
            <dt>{readOutWords[id].label}</dt>
            <dd>{readOutWords[id].about}</dd>
          </div>
        ))}
      </dl>
      <Details classification={classification} />
      <FineTune />
    </Panel>
  );
}

/** All about the method's own read-out. Memoised: drawn when an evaluation came. */
const Details = memo(function Details({ classification }: { classification: Classification }) {
  const { confusion, classNames, shown } = classification;
  if (scoredCount(classification) === 0) {
    return (
      <p className={styles.words}>
        No picture with a known class is held out, so which classes are confused cannot be told.
      </p>
    );
  }
  return (
    <div className={styles.frame}>
      <p className={styles.words}>
        Below: <b>{readOutWords[shown].label}</b>, {scoredCount(classification)} held-out pictures.
      </p>
      <div className={styles.details}>
        <ConfusionMatrix confusion={confusion} classNames={classNames} />
        <div className={styles.side}>
          <PerClass {...classification} />
          <Calibration {...classification} />
        </div>
      </div>
    </div>
  );
});

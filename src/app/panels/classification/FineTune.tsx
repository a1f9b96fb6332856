/**
 * The official step after training: a linear head on the labelled pictures, or a polish with SuNCEt (Assran et al.
 * 2020), on copies of the weights. The run itself stays as it is.
 */

import { useEffect, useState } from 'react';
import type { FineTuned } from '../../../session/protocol';
import { reportError } from '../../store/notify';
import { session, useRun } from '../../store/run';
import styles from './classification.module.css';
import { fineTuneLine, fineTunePlans } from './fineTuning';

export function FineTune() {
  const { phase, activity, step } = useRun((s) => s.run);
  const latest = useRun((s) => s.fineTuned);
  const alive = useRun((s) => s.prepared !== null && s.connection === 'ready');
  const [trunk, setTrunk] = useState(false);
  const [asked, setAsked] = useState<FineTuned['kind'] | null>(null);
  const results = useResults(latest);
  const resting = phase === 'paused' || phase === 'finished' || phase === 'stopped';
  const busy = asked !== null || activity === 'fine-tuning';

  const begin = async (kind: FineTuned['kind']) => {
    setAsked(kind);
    try {
      const { steps, lr } = fineTunePlans[kind];
      await session().fineTune({ kind, trunk: kind === 'suncet' || trunk, steps, lr });
    } catch (thrown) {
      reportError(thrown);
    } finally {
      setAsked(null);
    }
  };

  const why = !alive
    ? 'The network of this run is gone.'
    : resting && step > 0
      ? null
      : step === 0 && phase !== 'running'
        ? 'After the first steps.'
        : 'Pause the run to fine-tune what it has learnt.';
  return (
    <div className={styles.part}>
      <div className={styles.partHead}>
        <h3>Fine-tune</h3>
        <span>on copies of the weights; the run stays as it is</span>
      </div>
      <div className={styles.tune}>
        {(['linear', 'suncet'] as const).map((kind) => (
          <button
            key={kind}
            type="button"
            disabled={busy || why !== null}
            title={fineTunePlans[kind].about}
            onClick={() => void begin(kind)}
          >
            {fineTunePlans[kind].title}
          </button>
        ))}
        <label>
          <input
            type="checkbox"
            checked={trunk}
            disabled={busy}
            onChange={(event) => setTrunk(event.currentTarget.checked)}
          />
          train the trunk under the linear head, too
        </label>
      </div>
      {busy && latest !== null && latest.step < latest.steps && (
        <div className={styles.progress}>
          <progress max={latest.steps} value={latest.step} aria-label="Fine-tuning" />
          <span>
            step {latest.step} of {latest.steps}, loss {latest.loss.toFixed(3)}
          </span>
        </div>
      )}
      {busy && (latest === null || latest.step >= latest.steps) && (
        <p className={styles.words} role="status">
          Building it…
        </p>
      )}
      {!busy && why !== null && <p className={styles.words}>{why}</p>}
      {results.length > 0 && (
        <ul className={styles.results} aria-label="Results of fine-tuning">
          {results.map((result) => (
            <li key={`${result.kind} ${result.trunk} ${result.seconds}`}>{fineTuneLine(result)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What has been fine-tuned since the run was set up, latest first. */
function useResults(latest: FineTuned | null): readonly FineTuned[] {
  const prepared = useRun((s) => s.prepared);
  const [results, setResults] = useState<readonly FineTuned[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run forgets them
  useEffect(() => setResults([]), [prepared]);
  useEffect(() => {
    if (latest === null || latest.step < latest.steps) return;
    setResults((before) => (before.includes(latest) ? before : [latest, ...before]));
  }, [latest]);
  return results;
}

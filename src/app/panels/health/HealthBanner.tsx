/** The diagnosis in words, coloured by how well the run does, with the changes to try as buttons. */

import { type FieldName, isFieldName, liveFields, type Recipe } from '../../../recipe';
import type { DiagnosisReport } from '../../../session/protocol';
import { changeField, startWith } from '../../store/actions';
import { useRun } from '../../store/run';
import styles from './health.module.css';

type Advice = DiagnosisReport['tryThis'][number];

const mood: Record<DiagnosisReport['state'], 'good' | 'warn' | 'bad' | 'calm'> = {
  healthy: 'good',
  slow: 'warn',
  shortcut: 'warn',
  'not helping': 'warn',
  'vanishing classes': 'warn',
  memorised: 'warn',
  uniform: 'bad',
  'one-hot': 'bad',
  diverged: 'bad',
  'too early': 'calm',
};

export function HealthBanner() {
  const diagnosis = useRun((run) => run.diagnosis);
  const prepared = useRun((run) => run.prepared !== null);
  if (diagnosis === null) {
    if (!prepared) return null;
    return (
      <div className={styles.banner} data-mood="calm" role="status">
        <b>Waiting for the first step.</b> Whether the run learns or collapses is said here, in words.
      </div>
    );
  }
  const { state, title, sentence, tryThis, step } = diagnosis;
  return (
    <div className={styles.banner} data-mood={mood[state]}>
      <p role="status" aria-atomic="true">
        <b>{title}.</b> <span>{sentence}</span>
      </p>
      {tryThis.length > 0 && (
        <ul className={styles.advice} aria-label={`What to try, as of step ${step}`}>
          {tryThis.map((advice) => (
            <li key={advice.text}>
              <span>{advice.text}</span>
              <Apply advice={advice} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A live setting is changed at once; any other needs a fresh run, and says so. */
function Apply({ advice: { field, value } }: { advice: Advice }) {
  if (field === null || value === null || !isFieldName(field)) return null;
  const live = (liveFields as readonly FieldName[]).includes(field);
  if (live) {
    return (
      <button type="button" onClick={() => void changeField(field, value)}>
        Do it now
      </button>
    );
  }
  return (
    <button type="button" onClick={() => void startWith({ [field]: value } as Partial<Recipe>)}>
      Start again with it
    </button>
  );
}

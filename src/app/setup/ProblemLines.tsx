/** What is wrong with a field, and a button that puts in a value that works. */

import { Button } from '@mantine/core';
import { type FieldProblem, isFieldName } from '../../recipe';
import { changeField, takeBuiltin } from '../store/actions';
import { showValue } from '../store/history';
import styles from './setup.module.css';

interface Props {
  problems: readonly FieldProblem[];
  /** Names the lines for the control they belong to. */
  id?: string;
  /** The field cannot be changed now. */
  locked?: boolean;
}

export function ProblemLines({ problems, id, locked = false }: Props) {
  if (problems.length === 0) return null;
  return (
    <div id={id} className={styles.problems}>
      {problems.map((problem) => (
        <div
          key={problem.message}
          className={problem.kind === 'warning' ? styles.warning : styles.refusal}
          role={problem.kind === 'refusal' ? 'alert' : undefined}
        >
          <span>{problem.message}</span> {!locked && <Suggestion problem={problem} />}
        </div>
      ))}
    </div>
  );
}

/** The value that would work, one press away. */
export function Suggestion({ problem: { field, suggestion } }: { problem: FieldProblem }) {
  if (suggestion === undefined || !isFieldName(field)) return null;
  const take = () => {
    if (field === 'data' && suggestion !== 'folder') takeBuiltin(suggestion as 'confetti');
    else void changeField(field, suggestion);
  };
  return (
    <Button variant="default" size="compact-xs" onClick={take}>
      Use {field === 'data' ? String(suggestion) : showValue(field, suggestion)}
    </Button>
  );
}

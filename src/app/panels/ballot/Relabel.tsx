/** The labelled picture that was chosen, with its label to change. */

import { keyOfClass } from '../../labels/classKeys';
import styles from './ballot.module.css';
import { type Supporter, saidClass } from './tally';

interface RelabelProps {
  supporter: Supporter;
  classNames: readonly string[];
  /** The class it has now. */
  label: number;
  /** It was changed, and the votes are still those before. */
  pending: boolean;
  onRelabel(label: number): void;
}

export function Relabel({ supporter, classNames, label, pending, onRelabel }: RelabelProps) {
  const { index, truth } = supporter;
  const name = saidClass(classNames, label);
  const keys = classNames.length > 9 ? '1 to 9, then A to Z,' : `1 to ${classNames.length}`;
  return (
    <div className={styles.relabel}>
      <label>
        Picture {index} is labelled{' '}
        <select value={label} onChange={(event) => onRelabel(Number(event.currentTarget.value))}>
          {classNames.map((each, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a class is its number
            <option key={i} value={i}>
              {keyOfClass(i) === null ? each : `${keyOfClass(i)} · ${each}`}
            </option>
          ))}
        </select>
      </label>
      <span role="status">
        {truth >= 0 && truth !== label && (
          <>
            ✗ It truly is <b>{saidClass(classNames, truth)}</b>, which training does not know.{' '}
          </>
        )}
        {truth >= 0 && truth === label && <>✓ It truly is {name}. </>}
        {pending ? 'The votes follow with the next ballot.' : `Keys ${keys} on a picture change it, too.`}
      </span>
    </div>
  );
}

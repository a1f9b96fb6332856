/** The vote by class, before and after sharpening: paired bars, the pseudo-label and the hidden class marked in words. */

import styles from './ballot.module.css';
import { type ClassVote, classNameOf, drawnClasses, type Tally } from './tally';

interface VoteBarsProps {
  tally: Tally;
  classNames: readonly string[];
}

/** More classes than this are drawn by the strongest of them. */
const mostClasses = 12;

export function VoteBars({ tally, classNames }: VoteBarsProps) {
  const { drawn, others } = drawnClasses(tally, mostClasses);
  return (
    <table className={styles.bars}>
      <caption>
        <span className={styles.key} data-of="before" /> share of the vote{' '}
        <span className={styles.key} data-of="after" /> after sharpening
      </caption>
      <colgroup>
        <col />
        <col />
        <col />
      </colgroup>
      <thead className={styles.unseen}>
        <tr>
          <th scope="col">class</th>
          <th scope="col">bars</th>
          <th scope="col">vote → sharpened</th>
        </tr>
      </thead>
      <tbody>
        {drawn.map((vote) => (
          <Row
            key={vote.label}
            name={classNameOf(classNames, vote.label)}
            {...vote}
            won={vote.label === tally.winner.label}
            hidden={vote.label === tally.truth}
          />
        ))}
        {others !== null && (
          <Row name={`${others.count} other classes`} {...others} won={false} hidden={false} />
        )}
      </tbody>
    </table>
  );
}

interface RowProps extends Pick<ClassVote, 'before' | 'after'> {
  name: string;
  /** It is the pseudo-label. */
  won: boolean;
  /** It is what the picture truly is. */
  hidden: boolean;
}

function Row({ name, before, after, won, hidden }: RowProps) {
  return (
    <tr data-won={won}>
      <th scope="row" title={name}>
        <span className={styles.named}>
          <span className={styles.className}>{name}</span>
          {hidden && <span className={styles.tag}>hidden label</span>}
        </span>
      </th>
      <td>
        <span className={styles.bar} data-of="before" style={{ width: percent(before) }} />
        <span className={styles.bar} data-of="after" style={{ width: percent(after) }} />
      </td>
      <td className={styles.numbers}>
        {share(before)} → <b>{share(after)}</b>
      </td>
    </tr>
  );
}

const percent = (value: number) => `${(100 * value).toFixed(1)}%`;

/** A share as it is read: '62 %', '0.4 %', '0 %'. */
export function share(value: number): string {
  const percentage = 100 * value;
  return `${percentage.toFixed(percentage >= 0.05 && percentage < 9.95 ? 1 : 0)} %`;
}

/** What one view's ballot comes to, in a sentence: the pseudo-label, and whether the hidden label agrees. */

import type { BallotReport } from '../../../session/protocol';
import { RgbaCanvas } from '../panel/RgbaCanvas';
import { viewColour } from '../views/colours';
import styles from './ballot.module.css';
import { agreement, saidClass, type Tally } from './tally';
import { share } from './VoteBars';

interface VerdictProps {
  tally: Tally;
  classNames: readonly string[];
  /** Names of the view voted on and of the one trained with the result. */
  from: string;
  to: string;
}

export function Verdict({ tally, classNames, from, to }: VerdictProps) {
  const { winner, truth } = tally;
  const name = saidClass(classNames, winner.label);
  const agrees = agreement(tally);
  return (
    <p className={styles.verdict} role="status">
      From {from} the votes say <b className={styles.pseudo}>{name}</b> with {share(winner.before)}. Sharpened
      to {share(winner.after)}, that is the pseudo-label which {to} is trained to answer.{' '}
      <span className={styles.agreement} data-agrees={agrees}>
        {agrees === 'right' && `✓ Right: its hidden label is ${name}.`}
        {agrees === 'wrong' && `✗ Wrong: its hidden label is ${saidClass(classNames, truth)}.`}
        {agrees === 'unknown' && 'Nobody knows its true class.'}
      </span>
    </p>
  );
}

interface BallotViewsProps {
  ballot: BallotReport;
  chosen: number;
  onChoose(view: number): void;
}

/** The two views as the network saw them; the one that is pressed is the one whose votes are shown. */
export function BallotViews({ ballot, chosen, onChoose }: BallotViewsProps) {
  return (
    <fieldset className={styles.views} aria-label="Which view is voted on">
      {ballot.views.map(({ name, size, pixels }, view) => (
        <button
          key={name}
          type="button"
          className={styles.view}
          aria-pressed={view === chosen}
          onClick={() => onChoose(view)}
        >
          <span className={styles.viewPicture} style={{ borderColor: viewColour(view) }}>
            <RgbaCanvas pixels={pixels.subarray(0, size * size * 4)} size={size} />
          </span>
          {name}
        </button>
      ))}
    </fieldset>
  );
}

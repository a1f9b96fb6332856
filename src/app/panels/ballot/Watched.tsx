/** The pictures that are watched, and the way to others. */

import type { BallotsReport } from '../../../session/protocol';
import { RgbaCanvas } from '../panel/RgbaCanvas';
import styles from './ballot.module.css';
import { pictureOf } from './tally';

interface WatchedProps {
  report: BallotsReport;
  chosen: number;
  onChoose(at: number): void;
  /** '5–8 of 310'. */
  place: string;
  /** Others have been asked for and are on their way. */
  waiting: boolean;
  /** Null where there are no others. */
  onTurn: ((by: 1 | -1) => void) | null;
}

export function Watched({ report, chosen, onChoose, place, waiting, onTurn }: WatchedProps) {
  return (
    <div className={styles.watched}>
      <fieldset className={styles.thumbs} aria-label="Which picture is voted on">
        {report.ballots.map(({ index }, at) => {
          const pixels = pictureOf(report, index);
          return (
            <button
              key={index}
              type="button"
              className={styles.thumb}
              aria-pressed={at === chosen}
              aria-label={`picture ${index}`}
              onClick={() => onChoose(at)}
            >
              {pixels !== null && <RgbaCanvas pixels={pixels} size={report.size} />}
            </button>
          );
        })}
      </fieldset>
      <span className={styles.turn}>
        <button
          type="button"
          disabled={onTurn === null}
          aria-label="Pictures before these"
          onClick={() => onTurn?.(-1)}
        >
          ‹
        </button>
        <span role="status">{waiting ? 'asking…' : place}</span>
        <button
          type="button"
          disabled={onTurn === null}
          aria-label="Pictures after these"
          onClick={() => onTurn?.(1)}
        >
          ›
        </button>
      </span>
    </div>
  );
}

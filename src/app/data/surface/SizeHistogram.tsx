/** How large the pictures were before they were cut to squares: their shorter sides, and which had to be enlarged. */

import { plural, showCount } from '../../format';
import frame from '../../labels/labels.module.css';
import type { Sizes } from './overview';
import styles from './surface.module.css';

interface Props {
  sizes: Sizes;
  /** Side of the stored squares, px. */
  side: number;
}

export function SizeHistogram({ sizes, side }: Props) {
  const { bins, smallest, median, largest, smaller } = sizes;
  const most = Math.max(...bins.map(({ count }) => count));
  const words =
    smallest === largest
      ? `Every shorter side is ${showCount(smallest)} px.`
      : `Shorter sides from ${showCount(smallest)} to ${showCount(largest)} px, half of them under ${showCount(median)}.`;
  return (
    <>
      {bins.length > 1 && (
        <div className={styles.histogram} aria-hidden="true">
          {bins.map(({ from, to, count }) => (
            <span key={from} title={`${plural(count, 'picture')} from ${from} px`}>
              <i
                className={to <= side ? styles.small : undefined}
                style={{ height: `calc((100% - 15px) * ${count / most})` }}
              />
              <small>{from}</small>
            </span>
          ))}
        </div>
      )}
      <p className={frame.soft}>
        {words} Kept as squares of {side} px
        {smaller > 0 && (
          <>
            ; <b className={styles.warn}>{showCount(smaller)}</b> had to be enlarged
          </>
        )}
        .
      </p>
    </>
  );
}

/** Whether the answers are as sure as they should be: accuracy against confidence (Guo et al. 2017). */

import type { Classification } from '../../../session/protocol';
import { calibrationWords } from './calibration';
import styles from './classification.module.css';

const side = 100;

export function Calibration({ reliability, calibrationError }: Classification) {
  const words = calibrationWords(reliability, calibrationError);
  const most = Math.max(1, ...reliability.map(({ count }) => count));
  const width = side / reliability.length;
  return (
    <div className={styles.part}>
      <div className={styles.partHead}>
        <h3>Is it as sure as it should be?</h3>
        <span>right (up) against sure (across), held-out</span>
      </div>
      <div className={styles.reliability}>
        <svg viewBox={`0 0 ${side} ${side}`} role="img" aria-label={`Reliability diagram. ${words}`}>
          <rect className={styles.ground} width={side} height={side} />
          {reliability.map(({ count, accuracy }, i) =>
            accuracy === null ? null : (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
                key={i}
                className={styles.bin}
                x={i * width + 0.4}
                y={side - accuracy}
                width={width - 0.8}
                height={accuracy}
                opacity={0.3 + 0.7 * (count / most)}
              />
            ),
          )}
          <path className={styles.diagonal} d={`M0 ${side}L${side} 0`} />
        </svg>
        <div className={styles.axis} aria-hidden="true">
          <span>unsure</span>
          <span>100 % sure</span>
        </div>
      </div>
      <p className={styles.words}>{words}</p>
    </div>
  );
}

/** Accuracy of each class on held-out pictures, as bars. */

import type { Classification } from '../../../session/protocol';
import styles from './classification.module.css';

/** How many bars are seen without scrolling. */
const mostSeen = 14;

export function PerClass({ classNames, classAccuracy }: Classification) {
  const long = classNames.length > mostSeen;
  return (
    <div className={styles.part}>
      <div className={styles.partHead}>
        <h3>Each class</h3>
        <span>share recognised, held-out</span>
      </div>
      <ul
        className={styles.classes}
        data-long={long}
        tabIndex={long ? 0 : undefined}
        aria-label="Accuracy of each class"
      >
        {classNames.map((name, label) => {
          const accuracy = classAccuracy[label] ?? null;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a class is its number
            <li key={label}>
              <span className={styles.className} title={name}>
                {name}
              </span>
              <span className={styles.track}>
                {accuracy !== null && <span className={styles.fill} style={{ width: `${accuracy}%` }} />}
              </span>
              <span className={styles.number}>
                {accuracy === null ? 'none held out' : `${accuracy.toFixed(0)} %`}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

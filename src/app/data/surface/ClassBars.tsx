/** How many pictures each class has: a bar for each, training pictures first, then those held out. */

import { useMemo } from 'react';
import { shortened } from '../../../labels';
import { plural, showCount } from '../../format';
import frame from '../../labels/labels.module.css';
import { countClasses } from './overview';
import type { Filter, Pictures } from './pictureFacts';
import styles from './surface.module.css';

/** So many classes get a bar: the first. */
const mostBars = 200;

interface Props {
  pictures: Pictures;
  filter: Filter;
  onFilter(filter: Filter): void;
}

export function ClassBars({ pictures, filter, onFilter }: Props) {
  const counts = useMemo(() => countClasses(pictures), [pictures]);
  const { classNames } = pictures;
  const most = counts.reduce((most, { train, heldOut }) => Math.max(most, train + heldOut), 1);
  return (
    <section className={styles.part}>
      <h3 className={frame.heading}>
        {classNames.length === 0 ? 'Classes' : plural(classNames.length, 'class', 'classes')}
        <span className={styles.legend}>
          <i className={styles.trained} /> to train on <i className={styles.held} /> held out
        </span>
      </h3>
      <ul className={styles.bars}>
        {counts.slice(0, mostBars).map(({ label, train, heldOut }) => {
          const name = label < 0 ? 'no class' : shortened(classNames[label]!, 80);
          const on = filter.label === label;
          return (
            <li key={label}>
              <button
                type="button"
                aria-pressed={on}
                title={`${on ? 'Show every class' : 'Show this class alone'}: ${name}`}
                onClick={() => onFilter({ ...filter, label: on ? null : label })}
              >
                <bdi className={label < 0 ? styles.ofNone : styles.barName}>{name}</bdi>
                <span className={styles.number}>
                  {showCount(train + heldOut)}
                  <span className={frame.unseen}> pictures, {showCount(heldOut)} of them held out</span>
                </span>
                <span className={styles.bar} aria-hidden="true">
                  <i className={styles.trained} style={{ width: `${(100 * train) / most}%` }} />
                  <i className={styles.held} style={{ width: `${(100 * heldOut) / most}%` }} />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {counts.length > mostBars && (
        <p className={frame.soft}>
          and {showCount(counts.length - mostBars)} more; choose one above the grid.
        </p>
      )}
    </section>
  );
}

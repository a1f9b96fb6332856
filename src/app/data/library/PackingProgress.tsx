/** A set that is being packed into a ZIP. */

import { Button, Progress } from '@mantine/core';
import type { LibraryProgress } from '../../../session/library';
import { plural, showCount } from '../../format';
import styles from './library.module.css';

/** How far it is, and the way to give it up. */
export function PackingProgress({ progress, cancel }: { progress: LibraryProgress | null; cancel(): void }) {
  const percent = progress === null || progress.total === 0 ? 0 : (100 * progress.done) / progress.total;
  return (
    <div className={styles.job}>
      <Progress value={percent} size={6} aria-label="Pictures packed" />
      <div className={styles.head}>
        <span className={styles.soft}>
          {progress === null
            ? 'Packing…'
            : `Packing: ${showCount(progress.done)} of ${plural(progress.total, 'picture')}`}
        </span>
        <Button variant="default" size="compact-xs" className={styles.cancel} onClick={cancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

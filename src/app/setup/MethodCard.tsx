/** How to train: DINO. */

import { Panel } from '../panels/panel/Panel';
import styles from './setup.module.css';

export function MethodCard() {
  return (
    <Panel title="2 · Method">
      <div className={`${styles.option} ${styles.on}`}>
        <div className={styles.optionHead}>
          <b>DINO</b>
          <span className={styles.soft}>no labels</span>
        </div>
        <span className={styles.soft}>
          Self-distillation: a <span className={styles.student}>student</span> learns to say what its own slow{' '}
          <span className={styles.teacher}>teacher</span> says.
        </span>
      </div>
    </Panel>
  );
}

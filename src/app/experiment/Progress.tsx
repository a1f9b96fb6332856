/** How far an experiment is: which training, which step, how long it will take. */

import { Progress as Bar } from '@mantine/core';
import { plural, showCount, showDuration } from '../format';
import { shareDone, useExperiment } from './experiment';
import styles from './experiment.module.css';
import { titleOf } from './results';

export function Progress() {
  const progress = useExperiment((s) => s.progress);
  const experiment = useExperiment((s) => s.experiment);
  if (progress === null || experiment === null) {
    return (
      <p className={styles.cost} role="status">
        Getting the pictures ready…
      </p>
    );
  }
  const { run, done, total, step, totalSteps, secondsLeft } = progress;
  const labels = run.method === 'dino' ? 'no labels' : `${plural(run.labelsPerClass[0]!, 'label')} a class`;
  return (
    <div className={styles.progress}>
      <span role="status">
        <b>
          Training {done + 1} of {total}: {titleOf(run.method, experiment)}
        </b>
        , {labels}, seed {run.seed}
      </span>
      <Bar value={100 * shareDone(progress)} size={8} aria-label="Progress of the experiment" />
      <span className={styles.soft}>
        {totalSteps === 0 ? 'building the network' : `step ${showCount(step)} of ${showCount(totalSteps)}`}
        {secondsLeft !== null && ` · ${showDuration(secondsLeft)} left in all`}
      </span>
    </div>
  );
}

/** The experiment's view as a chunk of its own, and the line that tells of it while the view is closed. */

import { Button } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { showDuration } from '../format';
import { ErrorBoundary } from '../shell/ErrorBoundary';
import { Notice } from '../shell/Notice';
import { experimentSurface, stopExperiment, useExperiment } from './experiment';
import styles from './experiment.module.css';

const Loaded = lazy(() => import('./ExperimentView').then((module) => ({ default: module.ExperimentView })));

export function LazyExperiment() {
  const wanted = experimentSurface.use((s) => s.wanted);
  if (!wanted) return null;
  return (
    <ErrorBoundary what="The experiment">
      <Suspense fallback={null}>
        <Loaded />
      </Suspense>
    </ErrorBoundary>
  );
}

/** Above the panels, while trainings follow each other by themselves. */
export function ExperimentNotice() {
  const { going, progress } = useExperiment();
  if (!going) return null;
  const left = progress?.secondsLeft ?? null;
  return (
    <Notice kind="news" title="The label-budget experiment is under way">
      {progress !== null && (
        <p>
          This is training {progress.done + 1} of {progress.total}
          {left !== null && `, ${showDuration(left)} left in all`}. The next one starts by itself.
        </p>
      )}
      <div className={styles.buttons}>
        <Button size="compact-sm" variant="default" onClick={experimentSurface.show}>
          Show its results
        </Button>
        <Button size="compact-sm" variant="default" onClick={stopExperiment}>
          Stop the experiment
        </Button>
      </div>
    </Notice>
  );
}

/** Where the run is, how fast it goes, and what it runs on. */

import { Progress, Tooltip } from '@mantine/core';
import type { Activity, SessionState } from '../../session/protocol';
import { showBytes, showCount, showDuration, showMs, showRate } from '../format';
import { useRun } from '../store/run';
import { useSetup } from '../store/setup';
import styles from './shell.module.css';

const activities: Record<Activity, string> = {
  measuring: 'measuring the fastest kernels',
  loading: 'reading pictures',
  building: 'building the network',
  compiling: 'compiling kernels',
  calibrating: 'calibrating batch norm',
  evaluating: 'scoring',
  inspecting: 'drawing attention',
  'fine-tuning': 'fine-tuning on the labels',
  exporting: 'writing weights',
};

/** ' 12 of 31', or nothing where no progress is known. */
const showProgress = (progress: SessionState['progress']): string =>
  progress === undefined ? '' : ` ${progress.done} of ${progress.total}`;

/** Step, epoch, time left, and the bar. */
export function Place() {
  const { phase, activity, progress, step, totalSteps, epoch } = useRun((s) => s.run);
  const secondsLeft = useRun((s) => s.timing?.secondsLeft ?? null);
  const starting = useRun((s) => s.connection === 'starting' || s.connection === 'idle');
  const loading = useSetup((s) => s.loading !== null);
  if (totalSteps === 0) {
    const doing = activity ?? (loading && !starting ? 'loading' : null);
    const text = doing !== null ? activities[doing] : starting ? 'starting the engine' : null;
    return (
      <div className={styles.place}>
        {text !== null && (
          <span role="status">
            {text}
            {/* Not read aloud with every kernel. */}
            <span aria-hidden="true">{showProgress(progress)}</span>…
          </span>
        )}
      </div>
    );
  }
  const parts = [`of ${showCount(totalSteps)}`, `epoch ${epoch.toFixed(1)}`];
  if (activity !== null) parts.push(`${activities[activity]}${showProgress(progress)}…`);
  else if (phase === 'running' && secondsLeft !== null) parts.push(`${showDuration(secondsLeft)} left`);
  else if (phase !== 'running' && phase !== 'preparing') parts.push(phase);
  const percent = (100 * step) / totalSteps;
  return (
    <div className={styles.place}>
      <span>
        <b>step {showCount(step)}</b> {parts.join(' · ')}
      </span>
      <Progress className={styles.bar} value={percent} size={6} aria-label="Progress of the run" />
    </div>
  );
}

/** Images a second, time of a step, memory. */
export function Speed() {
  const timing = useRun((s) => s.timing);
  if (timing === null || timing.stepMs <= 0) return null;
  return (
    <Tooltip label="Pictures trained on per second · time of one step · graphics memory in use">
      <div className={styles.speed}>
        {showRate(timing.imagesPerSecond)} images/s · step {showMs(timing.stepMs)} ·{' '}
        {showBytes(timing.gpuBytes)}
      </div>
    </Tooltip>
  );
}

const backends: Readonly<Record<string, string>> = { webgpu: 'WebGPU', webgl: 'WebGL', cpu: 'CPU' };

/** The backend and adapter that compute. */
export function Adapter() {
  const engine = useRun((s) => s.engine);
  const connection = useRun((s) => s.connection);
  if (connection === 'dead') return <span className={`${styles.tag} ${styles.bad}`}>worker stopped</span>;
  if (engine === null) return null;
  const backend = backends[engine.backend] ?? engine.backend;
  const name = engine.adapter === backend ? backend : `${backend} · ${engine.adapter}`;
  return (
    <Tooltip label={`Computes on ${backend}: ${engine.adapter}`} disabled={engine.adapter.length < 30}>
      <span className={styles.tag}>{name}</span>
    </Tooltip>
  );
}

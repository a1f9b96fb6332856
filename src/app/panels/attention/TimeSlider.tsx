/** Back and forth through the snapshots of a run, by hand or played. */

import { useEffect, useState } from 'react';
import styles from './attention.module.css';

interface TimeSliderProps {
  /** Steps of the snapshots, rising. */
  steps: readonly number[];
  /** The step looked at; null follows the newest. */
  step: number | null;
  onStep(step: number | null): void;
}

const frameMs = 220;

export function TimeSlider({ steps, step, onStep }: TimeSliderProps) {
  const [playing, setPlaying] = useState(false);
  const last = steps.length - 1;
  const at = step === null ? last : Math.max(0, steps.indexOf(step));
  const go = (i: number) => onStep(i >= last ? null : steps[i]!);

  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => {
      if (at >= last) setPlaying(false);
      else onStep(at + 1 >= last ? null : steps[at + 1]!);
    }, frameMs);
    return () => clearTimeout(timer);
  }, [playing, at, last, steps, onStep]);

  return (
    <div className={styles.time}>
      <button
        type="button"
        className={styles.chip}
        onClick={() => {
          if (!playing && at >= last) go(0);
          setPlaying(!playing);
        }}
      >
        {playing ? 'stop' : 'play'}
      </button>
      <input
        type="range"
        min={0}
        max={last}
        step={1}
        value={at}
        aria-label="Step of the attention maps"
        aria-valuetext={`step ${steps[at]}`}
        onChange={(event) => {
          setPlaying(false);
          go(event.currentTarget.valueAsNumber);
        }}
      />
      <span className={styles.when}>
        step {steps[at]}
        {step === null ? ', newest' : ''}
      </span>
    </div>
  );
}

/** Start, pause, single step, reset and stop. */

import { Button, Tooltip } from '@mantine/core';
import {
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconRestore,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Phase } from '../../session/protocol';
import { pause, reset, singleStep, start, stop, useUi } from '../store/actions';
import { useUnderWay } from '../store/facts';
import { useRun } from '../store/run';
import { useSetup } from '../store/setup';
import styles from './shell.module.css';

/** What the start button says in a phase. */
function startLabel(phase: Phase, step: number): string {
  if (phase === 'preparing') return 'Preparing…';
  if (phase === 'paused' && step > 0) return 'Resume';
  if (phase === 'finished' || phase === 'stopped' || phase === 'failed') return 'Start again';
  return 'Start';
}

/** The big button: starts, resumes or pauses. */
export function StartButton({ size = 'sm' }: { size?: 'sm' | 'lg' }) {
  const phase = useRun((s) => s.run.phase);
  const begun = useRun((s) => s.run.step > 0);
  const dead = useRun((s) => s.connection === 'dead');
  const pending = useUi((s) => s.pending);
  const loading = useSetup((s) => s.loading !== null);
  const busy = phase === 'preparing' || pending === 'start' || pending === 'step';
  if (phase === 'running' && pending !== 'start') {
    return (
      <Button
        size={size}
        onClick={() => void pause()}
        leftSection={<IconPlayerPause size={16} aria-hidden />}
      >
        Pause
      </Button>
    );
  }
  return (
    <Button
      size={size}
      onClick={() => void start()}
      disabled={dead || loading || busy}
      leftSection={<IconPlayerPlay size={16} aria-hidden />}
    >
      {startLabel(busy && !begun ? 'preparing' : phase, begun ? 1 : 0)}
    </Button>
  );
}

export function RunControls() {
  const phase = useRun((s) => s.run.phase);
  const ready = useRun((s) => s.dataset !== null && s.connection === 'ready');
  const prepared = useRun((s) => s.prepared !== null && s.connection === 'ready');
  const pending = useUi((s) => s.pending);
  const underWay = useUnderWay();
  const preparing = phase === 'preparing';
  const mayStep = ready && (phase === 'ready' || phase === 'paused') && pending === null;
  return (
    <div className={styles.buttons}>
      <StartButton />
      <Control
        name="Step"
        hint="One training step (key: full stop)"
        icon={<IconPlayerSkipForward size={16} aria-hidden />}
        disabled={!mayStep}
        onClick={() => void singleStep()}
      />
      <Control
        name="Reset"
        hint="Back to step 0 with the same recipe and seed"
        icon={<IconRestore size={16} aria-hidden />}
        disabled={!prepared || preparing || pending !== null}
        onClick={() => void reset()}
      />
      <Control
        name="Stop"
        hint="End this run; its weights and numbers stay here to download"
        icon={<IconPlayerStop size={16} aria-hidden />}
        disabled={!underWay && pending !== 'start'}
        onClick={() => void stop()}
      />
    </div>
  );
}

interface ControlProps {
  name: string;
  hint: string;
  icon: ReactNode;
  disabled: boolean;
  onClick(): void;
}

function Control({ name, hint, icon, disabled, onClick }: ControlProps) {
  return (
    <Tooltip label={hint} openDelay={500} events={{ hover: true, focus: true, touch: false }}>
      <Button
        variant="default"
        className={styles.control}
        aria-label={name}
        disabled={disabled}
        onClick={onClick}
      >
        <span className={styles.icon}>{icon}</span>
        <span className={styles.word}>{name}</span>
      </Button>
    </Tooltip>
  );
}

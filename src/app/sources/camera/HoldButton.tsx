/** A button that does something for as long as it is held, by pointer or key; pressed by other means, for a moment. */

import type { ReactNode } from 'react';
import styles from './camera.module.css';

interface Props {
  label: string;
  active: boolean;
  disabled: boolean;
  onStart(): void;
  onStop(): void;
  children: ReactNode;
}

const presses = (key: string) => key === ' ' || key === 'Enter';

export function HoldButton({ label, active, disabled, onStart, onStop, children }: Props) {
  return (
    <button
      type="button"
      className={styles.hold}
      aria-label={label}
      aria-pressed={active}
      disabled={disabled}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        // Let go elsewhere is let go.
        event.currentTarget.setPointerCapture(event.pointerId);
        onStart();
      }}
      onPointerUp={onStop}
      onPointerCancel={onStop}
      onKeyDown={(event) => {
        if (!presses(event.key)) return;
        event.preventDefault();
        if (!event.repeat) onStart();
      }}
      onKeyUp={(event) => {
        if (!presses(event.key)) return;
        event.preventDefault();
        onStop();
      }}
      onBlur={() => active && onStop()}
      // A screen reader or voice presses without pointer or key.
      onClick={(event) => {
        if (event.detail !== 0) return;
        onStart();
        onStop();
      }}
      onContextMenu={(event) => event.preventDefault()}
    >
      {children}
    </button>
  );
}

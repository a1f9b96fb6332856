/** The card that every live panel is: a title that asks or says something, a note, and its contents. */

import { type ReactNode, useId } from 'react';
import styles from './panel.module.css';

interface PanelProps {
  title: string;
  /** Said more softly beside the title. */
  note?: string;
  /** Controls or a number at the right end of the title. */
  aside?: ReactNode;
  children: ReactNode;
}

export function Panel({ title, note, aside, children }: PanelProps) {
  const heading = useId();
  return (
    <section className={styles.panel} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>
          {title} {note !== undefined && <span className={styles.note}>{note}</span>}
        </h2>
        {aside !== undefined && <div className={styles.aside}>{aside}</div>}
      </div>
      {children}
    </section>
  );
}

/** In place of contents: what will appear here, and when. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className={styles.empty}>{children}</p>;
}

interface ChoiceProps<T extends string | number> {
  /** What is chosen, for screen readers. */
  label: string;
  options: readonly { value: T; label: string; colour?: string }[];
  value: T;
  onChange(value: T): void;
}

/** A row of pills of which one is chosen. */
export function Choice<T extends string | number>({ label, options, value, onChange }: ChoiceProps<T>) {
  return (
    <fieldset className={styles.choice} aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          style={option.colour === undefined ? undefined : { color: option.colour }}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}

/** The curves of a plot: name, value at the crosshair (else the latest), and a click to show or hide each. */

import { useSyncExternalStore } from 'react';
import { crosshair } from './crosshair';
import styles from './plot.module.css';
import { readLine } from './readout';
import { type PlotSettings, type PlotSpec, visibleLines } from './spec';

interface LegendProps {
  spec: PlotSpec;
  settings: PlotSettings;
  onHidden(hidden: ReadonlySet<string>): void;
}

export function Legend({ spec, settings: { hidden, smoothing }, onHidden }: LegendProps) {
  const step = useSyncExternalStore(crosshair.subscribe, crosshair.getStep);
  // Loose points belong to the curve of their colour.
  const lines = visibleLines(spec, new Set()).filter((line) => !line.unjoined);
  const toggle = (id: string) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    onHidden(next);
  };
  const shownStep = step ?? lines[0]?.columns.column('step').at(-1);
  return (
    <div className={styles.legend}>
      {lines.map((line) => {
        const reading = hidden.has(line.id) ? null : readLine(line, step, smoothing);
        return (
          <button
            key={line.id}
            type="button"
            className={styles.entry}
            aria-pressed={!hidden.has(line.id)}
            title={hidden.has(line.id) ? `Show ${line.label}` : `Hide ${line.label}`}
            onClick={() => toggle(line.id)}
          >
            <i
              className={styles.swatch}
              style={{ borderColor: `var(--${line.colour})` }}
              data-dash={line.dash ?? 'solid'}
              data-marker={line.markers}
            />
            {line.label}
            {reading !== null && <b>{spec.format(reading.value)}</b>}
          </button>
        );
      })}
      {shownStep !== undefined && (
        <span className={styles.step}>
          {spec.axis ?? 'step'} {shownStep}
        </span>
      )}
    </div>
  );
}

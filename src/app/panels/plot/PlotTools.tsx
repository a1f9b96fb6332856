/** What a person may do with a plot: smooth it, stretch it, zoom out again, take it along. */

import { useId } from 'react';
import styles from './plot.module.css';
import { saveCsv, savePicture } from './savePlot';
import type { PlotSettings, PlotSpec } from './spec';

interface PlotToolsProps {
  spec: PlotSpec;
  settings: PlotSettings;
  onChange(part: Partial<PlotSettings>): void;
}

export function PlotTools({ spec, settings, onChange }: PlotToolsProps) {
  const slider = useId();
  const smoothable = spec.lines.some((line) => line.smoothed);
  return (
    <div className={styles.tools}>
      {smoothable && (
        <span className={styles.smoothing}>
          <label htmlFor={slider}>smoothing</label>
          <input
            id={slider}
            type="range"
            min={0}
            max={0.99}
            step={0.01}
            value={settings.smoothing}
            title="Weight of the past in the moving average; it is taken over every step, whatever the width of the plot"
            onChange={(event) => onChange({ smoothing: event.currentTarget.valueAsNumber })}
          />
          <output htmlFor={slider}>{settings.smoothing === 0 ? 'off' : settings.smoothing.toFixed(2)}</output>
        </span>
      )}
      <button
        type="button"
        className={styles.chip}
        aria-pressed={settings.log}
        onClick={() => onChange({ log: !settings.log, zoom: null })}
      >
        log axis
      </button>
      {settings.zoom !== null && (
        <button type="button" className={styles.chip} onClick={() => onChange({ zoom: null })}>
          whole run
        </button>
      )}
      <fieldset className={styles.save} aria-label={`Save ${spec.name}`}>
        <button
          type="button"
          aria-label="Save as PNG picture"
          onClick={() => void savePicture(spec, settings, 'png')}
        >
          PNG
        </button>
        <button
          type="button"
          aria-label="Save as SVG picture"
          onClick={() => void savePicture(spec, settings, 'svg')}
        >
          SVG
        </button>
        <button type="button" aria-label="Save the numbers as CSV" onClick={() => saveCsv(spec)}>
          CSV
        </button>
      </fieldset>
    </div>
  );
}

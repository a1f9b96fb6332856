/** The words beside a plot: the value of each curve at a step, and a summary for those who cannot see it. */

import { nearestIndex, smooth } from './smoothing';
import { type PlotLine, type PlotSettings, type PlotSpec, visibleLines } from './spec';

/** A curve's value where asked. */
export interface Reading {
  line: PlotLine;
  step: number;
  /** As it is drawn: smoothed where the curve is. */
  value: number;
}

/** The last finite value of a curve at or before `step` (null: the end); null when there is none. */
export function readLine(line: PlotLine, step: number | null, smoothing: number): Reading | null {
  const steps = line.columns.column('step');
  const raw = line.columns.column(line.column);
  let i = step === null ? steps.length - 1 : nearestIndex(steps, step);
  while (i >= 0 && !Number.isFinite(raw[i]!)) i--;
  if (i < 0) return null;
  const values = line.smoothed ? smooth(raw.subarray(0, i + 1), smoothing) : raw;
  return { line, step: steps[i]!, value: values[i]! };
}

/** The readings of all curves that are shown. */
export function readAll(spec: PlotSpec, settings: PlotSettings, step: number | null): Reading[] {
  return visibleLines(spec, settings.hidden).flatMap(
    (line) => readLine(line, step, settings.smoothing) ?? [],
  );
}

/** One sentence for each curve, and one for each level. */
export function summarise(spec: PlotSpec, settings: PlotSettings): string {
  const curves = readAll(spec, settings, null).map(({ line, step, value }) => {
    const first = firstValue(line);
    const from =
      first === null || first.step === step ? '' : `, from ${spec.format(first.value)} at step ${first.step}`;
    return `${line.label}: ${spec.format(value)} at step ${step}${from}.`;
  });
  if (curves.length === 0) return `${spec.name}: no values yet.`;
  const levels = (spec.levels ?? []).map((level) => `${level.label}.`);
  return [...curves, ...levels].join(' ');
}

function firstValue(line: PlotLine): { step: number; value: number } | null {
  const values = line.columns.column(line.column);
  const first = values.findIndex(Number.isFinite);
  return first < 0 ? null : { step: line.columns.column('step')[first]!, value: values[first]! };
}

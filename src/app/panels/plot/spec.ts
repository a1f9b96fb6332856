/** What a plot over steps (or whatever rises in their place) shows, described as data; `figure.ts` makes a plotly figure of it. */

import type { Columns } from '../../store/series';
import type { ColourName } from './theme';

/** One curve. */
export interface PlotLine {
  id: string;
  /** Name in legend, summary and file. */
  label: string;
  columns: Columns;
  column: string;
  colour: ColourName;
  /** Draw the raw values faintly and the smoothed ones strongly; else the values as they are. */
  smoothed?: boolean;
  /** Mark every value: for curves of few points. */
  markers?: 'circle' | 'circle-open' | 'diamond-open' | 'square' | 'triangle-up';
  dash?: 'solid' | 'dot' | 'dash';
  /** Points only, with no line between them. */
  unjoined?: boolean;
  /** Hidden until asked for. */
  hidden?: boolean;
}

/** A horizontal line: a limit (red) or a baseline (grey), with its words. */
export interface PlotLevel {
  value: number;
  label: string;
  /** The same in less room. */
  short?: string;
  colour: ColourName;
  /** Drawn where the axis happens to reach, which it need not do for this. */
  optional?: boolean;
}

/** A step at which something was changed by hand. */
export interface PlotMark {
  step: number;
  label: string;
}

/** A plot over steps. */
export interface PlotSpec {
  /** Title of exported pictures, accessible name. */
  name: string;
  /** Stem of exported files. */
  file: string;
  lines: readonly PlotLine[];
  /** What the column `step` counts here; absent means steps. */
  axis?: string;
  levels?: readonly PlotLevel[];
  marks?: readonly PlotMark[];
  /** A value in words, with its unit. */
  format(value: number): string;
  /** Smallest range the axis ever covers: noise on a flat curve must not fill the picture. */
  leastSpan?: number;
  /** Values below this are never drawn, e.g. 0 for a score. */
  floor?: number;
  /** The whole table as CSV; without it, the curves of this plot. */
  csv?: () => string;
}

/** A part of the run that a person zoomed into. */
export interface Zoom {
  x: readonly [number, number];
  y: readonly [number, number] | null;
}

/** What a person chose for a plot. */
export interface PlotSettings {
  log: boolean;
  /** Weight of the past in the moving average, 0 to below 1. */
  smoothing: number;
  hidden: ReadonlySet<string>;
  zoom: Zoom | null;
}

/** Where the plot's inside lies in its element, px, and the steps it spans. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  steps: readonly [number, number];
}

/** The curves that are drawn now: asked for, and with a value at all. */
export function visibleLines(spec: PlotSpec, hidden: ReadonlySet<string>): PlotLine[] {
  return spec.lines.filter(
    (line) => !hidden.has(line.id) && line.columns.column(line.column).some(Number.isFinite),
  );
}

/** Pixel of a step inside the element; outside the frame for steps that are not shown. */
export function stepToPixel(frame: Frame, step: number): number {
  const [first, last] = frame.steps;
  return frame.left + ((step - first) / (last - first)) * frame.width;
}

/** Step under a pixel of the element, not rounded. */
export function pixelToStep(frame: Frame, pixel: number): number {
  const [first, last] = frame.steps;
  return first + ((pixel - frame.left) / frame.width) * (last - first);
}

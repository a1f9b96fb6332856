/** Makes a plotly figure of a plot's description: pure, so that what is drawn can be tested without drawing. */

import type { Annotations, Data, Layout, Shape } from 'plotly.js';
import { axisRange, extentOf, spread } from './ranges';
import { type Points, smooth, thin } from './smoothing';
import {
  type Frame,
  type PlotLevel,
  type PlotLine,
  type PlotMark,
  type PlotSettings,
  type PlotSpec,
  visibleLines,
} from './spec';
import type { Theme } from './theme';

/** A figure, and where its inside lies. */
export interface Figure {
  data: Data[];
  layout: Partial<Layout>;
  frame: Frame;
}

/** Size of a drawing in px; `titled` adds title and legend, for pictures that leave the page. */
export interface Canvas {
  width: number;
  height: number;
  titled?: boolean;
}

interface Curve {
  line: PlotLine;
  raw: Points | null;
  main: Points;
}

const wide = 540;
const labelGap = 14;

/** The figure of `spec` under a person's settings. */
export function buildFigure(spec: PlotSpec, settings: PlotSettings, theme: Theme, canvas: Canvas): Figure {
  const lines = visibleLines(spec, settings.hidden);
  const levels = (spec.levels ?? []).filter((level) => Number.isFinite(level.value));
  const outside = levels.length > 1;
  const long = !outside || canvas.width >= wide;
  const margin = {
    l: 46,
    r: outside ? (long ? 138 : 92) : 12,
    t: canvas.titled ? 84 : 10,
    b: 26,
  };
  const width = Math.max(20, canvas.width - margin.l - margin.r);
  const height = Math.max(20, canvas.height - margin.t - margin.b);
  const steps = stepRange(lines, settings);
  const curves = lines.map((line) => toCurve(line, settings, steps, width));
  const values = valueRange(spec, settings, curves, levels);
  const marks = (spec.marks ?? []).filter(({ step }) => step >= steps[0] && step <= steps[1]);
  const frame = { left: margin.l, top: margin.t, width, height, steps };
  const tick = { color: theme.soft, size: 11, family: theme.font };
  const axis = {
    showgrid: false,
    zeroline: false,
    showline: false,
    tickfont: tick,
    fixedrange: false,
    exponentformat: 'e',
  } as const;
  const layout: Partial<Layout> = {
    width: canvas.width,
    height: canvas.height,
    margin,
    autosize: false,
    paper_bgcolor: canvas.titled ? theme.card : 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, size: 11, color: theme.ink },
    hovermode: false,
    showlegend: canvas.titled === true,
    legend: { orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom', font: { size: 12, color: theme.ink } },
    xaxis: { ...axis, range: [...steps], nticks: Math.max(2, Math.round(width / 90)) },
    yaxis: {
      ...axis,
      type: settings.log ? 'log' : 'linear',
      range: values,
      showgrid: true,
      gridcolor: theme.line,
      nticks: 5,
    },
    shapes: [
      ...levels.map((level) => levelLine(level, values, settings.log, theme)),
      ...marks.map((mark) => markLine(mark, theme)),
    ],
    annotations: [
      ...levelLabels(levels, values, settings.log, theme, { height, outside, long }),
      ...marks.map((mark) => markLabel(mark, theme)),
      axisWord(spec.axis ?? 'step', theme),
    ] as Annotations[],
  };
  if (canvas.titled) {
    const text = spec.name;
    layout.title = { text, x: 0.02, xanchor: 'left', font: { size: 16, color: theme.ink } };
  }
  return { data: curves.flatMap((curve) => traces(curve, theme)), layout, frame };
}

function stepRange(lines: readonly PlotLine[], settings: PlotSettings): [number, number] {
  if (settings.zoom) return [...settings.zoom.x];
  let last = 1;
  for (const line of lines) {
    const steps = line.columns.column('step');
    last = Math.max(last, steps[steps.length - 1] ?? 0);
  }
  // A little room on both sides, so that marks at the ends are whole.
  return [-last * 0.012, last * 1.012];
}

function toCurve(
  line: PlotLine,
  settings: PlotSettings,
  steps: readonly [number, number],
  width: number,
): Curve {
  const x = line.columns.column('step');
  const y = line.columns.column(line.column);
  const buckets = Math.ceil(width / 2);
  if (!line.smoothed || settings.smoothing <= 0) return { line, raw: null, main: thin(x, y, buckets, steps) };
  const smoothed = smooth(y, settings.smoothing);
  return { line, raw: thin(x, y, buckets, steps), main: thin(x, smoothed, buckets, steps) };
}

function valueRange(
  spec: PlotSpec,
  settings: PlotSettings,
  curves: readonly Curve[],
  levels: readonly PlotLevel[],
): [number, number] {
  if (settings.zoom?.y) return [...settings.zoom.y];
  const series = curves.flatMap(({ raw, main }) => (raw ? [raw.y, main.y] : [main.y]));
  const wanted = levels.filter((level) => !level.optional).map((level) => level.value);
  const extent = extentOf([...series, wanted], settings.log);
  const [low, high] = axisRange(extent, settings.log, spec.leastSpan ?? 0);
  const floored = spec.floor !== undefined && !settings.log && extent !== null && extent.low >= spec.floor;
  return floored ? [Math.max(low, spec.floor!), high] : [low, high];
}

function traces({ line, raw, main }: Curve, theme: Theme): Data[] {
  const colour = theme[line.colour];
  const drawn: Data[] = [];
  if (raw) {
    drawn.push({
      type: 'scatter',
      mode: 'lines',
      name: `${line.label}, raw`,
      x: raw.x,
      y: raw.y,
      opacity: 0.3,
      showlegend: false,
      hoverinfo: 'skip',
      line: { color: colour, width: 1, simplify: false },
    });
  }
  drawn.push({
    type: 'scatter',
    mode: line.unjoined ? 'markers' : line.markers ? 'lines+markers' : 'lines',
    name: line.label,
    x: main.x,
    y: main.y,
    hoverinfo: 'skip',
    cliponaxis: line.markers === undefined,
    line: { color: colour, width: 2.2, dash: line.dash ?? 'solid', simplify: false },
    marker: {
      color: colour,
      size: line.unjoined ? 4.5 : 6.5,
      opacity: line.unjoined ? 0.6 : 1,
      symbol: line.markers ?? 'circle',
      line: { color: colour, width: 1.5 },
    },
  });
  return drawn;
}

/** Where a value lies between the ends of the axis: 0 bottom, 1 top. */
function fraction(value: number, [low, high]: readonly [number, number], log: boolean): number {
  return ((log ? Math.log10(value) : value) - low) / (high - low);
}

function levelLine(
  level: PlotLevel,
  range: readonly [number, number],
  log: boolean,
  theme: Theme,
): Partial<Shape> {
  const y = fraction(level.value, range, log);
  return {
    type: 'line',
    xref: 'paper',
    yref: 'paper',
    x0: 0,
    x1: 1,
    y0: y,
    y1: y,
    visible: y >= 0 && y <= 1,
    layer: 'below',
    line: { color: theme[level.colour], width: 1.2, dash: 'dash' },
  };
}

function levelLabels(
  levels: readonly PlotLevel[],
  range: readonly [number, number],
  log: boolean,
  theme: Theme,
  { height, outside, long }: { height: number; outside: boolean; long: boolean },
): Partial<Annotations>[] {
  const shown = levels.filter((level) => {
    const y = fraction(level.value, range, log);
    return y >= 0 && y <= 1;
  });
  const lift = outside ? 0 : 8;
  const marks = shown.map((level) => fraction(level.value, range, log) * height + lift);
  const places = spread(marks, labelGap, 6, height - 2);
  return shown.map((level, i) => ({
    xref: 'paper',
    yref: 'paper',
    x: 1,
    y: places[i]! / height,
    xanchor: outside ? 'left' : 'right',
    yanchor: 'middle',
    xshift: outside ? 5 : 0,
    showarrow: false,
    text: long ? level.label : (level.short ?? level.label),
    borderpad: 1,
    bgcolor: outside ? 'rgba(0,0,0,0)' : theme.card,
    font: { size: 11, family: theme.font, color: level.colour === 'base' ? theme.soft : theme[level.colour] },
  }));
}

function markLine({ step }: PlotMark, theme: Theme): Partial<Shape> {
  return {
    type: 'line',
    xref: 'x',
    yref: 'paper',
    x0: step,
    x1: step,
    y0: 0,
    y1: 1,
    layer: 'below',
    line: { color: theme.soft, width: 1, dash: 'dot' },
  };
}

function markLabel({ step, label }: PlotMark, theme: Theme): Partial<Annotations> {
  return {
    xref: 'x',
    yref: 'paper',
    x: step,
    y: 0,
    xanchor: 'right',
    yanchor: 'bottom',
    textangle: '-90',
    showarrow: false,
    text: label,
    font: { size: 10, family: theme.font, color: theme.soft },
  };
}

function axisWord(text: string, theme: Theme): Partial<Annotations> {
  return {
    xref: 'paper',
    yref: 'paper',
    x: 0,
    y: 0,
    xanchor: 'right',
    yanchor: 'top',
    // Longer words need the room that the first number leaves.
    xshift: text.length > 4 ? -6 : -12,
    yshift: -3,
    showarrow: false,
    text,
    font: { size: 11, family: theme.font, color: theme.soft },
  };
}

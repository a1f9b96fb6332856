import type { Annotations, PlotData } from 'plotly.js';
import { describe, expect, it } from 'vitest';
import { ColumnTable } from '../../store/series';
import { buildFigure } from './figure';
import { axisRange, extentOf, spread } from './ranges';
import { type PlotSettings, type PlotSpec, pixelToStep, stepToPixel } from './spec';
import { colourNames, type Theme } from './theme';

const theme = {
  ...Object.fromEntries(colourNames.map((name) => [name, `colour of ${name}`])),
  font: 'f',
} as Theme;
const settings: PlotSettings = { log: false, smoothing: 0.9, hidden: new Set(), zoom: null };
const canvas = { width: 400, height: 200 };

function lossPlot(losses: number[], others: Partial<PlotSpec> = {}): PlotSpec {
  const columns = new ColumnTable(['step', 'loss', 'kl'], () => undefined);
  losses.forEach((loss, i) => {
    columns.push({ step: i + 1, loss, kl: Number.NaN });
  });
  return {
    name: 'Loss',
    file: 'loss',
    format: String,
    lines: [
      { id: 'loss', label: 'loss', columns, column: 'loss', colour: 'student', smoothed: true },
      { id: 'kl', label: 'KL', columns, column: 'kl', colour: 'mark' },
    ],
    ...others,
  };
}

function drawn(figure: ReturnType<typeof buildFigure>): PlotData[] {
  return figure.data as PlotData[];
}

describe('buildFigure', () => {
  it('draws raw values faintly under smoothed ones, and no curve without values', () => {
    const traces = drawn(buildFigure(lossPlot([4, 2, 4, 2]), settings, theme, canvas));
    expect(traces.map((trace) => trace.name)).toEqual(['loss, raw', 'loss']);
    expect(traces[0]!.opacity).toBeLessThan(0.5);
    expect([...(traces[0]!.y as number[])]).toEqual([4, 2, 4, 2]);
    const smoothed = traces[1]!.y as number[];
    expect(smoothed[3]!).toBeGreaterThan(2.5);
    expect(smoothed[3]!).toBeLessThan(3.5);
  });

  it('draws one line only when smoothing is off', () => {
    const traces = drawn(buildFigure(lossPlot([4, 2]), { ...settings, smoothing: 0 }, theme, canvas));
    expect(traces.map((trace) => trace.name)).toEqual(['loss']);
  });

  it('thins a long run to the pixels it has', () => {
    const long = Array.from({ length: 20_000 }, (_, i) => Math.sin(i));
    for (const trace of drawn(buildFigure(lossPlot(long), settings, theme, canvas))) {
      expect((trace.x as number[]).length).toBeLessThanOrEqual(400);
    }
  });

  it('keeps a limit inside the picture, with its words', () => {
    const limit = { value: Math.log(64), label: 'ln 64 = 4.159: saying nothing', colour: 'bad' } as const;
    const { layout } = buildFigure(lossPlot([3.1, 3], { levels: [limit] }), settings, theme, canvas);
    const [low, high] = layout.yaxis!.range as [number, number];
    expect(low).toBeLessThan(3);
    expect(high).toBeGreaterThan(limit.value);
    expect(layout.shapes![0]!.line!.color).toBe('colour of bad');
    expect((layout.annotations as Annotations[]).map((a) => a.text)).toContain(limit.label);
  });

  it('speaks in powers of ten on a log axis and leaves out what has no logarithm', () => {
    const spec = lossPlot([0, 0.01, 100]);
    const { layout } = buildFigure(spec, { ...settings, smoothing: 0, log: true }, theme, canvas);
    const [low, high] = layout.yaxis!.range as [number, number];
    expect(layout.yaxis!.type).toBe('log');
    expect(low).toBeCloseTo(-2 - 0.32, 6);
    expect(high).toBeCloseTo(2 + 0.32, 6);
  });

  it('shows the part of the run that was zoomed into', () => {
    const zoom = { x: [2, 3], y: [1, 5] } as const;
    const { layout, frame } = buildFigure(lossPlot([4, 3, 2, 1]), { ...settings, zoom }, theme, canvas);
    expect(layout.xaxis!.range).toEqual([2, 3]);
    expect(layout.yaxis!.range).toEqual([1, 5]);
    expect(stepToPixel(frame, 2)).toBe(frame.left);
    expect(stepToPixel(frame, 3)).toBe(frame.left + frame.width);
    expect(pixelToStep(frame, stepToPixel(frame, 2.25))).toBeCloseTo(2.25, 10);
  });

  it('marks the steps at which a person changed something, where they are in view', () => {
    const spec = lossPlot([4, 3, 2, 1], {
      marks: [
        { step: 2, label: 'teacher_temp 0.04' },
        { step: 9, label: 'later' },
      ],
    });
    const { layout } = buildFigure(spec, settings, theme, canvas);
    const words = (layout.annotations as Annotations[]).map(({ text }) => text);
    expect(words).toContain('teacher_temp 0.04');
    expect(words).not.toContain('later');
    expect(layout.shapes!.map(({ x0 }) => x0)).toEqual([2]);
  });

  it('gives a picture that leaves the page a title, a legend and a ground', () => {
    const { layout } = buildFigure(lossPlot([4]), settings, theme, { ...canvas, titled: true });
    expect(layout.title).toMatchObject({ text: 'Loss' });
    expect(layout.showlegend).toBe(true);
    expect(layout.paper_bgcolor).toBe('colour of card');
  });
});

describe('axis ranges', () => {
  it('ignores what is not finite', () => {
    expect(
      extentOf(
        [
          [Number.NaN, 1],
          [Number.POSITIVE_INFINITY, 3],
        ],
        false,
      ),
    ).toEqual({ low: 1, high: 3 });
    expect(extentOf([[Number.NaN]], false)).toBeNull();
  });

  it('never gets flatter than asked', () => {
    const [low, high] = axisRange({ low: 4.158, high: 4.159 }, false, 0.5);
    expect(high - low).toBeGreaterThanOrEqual(0.5);
  });

  it('moves crowded labels apart and keeps them inside', () => {
    const places = spread([98, 10, 12, 100], 14, 0, 100);
    expect(places[1]).toBe(10);
    expect(places[2]).toBe(24);
    expect(places[3]).toBe(100);
    expect(places[0]).toBe(86);
  });
});

/**
 * One plotly plot in an element, kept up to date outside React: it follows its element's width, the theme and its
 * data through the draw queue, and rests while it is off screen or a person is dragging in it.
 */

import type { Config } from 'plotly.js';
import type { Columns } from '../../store/series';
import { type Drawable, drawQueue } from './drawQueue';
import { buildFigure } from './figure';
import { loadPlotly, type PlotlyCore } from './plotly';
import type { Frame, PlotSettings, PlotSpec, Zoom } from './spec';
import { readTheme, watchTheme } from './theme';

interface PlotEvents {
  on(event: 'plotly_relayout', callback: (change: Record<string, unknown>) => void): void;
}

const config: Partial<Config> = {
  displayModeBar: false,
  responsive: false,
  doubleClick: false,
  showTips: false,
  showAxisDragHandles: false,
  scrollZoom: false,
};

/** What a plot tells its owner. */
export interface LivePlotEvents {
  /** It was drawn; where its inside lies. */
  drawn(frame: Frame): void;
  /** A person dragged a box around a part of the run. */
  zoomed(zoom: Zoom): void;
  /** Plotly could not be loaded. */
  failed(): void;
}

export class LivePlot implements Drawable {
  readonly #host: HTMLElement;
  readonly #events: LivePlotEvents;
  readonly #stops: (() => void)[] = [];
  #plotly: PlotlyCore | null = null;
  #spec: PlotSpec;
  #settings: PlotSettings;
  #sources: { columns: Columns; stop: () => void }[] = [];
  #theme: ReturnType<typeof readTheme> | null = null;
  #visible = true;
  #held = false;
  #stale = true;
  #dead = false;

  constructor(host: HTMLElement, spec: PlotSpec, settings: PlotSettings, events: LivePlotEvents) {
    this.#host = host;
    this.#spec = spec;
    this.#settings = settings;
    this.#events = events;
    this.#watch();
    this.#follow();
    this.load();
  }

  /** Loads plotly; call again to retry after a failure. */
  load(): void {
    loadPlotly().then(
      (plotly) => {
        this.#plotly = plotly;
        this.#redraw(true);
      },
      () => {
        if (!this.#dead) this.#events.failed();
      },
    );
  }

  /** Shows something else, or the same differently. */
  show(spec: PlotSpec, settings: PlotSettings): void {
    if (spec === this.#spec && settings === this.#settings) return;
    this.#spec = spec;
    this.#settings = settings;
    this.#follow();
    this.#redraw(true);
  }

  /** Draws now; called by the queue. */
  draw(): void {
    const width = this.#host.clientWidth;
    const height = this.#host.clientHeight;
    if (this.#dead || this.#plotly === null || width === 0 || !this.#visible || this.#held) return;
    this.#stale = false;
    this.#theme ??= readTheme(this.#host);
    const first = !('on' in this.#host);
    const { data, layout, frame } = buildFigure(this.#spec, this.#settings, this.#theme, { width, height });
    // A finger scrolls the page; only a mouse may drag a zoom box.
    layout.dragmode = window.matchMedia('(pointer: fine)').matches ? 'zoom' : false;
    void this.#plotly.react(this.#host, data, layout, config);
    if (first) this.#listen();
    this.#events.drawn(frame);
  }

  /** Takes the plot off the page. */
  destroy(): void {
    this.#dead = true;
    drawQueue.cancel(this);
    for (const stop of this.#stops) stop();
    for (const source of this.#sources) source.stop();
    this.#plotly?.purge(this.#host);
  }

  #redraw(soon = false): void {
    this.#stale = true;
    if (!this.#dead && this.#plotly !== null && this.#visible && !this.#held) drawQueue.request(this, soon);
  }

  #follow(): void {
    const wanted = new Set(this.#spec.lines.map((line) => line.columns));
    for (const source of this.#sources) if (!wanted.has(source.columns)) source.stop();
    this.#sources = [...wanted].map(
      (columns) =>
        this.#sources.find((source) => source.columns === columns) ?? {
          columns,
          stop: columns.subscribe(() => this.#redraw()),
        },
    );
  }

  #watch(): void {
    const size = new ResizeObserver(() => this.#redraw(true));
    size.observe(this.#host);
    const sight = new IntersectionObserver(
      (entries) => {
        this.#visible = entries.at(-1)?.isIntersecting ?? true;
        if (this.#visible && this.#stale) this.#redraw(true);
      },
      { rootMargin: '300px' },
    );
    sight.observe(this.#host);
    const hold = () => {
      this.#held = true;
    };
    const release = () => {
      if (!this.#held) return;
      this.#held = false;
      if (this.#stale) this.#redraw();
    };
    this.#host.addEventListener('pointerdown', hold);
    window.addEventListener('pointerup', release);
    window.addEventListener('pointercancel', release);
    this.#stops.push(
      () => size.disconnect(),
      () => sight.disconnect(),
      () => this.#host.removeEventListener('pointerdown', hold),
      () => window.removeEventListener('pointerup', release),
      () => window.removeEventListener('pointercancel', release),
      watchTheme(() => {
        this.#theme = null;
        this.#redraw(true);
      }),
    );
  }

  #listen(): void {
    (this.#host as HTMLElement & PlotEvents).on('plotly_relayout', (change) => {
      const zoom = zoomOf(change, this.#settings.zoom);
      if (zoom) this.#events.zoomed(zoom);
    });
  }
}

/** The zoom that plotly reports after a drag; null for every other change. */
export function zoomOf(change: Record<string, unknown>, before: Zoom | null): Zoom | null {
  const range = (axis: string): [number, number] | null => {
    const low = change[`${axis}.range[0]`];
    const high = change[`${axis}.range[1]`];
    return typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
  };
  const x = range('xaxis');
  const y = range('yaxis');
  if (x === null && y === null) return null;
  if (x === null) return before && { x: before.x, y };
  return { x, y: y ?? before?.y ?? null };
}

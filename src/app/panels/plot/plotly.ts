/**
 * Brings plotly on demand: its core with nothing but scatter, which needs neither WebGL nor `unsafe-eval`. The first
 * plots of a page run cold code and take several times as long as later ones, so they are drawn out of sight as soon
 * as the library is there, before a run needs the main thread.
 */

import type { Config, Data, Layout } from 'plotly.js';

/** The part of plotly that is used here. */
export interface PlotlyCore {
  react(
    element: HTMLElement,
    data: Data[],
    layout: Partial<Layout>,
    config: Partial<Config>,
  ): Promise<HTMLElement>;
  purge(element: HTMLElement): void;
  toImage(
    figure: { data: Data[]; layout: Partial<Layout> },
    options: { format: 'png' | 'svg'; width: number; height: number; scale?: number },
  ): Promise<string>;
}

const warmUpDraws = 4;
let loading: Promise<PlotlyCore> | null = null;

/** Plotly, loaded once; a failed download can be tried again. */
export function loadPlotly(): Promise<PlotlyCore> {
  loading ??= importPlotly().catch((thrown: unknown) => {
    loading = null;
    throw thrown;
  });
  return loading;
}

async function importPlotly(): Promise<PlotlyCore> {
  const module: { default: unknown } = await import('plotly.js/lib/core');
  const plotly = module.default as PlotlyCore;
  await warmUp(plotly);
  return plotly;
}

async function warmUp(plotly: PlotlyCore): Promise<void> {
  const element = document.createElement('div');
  element.style.cssText = 'position:absolute;left:-9999px;top:0;visibility:hidden';
  element.setAttribute('aria-hidden', 'true');
  document.body.append(element);
  for (let draw = 1; draw <= warmUpDraws; draw++) {
    await pause();
    const data: Data[] = [{ type: 'scatter', mode: 'lines', x: [0, 1, 2], y: [draw, 1, 2] }];
    const layout = { width: 300, height: 150, xaxis: { range: [0, 2] }, yaxis: { range: [0, draw] } };
    await plotly.react(element, data, layout, { staticPlot: false, displayModeBar: false });
  }
  plotly.purge(element);
  element.remove();
}

/** Lets the page breathe between two pieces of work. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

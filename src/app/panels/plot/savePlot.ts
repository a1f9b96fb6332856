/** Takes a plot off the page: as a picture with title and legend, or as its numbers. */

import { download } from '../../store/download';
import { columnsToCsv } from '../../store/series';
import { buildFigure } from './figure';
import { loadPlotly } from './plotly';
import { type PlotSettings, type PlotSpec, visibleLines } from './spec';
import { readTheme } from './theme';

const picture = { width: 1200, height: 675 };

/** Saves the plot as it is set (zoom, log axis, smoothing), in the colours of the page. */
export async function savePicture(
  spec: PlotSpec,
  settings: PlotSettings,
  format: 'png' | 'svg',
): Promise<void> {
  const plotly = await loadPlotly();
  const figure = buildFigure(spec, settings, readTheme(document.body), { ...picture, titled: true });
  const url = await plotly.toImage(figure, { format, ...picture, ...(format === 'png' ? { scale: 2 } : {}) });
  const payload = url.slice(url.indexOf(',') + 1);
  if (format === 'svg') download(`${spec.file}.svg`, 'image/svg+xml', decodeURIComponent(payload));
  else download(`${spec.file}.png`, 'image/png', bytesOfBase64(payload));
}

/** Saves the raw numbers, not smoothed and not thinned. */
export function saveCsv(spec: PlotSpec): void {
  download(`${spec.file}.csv`, 'text/csv', plotCsv(spec));
}

/** The numbers of a plot: its own table, or step by step the curves that share their first curve's table. */
export function plotCsv(spec: PlotSpec): string {
  if (spec.csv) return spec.csv();
  const lines = visibleLines(spec, new Set());
  const table = lines[0]?.columns;
  if (table === undefined) return 'step\n';
  const own = lines.filter((line) => line.columns === table);
  return columnsToCsv([
    ['step', table.column('step')],
    ...own.map((line) => [line.column, table.column(line.column)] as const),
  ]);
}

function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

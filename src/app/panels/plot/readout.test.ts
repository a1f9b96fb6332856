import { describe, expect, it } from 'vitest';
import { ColumnTable } from '../../store/series';
import { readLine, summarise } from './readout';
import type { PlotSpec } from './spec';

function plot(losses: number[], smoothed = false): PlotSpec {
  const columns = new ColumnTable(['step', 'loss'], () => undefined);
  losses.forEach((loss, i) => {
    columns.push({ step: 10 * i, loss });
  });
  return {
    name: 'Loss',
    file: 'loss',
    format: (value) => value.toFixed(2),
    lines: [{ id: 'loss', label: 'loss', columns, column: 'loss', colour: 'student', smoothed }],
    levels: [{ value: 4.159, label: 'ln 64 = 4.159: saying nothing', colour: 'bad' }],
  };
}

const settings = { log: false, smoothing: 0.5, hidden: new Set<string>(), zoom: null };

describe('the words beside a plot', () => {
  it('read the value nearest to the crosshair, else the latest', () => {
    const [line] = plot([4, 3, 2]).lines;
    expect(readLine(line!, 12, 0)).toMatchObject({ step: 10, value: 3 });
    expect(readLine(line!, null, 0)).toMatchObject({ step: 20, value: 2 });
  });

  it('say the smoothed value where the curve is smoothed', () => {
    const [line] = plot([4, 2], true).lines;
    expect(readLine(line!, null, 0.5)!.value).toBeCloseTo((0.25 * 4 + 0.5 * 2) / 0.75, 10);
  });

  it('step over a value that is missing', () => {
    const [line] = plot([4, 3, Number.NaN]).lines;
    expect(readLine(line!, null, 0)).toMatchObject({ step: 10, value: 3 });
  });

  it('sum up the curve and its limit for those who cannot see it', () => {
    expect(summarise(plot([4, 3, 2]), settings)).toBe(
      'loss: 2.00 at step 20, from 4.00 at step 0. ln 64 = 4.159: saying nothing.',
    );
    expect(summarise(plot([]), settings)).toBe('Loss: no values yet.');
  });
});

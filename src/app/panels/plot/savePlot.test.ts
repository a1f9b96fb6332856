import { describe, expect, it } from 'vitest';
import { ColumnTable } from '../../store/series';
import { zoomOf } from './livePlot';
import { plotCsv } from './savePlot';

describe('the numbers of a plot', () => {
  const columns = new ColumnTable(['step', 'loss', 'kl'], () => undefined);
  columns.append({ step: [1, 2], loss: [4.125, 3.5], kl: [Number.NaN, 1] });
  const line = (column: string) => ({
    id: column,
    label: column,
    columns,
    column,
    colour: 'student' as const,
    smoothed: true,
  });

  it('leave raw, every step, by the names of their columns', () => {
    const spec = { name: 'n', file: 'f', format: String, lines: [line('kl'), line('loss')] };
    expect(plotCsv(spec)).toBe('step,kl,loss\n1,,4.125\n2,1,3.5\n');
  });

  it('are the whole table where the plot says so', () => {
    const spec = { name: 'n', file: 'f', format: String, lines: [line('kl')], csv: () => columns.toCsv() };
    expect(plotCsv(spec)).toBe('step,loss,kl\n1,4.125,\n2,3.5,1\n');
  });
});

describe('zoomOf', () => {
  it('takes the box that was dragged', () => {
    const change = {
      'xaxis.range[0]': 10,
      'xaxis.range[1]': 20,
      'yaxis.range[0]': 1,
      'yaxis.range[1]': 2,
    };
    expect(zoomOf(change, null)).toEqual({ x: [10, 20], y: [1, 2] });
  });

  it('keeps the steps when only the values were stretched', () => {
    const change = { 'yaxis.range[0]': 1, 'yaxis.range[1]': 2 };
    expect(zoomOf(change, { x: [5, 6], y: null })).toEqual({ x: [5, 6], y: [1, 2] });
  });

  it('is nothing for other changes', () => {
    expect(zoomOf({ 'xaxis.autorange': true }, null)).toBeNull();
    expect(zoomOf({ 'yaxis.range[0]': 1, 'yaxis.range[1]': 2 }, null)).toBeNull();
  });
});

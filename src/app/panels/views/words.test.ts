import { describe, expect, it } from 'vitest';
import type { ViewsReport } from '../../../session/protocol';
import { barsPath, chosenPrototypes, pairsOf, strongest } from './words';

const view = (name: string) => ({ name, size: 1, boxes: [], pixels: new Uint8ClampedArray(0) });
const report: ViewsReport = {
  step: 1,
  indices: Int32Array.of(4),
  views: ['global 1', 'global 2', 'local 1'].map(view),
  terms: Float32Array.of(0, 3.5, 3.6, 3.7, 0, 3.8),
  teacher: Float32Array.of(0.9, 0.1, 0.2, 0.8),
  student: Float32Array.of(0.5, 0.5, 0.25, 0.75, 0.875, 0.125),
  imageSize: 1,
  pictures: new Uint8ClampedArray(4),
};

describe('the pairs of a teacher view', () => {
  it('are all student views but itself, with their terms', () => {
    expect(pairsOf(report, 0).map(({ name, term }) => [name, Number(term.toFixed(2))])).toEqual([
      ['global 2', 3.5],
      ['local 1', 3.6],
    ]);
    expect(pairsOf(report, 1).map(({ name, term }) => [name, Number(term.toFixed(2))])).toEqual([
      ['global 1', 3.7],
      ['local 1', 3.8],
    ]);
  });

  it('carry the student’s own distribution', () => {
    const [global2, local1] = pairsOf(report, 0);
    expect(global2!.top).toEqual({ prototype: 1, share: 0.75 });
    expect([...local1!.student]).toEqual([0.875, 0.125]);
  });
});

describe('bars', () => {
  it('show the strongest prototypes in their order where there are too many', () => {
    const teacher = Float32Array.of(0, 0.7, 0, 0.1, 0.2);
    const student = Float32Array.of(0.6, 0, 0, 0, 0.4);
    expect(chosenPrototypes([teacher, student], 3)).toEqual([0, 1, 4]);
    expect(chosenPrototypes([teacher, student], 5)).toEqual([0, 1, 2, 3, 4]);
    expect(chosenPrototypes([], 5)).toEqual([]);
  });

  it('grow with their share of the peak and leave out what is not visible', () => {
    expect(barsPath(Float32Array.of(0.5, 0, 0.25), [0, 1, 2], 0.5)).toBe(
      'M0.1 1v-1.000h.8V1zM2.1 1v-0.500h.8V1z',
    );
  });

  it('know the strongest of nothing as nothing', () => {
    expect(strongest(new Float32Array(0))).toEqual({ prototype: 0, share: 0 });
  });
});

import { describe, expect, it } from 'vitest';
import { type Answers, barsPath, chosenAnswers, pairsOf, sizesOf, strongest } from './words';

const view = (name: string) => ({ name, size: 1, boxes: [], pixels: new Uint8ClampedArray(0) });
const views = ['global 1', 'global 2', 'local 1'].map(view);
const answers: Answers = {
  terms: Float32Array.of(0, 3.5, 3.6, 3.7, 0, 3.8),
  targets: Float32Array.of(0.9, 0.1, 0.2, 0.8),
  predictions: Float32Array.of(0.5, 0.5, 0.25, 0.75, 0.875, 0.125),
};

describe('the pairs of a target', () => {
  it('are all views but the one it comes from, with their terms', () => {
    expect(pairsOf(views, answers, 0).map(({ name, term }) => [name, Number(term.toFixed(2))])).toEqual([
      ['global 2', 3.5],
      ['local 1', 3.6],
    ]);
    expect(pairsOf(views, answers, 1).map(({ name, term }) => [name, Number(term.toFixed(2))])).toEqual([
      ['global 1', 3.7],
      ['local 1', 3.8],
    ]);
  });

  it('carry the distribution of each view', () => {
    const [global2, local1] = pairsOf(views, answers, 0);
    expect(global2!.top).toEqual({ answer: 1, share: 0.75 });
    expect([...local1!.prediction]).toEqual([0.875, 0.125]);
    expect(sizesOf(answers, 3)).toEqual({ targets: 2, answers: 2 });
  });
});

describe('bars', () => {
  it('show the strongest answers in their order where there are too many', () => {
    const teacher = Float32Array.of(0, 0.7, 0, 0.1, 0.2);
    const student = Float32Array.of(0.6, 0, 0, 0, 0.4);
    expect(chosenAnswers([teacher, student], 3)).toEqual([0, 1, 4]);
    expect(chosenAnswers([teacher, student], 5)).toEqual([0, 1, 2, 3, 4]);
    expect(chosenAnswers([], 5)).toEqual([]);
  });

  it('grow with their share of the peak and leave out what is not visible', () => {
    expect(barsPath(Float32Array.of(0.5, 0, 0.25), [0, 1, 2], 0.5)).toBe(
      'M0.1 1v-1.000h.8V1zM2.1 1v-0.500h.8V1z',
    );
  });

  it('know the strongest of nothing as nothing', () => {
    expect(strongest(new Float32Array(0))).toEqual({ answer: 0, share: 0 });
  });
});

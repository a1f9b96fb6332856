import { describe, expect, it } from 'vitest';
import { evaluationAt, sampleEvent } from '../../../session/testing/samples';
import { sampleScores } from '../../testing/labelledRun';
import { calibrationWords } from './calibration';
import { cellFrom, cellWords, drawMatrix, rowTotal, worstPairs } from './confusion';
import { fineTuneLine } from './fineTuning';
import { readOutPlot, rivalLevels, verdict } from './readOuts';

const { baselines } = sampleEvent('baselines');
const start = { ...evaluationAt(0), classification: sampleScores(20) };

describe('the plot of accuracy', () => {
  it('draws each read-out from its own column, by what is scored', () => {
    const columns = (scored: 'heldOut' | 'unlabelled') =>
      readOutPlot(['snnHead', 'linear'], scored, [], 'student').lines.map(({ column }) => column);
    expect(columns('heldOut')).toEqual(['snnHeadHeldOut', 'linearHeldOut']);
    expect(columns('unlabelled')).toEqual(['snnHeadUnlabelled', 'linearUnlabelled']);
  });

  it('has its baselines, and pixels only where they were scored on the same pictures', () => {
    const names = (scored: 'heldOut' | 'unlabelled') =>
      rivalLevels({ baselines, start }, 'snnHead', scored).map(({ label }) => label);
    expect(names('heldOut')).toEqual(['chance 50.0', 'before training 20.0', 'pixels, all labels 40.0']);
    expect(names('unlabelled')).toEqual(['chance 50.0', 'before training 18.0']);
  });

  it('takes no later evaluation for the start', () => {
    const later = { ...start, step: 50 };
    expect(rivalLevels({ baselines: null, start: later }, 'snnHead', 'heldOut')).toEqual([]);
  });
});

describe('the verdict', () => {
  it('is no surer than the number of pictures allows', () => {
    expect(verdict(sampleScores(80), { baselines, start })).toBe(
      'From 50 labels it gets 80.0 % of the held-out pictures right, by soft neighbours (head); 60.0 points more than before training; 40.0 points more than raw pixels, whose neighbours know all labels. Guessing gets 10 %. One score over 400 pictures is uncertain by ±2.0.',
    );
    expect(verdict(sampleScores(41), { baselines, start })).toMatch(/no more and no less than raw pixels/);
    expect(verdict(sampleScores(30), { baselines, start })).toMatch(/10.0 points fewer than raw pixels/);
  });

  it('does not hold the network before training against itself', () => {
    expect(verdict(start.classification, { baselines: null, start })).toMatch(
      /^From 50 labels it gets 20.0 % of the held-out pictures right, by soft neighbours \(head\). Guessing/,
    );
  });

  it('is none where nothing is held out', () => {
    const scores = sampleScores(80);
    const readOuts = scores.readOuts.map((each) => ({ ...each, heldOut: null }));
    expect(verdict({ ...scores, readOuts }, { baselines, start })).toBeNull();
  });
});

describe('the confusion matrix', () => {
  const confusion = Int32Array.of(3, 1, 0, 0, 0, 0, 2, 4, 1);
  const names = ['cat', 'dog', 'an exceedingly long name of a class'];

  it('says what a cell counts', () => {
    expect(rowTotal(confusion, 2, 3)).toBe(7);
    expect(cellWords(confusion, names, { row: 0, column: 0 })).toBe(
      '3 of 4 pictures of cat (75 %) recognised.',
    );
    expect(cellWords(confusion, names, { row: 0, column: 1 })).toBe(
      '1 of 4 pictures of cat (25 %) called dog.',
    );
    expect(cellWords(confusion, names, { row: 1, column: 0 })).toBe('No picture of dog is held out.');
    expect(cellWords(confusion, names, { row: 2, column: 1 })).toContain('an exceedingly long name of a… (');
  });

  it('names the worst pairs, none that never happened', () => {
    expect(worstPairs(confusion, 3, 2).map(({ row, column }) => [row, column])).toEqual([
      [2, 1],
      [2, 0],
    ]);
    expect(worstPairs(Int32Array.of(2, 0, 0, 1), 2, 3)).toEqual([]);
  });

  it('is walked by keys, not past its edges', () => {
    expect(cellFrom('ArrowDown', { row: 0, column: 2 }, 3)).toEqual({ row: 1, column: 2 });
    expect(cellFrom('ArrowRight', { row: 0, column: 2 }, 3)).toBeNull();
    expect(cellFrom('Home', { row: 1, column: 2 }, 3)).toEqual({ row: 1, column: 0 });
    expect(cellFrom('PageDown', { row: 0, column: 1 }, 3)).toEqual({ row: 2, column: 1 });
    expect(cellFrom('x', { row: 0, column: 0 }, 3)).toBeNull();
  });

  it('is drawn with right and wrong in their colours, by share of the row, counts where they fit', () => {
    const drawn: [colour: unknown, alpha: number][] = [];
    const texts: string[] = [];
    const context = {
      globalAlpha: 1,
      fillStyle: '',
      clearRect: () => undefined,
      fillRect: () => drawn.push([context.fillStyle, context.globalAlpha]),
      fillText: (text: string) => texts.push(text),
      strokeRect: () => undefined,
    };
    const canvas = context as unknown as CanvasRenderingContext2D;
    const colours = { right: 'teal', wrong: 'red', line: 'grey', ink: 'black', card: 'white' };
    drawMatrix(canvas, confusion, 3, 90, colours, null, 'sans-serif');
    const filled = drawn.filter(([colour]) => colour !== 'grey');
    expect(filled.map(([colour]) => colour)).toEqual(['teal', 'red', 'red', 'red', 'teal']);
    expect(filled[0]![1]).toBeCloseTo(0.15 + 0.85 * 0.75, 6);
    expect(texts).toEqual(['3', '1', '2', '4', '1']);
    texts.length = 0;
    drawMatrix(canvas, confusion, 3, 30, colours, { row: 0, column: 0 }, 'sans-serif');
    expect(texts).toEqual([]);
  });
});

describe('calibration in words', () => {
  const bins = (confidence: number, accuracy: number) => [
    { count: 0, confidence: null, accuracy: null },
    { count: 10, confidence, accuracy },
  ];

  it('says on which side the gap lies', () => {
    expect(calibrationWords(bins(90, 60), 30)).toMatch(/90 % sure and 60 % right: too sure of itself/);
    expect(calibrationWords(bins(40, 70), 30)).toMatch(/not sure enough/);
    expect(calibrationWords(bins(71, 70), 1)).toMatch(/about as sure as it should be.*\(ECE\) 1.0 %/);
    expect(calibrationWords([], null)).toMatch(/cannot be told/);
  });
});

describe('a fine-tuning', () => {
  const { fineTuned } = sampleEvent('fineTuned');

  it('is told in a line, with the scores there are', () => {
    expect(fineTuneLine(fineTuned)).toBe(
      'linear head, trunk frozen: 80.0 % held-out, 70.0 % unlabelled (100 steps, 1 s)',
    );
    expect(fineTuneLine({ ...fineTuned, kind: 'suncet', heldOut: null, unlabelled: null })).toBe(
      'SuNCEt polish: no picture with a known class to score it on (100 steps, 1 s)',
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { BaselinesReport, EvaluationReport } from '../../../session/protocol';
import { neighbour } from './AttentionGrid';
import { placeBeside } from './Enlarged';
import { jaccardScores, passedDiscAt } from './scores';

describe('the place of an enlarged cell', () => {
  const window = { width: 1000, height: 800 };

  it('is right of the cell, else left of it', () => {
    expect(placeBeside({ left: 100, right: 180, top: 50, bottom: 130 }, window)).toEqual({
      left: 190,
      top: 50,
    });
    expect(placeBeside({ left: 900, right: 980, top: 50, bottom: 130 }, window).left).toBeLessThan(900 - 250);
  });

  it('never leaves the window', () => {
    const narrow = { width: 360, height: 640 };
    for (const [left, top] of [
      [0, 0],
      [320, 300],
      [150, 600],
      [320, 620],
    ] as const) {
      const place = placeBeside({ left, right: left + 35, top, bottom: top + 35 }, narrow);
      expect(place.left).toBeGreaterThanOrEqual(0);
      expect(place.left + 250).toBeLessThanOrEqual(360);
      expect(place.top).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('arrow keys in the grid', () => {
  it('walk one cell and stop at the edge', () => {
    expect(neighbour('ArrowRight', { row: 0, col: 6 }, 7, 8)).toEqual({ row: 0, col: 7 });
    expect(neighbour('ArrowRight', { row: 0, col: 7 }, 7, 8)).toBeNull();
    expect(neighbour('ArrowUp', { row: 0, col: 3 }, 7, 8)).toBeNull();
    expect(neighbour('End', { row: 2, col: 3 }, 7, 8)).toEqual({ row: 2, col: 7 });
    expect(neighbour('a', { row: 2, col: 3 }, 7, 8)).toBeNull();
  });
});

describe('Jaccard scores', () => {
  const at = (step: number, jaccardHeadMean: number | null) =>
    ({ step, jaccardHeadMean, jaccardBestHead: 50, jaccardX2: null }) as EvaluationReport;
  const baselines = {
    wholeImage: 17.9,
    centredDisc: { jaccard: 34.2, radius: 20 },
    oracle: 68,
    randomInit: { jaccardHeadMean: 19.7, jaccardBestHead: 39.4 },
  } as BaselinesReport;

  it('are those of the step looked at, the honest one first', () => {
    const scores = jaccardScores([at(0, 19.7), at(50, 30), at(100, 40)], baselines, 60);
    expect(scores[0]).toEqual({ label: 'mean over heads', value: 30, main: true });
    expect(scores.map(({ value }) => value)).toContain(34.2);
  });

  it('do not exist without true masks', () => {
    expect(jaccardScores([at(0, null)], baselines, 10)).toEqual([]);
    expect(jaccardScores([], baselines, 10)).toEqual([]);
  });

  it('tell when the centred disc was passed', () => {
    expect(passedDiscAt([at(0, 19.7), at(50, 34.3), at(100, 40)], baselines)).toBe(50);
    expect(passedDiscAt([at(0, 19.7)], baselines)).toBeNull();
    expect(passedDiscAt([at(0, 50)], null)).toBeNull();
  });
});

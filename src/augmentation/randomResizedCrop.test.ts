import { describe, expect, it } from 'vitest';
import { randomResizedCrop, roundHalfEven } from './randomResizedCrop';

const never = {
  area: () => 4,
  logRatio: () => 0,
  integer: () => {
    throw new Error('no box fitted, so no place is drawn');
  },
};

describe('randomResizedCrop', () => {
  it('may take the whole picture', () => {
    const box = randomResizedCrop(40, 40, { area: () => 1, logRatio: () => 0, integer: (n) => n - 1 });
    expect(box).toEqual({ top: 0, left: 0, height: 40, width: 40, attempts: 1, accepted: true });
  });

  it('gives up after ten boxes that do not fit, and takes the centre within the ratio range', () => {
    expect(randomResizedCrop(30, 100, never)).toEqual({
      top: 0,
      left: 30,
      height: 30,
      width: 40,
      attempts: 10,
      accepted: false,
    });
    expect(randomResizedCrop(100, 30, never)).toMatchObject({ top: 30, left: 0, height: 40, width: 30 });
    expect(randomResizedCrop(50, 60, never)).toMatchObject({ top: 0, left: 0, height: 50, width: 60 });
  });

  it('never gives an empty box', () => {
    const areas = [1e-9, 0.5];
    const box = randomResizedCrop(8, 8, { area: () => areas.shift()!, logRatio: () => 0, integer: () => 0 });
    expect(box).toMatchObject({ height: 6, width: 6, attempts: 2 });
  });
});

describe('roundHalfEven', () => {
  it('rounds halves to the even neighbour, as Python does', () => {
    expect([0.5, 1.5, 2.5, 2.4999, 2.5001, 3].map(roundHalfEven)).toEqual([0, 2, 2, 2, 3, 3]);
  });
});

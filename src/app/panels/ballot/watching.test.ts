import { describe, expect, it } from 'vitest';
import { pageWords, turnPage, unlabelledOf } from './watching';

describe('pictures to watch', () => {
  const candidates = [2, 3, 5, 7, 11, 13];

  it('are training pictures whose label is hidden', () => {
    expect(unlabelledOf([0, 2, 4], Int32Array.of(1, -1, -1, -1, 0))).toEqual([2]);
    expect(unlabelledOf([0, 2], null)).toEqual([0, 2]);
  });

  it('come a page at a time, forwards and back', () => {
    expect(turnPage(candidates, [2, 3], 1, 2)).toEqual([5, 7]);
    expect(turnPage(candidates, [5, 7], -1, 2)).toEqual([2, 3]);
  });

  it('go round at both ends', () => {
    expect(turnPage(candidates, [11, 13], 1, 2)).toEqual([2, 3]);
    expect(turnPage(candidates, [2, 3], -1, 2)).toEqual([11, 13]);
    expect(turnPage(candidates, [13], 1, 4)).toEqual([2, 3, 5, 7]);
  });

  it('go on from a picture that has been labelled since', () => {
    expect(turnPage(candidates, [4], 1, 1)).toEqual([7]);
    expect(turnPage(candidates, [], 1, 2)).toEqual([2, 3]);
  });

  it('are none where every picture tells its label', () => {
    expect(turnPage([], [3], 1, 4)).toEqual([]);
  });

  it('are told by their place', () => {
    expect(pageWords(candidates, [5, 7])).toBe('3–4 of 6');
    expect(pageWords(candidates, [13])).toBe('6 of 6');
    expect(pageWords(candidates, [99])).toBe('of 6');
  });
});

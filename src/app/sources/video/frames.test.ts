import { describe, expect, it } from 'vitest';
import { framePath, frameTimes } from './frames';

describe('moments of a video', () => {
  it('lie an interval apart, from the beginning to before the end', () => {
    expect(frameTimes(2, { every: 0.5, most: 200 })).toEqual({ times: [0, 0.5, 1, 1.5], step: 0.5 });
    expect(frameTimes(2.1, { every: 1, most: 200 }).times).toEqual([0, 1, 2]);
  });

  it('are spread over all of it where there would be too many', () => {
    const { times, step } = frameTimes(100, { every: 0.5, most: 4 });
    expect(times).toEqual([0, 25, 50, 75]);
    expect(step).toBe(25);
  });

  it('are one where it has no length', () => {
    expect(frameTimes(0, { every: 0.5, most: 200 }).times).toEqual([0]);
    expect(frameTimes(0.03, { every: 0.5, most: 1 }).times).toEqual([0]);
  });

  it('are told in the names of the frames, which sort by them', () => {
    expect(framePath('a/clip.mp4', 12, 5.5, 0.5)).toBe('a/clip.mp4/frame 0012 (5.5 s).jpg');
    expect(framePath('clip.mp4', 2, 0.04, 0.04)).toBe('clip.mp4/frame 0002 (0.04 s).jpg');
  });
});

/** Which moments of a video become pictures, and what they are called. */

export interface Sampling {
  /** Seconds from one frame to the next. */
  every: number;
  /** At most this many of a video; a longer one is spread over all of its length. */
  most: number;
}

/** Two frames a second, 200 of a video. */
export const defaultSampling: Sampling = { every: 0.5, most: 200 };

/** The end is a hair before the end: there is nothing to show at it, s. */
const margin = 0.01;

/**
 * Times of the frames, s, the first at 0; always at least one.
 * @param duration s; a single frame may have none
 */
export function frameTimes(duration: number, { every, most }: Sampling): { times: number[]; step: number } {
  const step = Math.max(every, duration / most);
  const times = [0];
  for (let i = 1; i < most && i * step < duration - margin; i++) times.push(i * step);
  return { times, step };
}

/** 'clip.mp4/frame 0012 (5.5 s).jpg'. */
export function framePath(video: string, number: number, time: number, step: number): string {
  return `${video}/frame ${String(number).padStart(4, '0')} (${time.toFixed(step < 0.1 ? 2 : 1)} s).jpg`;
}

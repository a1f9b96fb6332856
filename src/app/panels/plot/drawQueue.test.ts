import { describe, expect, it } from 'vitest';
import { DrawQueue } from './drawQueue';

/** A clock that is moved by hand; drawing takes `cost` ms of it. */
function fakeTime() {
  let now = 0;
  let timers: { at: number; callback: () => void }[] = [];
  return {
    clock: {
      now: () => now,
      after: (ms: number, callback: () => void) => {
        timers.push({ at: now + ms, callback });
      },
    },
    spend: (ms: number) => {
      now += ms;
    },
    advanceTo(time: number) {
      for (;;) {
        const due = timers.filter((timer) => timer.at <= time).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((timer) => timer !== due);
        now = Math.max(now, due.at);
        due.callback();
      }
      now = Math.max(now, time);
    },
  };
}

describe('DrawQueue', () => {
  it('draws once for many requests, then waits a quarter of a second', () => {
    const time = fakeTime();
    const queue = new DrawQueue(time.clock);
    const drawn: number[] = [];
    const plot = { draw: () => drawn.push(time.clock.now()) };
    queue.request(plot);
    queue.request(plot);
    time.advanceTo(10);
    queue.request(plot);
    time.advanceTo(1000);
    expect(drawn).toEqual([0, 250]);
  });

  it('draws a slow plot more rarely', () => {
    const time = fakeTime();
    const queue = new DrawQueue(time.clock);
    const starts: number[] = [];
    const plot = {
      draw: () => {
        starts.push(time.clock.now());
        time.spend(40);
        queue.request(plot);
      },
    };
    queue.request(plot);
    time.advanceTo(1400);
    expect(starts).toEqual([0, 640, 1280]);
  });

  it('answers a person without the wait, and gives every plot its turn', () => {
    const time = fakeTime();
    const queue = new DrawQueue(time.clock);
    const drawn: string[] = [];
    const a = { draw: () => drawn.push('a') };
    const b = { draw: () => drawn.push('b') };
    queue.request(a);
    queue.request(b);
    time.advanceTo(5);
    expect(drawn).toEqual(['a', 'b']);
    queue.request(a);
    queue.request(b, true);
    time.advanceTo(10);
    expect(drawn).toEqual(['a', 'b', 'b']);
    time.advanceTo(500);
    expect(drawn).toEqual(['a', 'b', 'b', 'a']);
  });

  it('forgets a plot that is gone', () => {
    const time = fakeTime();
    const queue = new DrawQueue(time.clock);
    let drawn = 0;
    const plot = { draw: () => drawn++ };
    queue.request(plot);
    queue.cancel(plot);
    time.advanceTo(1000);
    expect(drawn).toBe(0);
  });
});

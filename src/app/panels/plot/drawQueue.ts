/**
 * When plots are drawn: one at a time, each in a task of its own, none more often than a few times a second, and the
 * slower a plot the rarer, so that drawing leaves most of the main thread to everything else.
 */

/** Something that can be drawn again. */
export interface Drawable {
  draw(): void;
}

interface Clock {
  now(): number;
  after(ms: number, callback: () => void): void;
}

const browserClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    setTimeout(callback, ms);
  },
};

/** Shortest time between two drawings of the same plot, ms. */
const leastGap = 250;
/** A plot may take this share of the main thread. */
const share = 1 / 15;

export class DrawQueue {
  readonly #clock: Clock;
  readonly #waiting = new Set<Drawable>();
  readonly #earliest = new WeakMap<Drawable, number>();
  #scheduledFor = Number.POSITIVE_INFINITY;

  constructor(clock: Clock = browserClock) {
    this.#clock = clock;
  }

  /** Draws `plot` as soon as its turn comes; asking twice draws once. `soon` skips the wait, for answers to a person. */
  request(plot: Drawable, soon = false): void {
    if (soon) this.#earliest.delete(plot);
    this.#waiting.add(plot);
    this.#schedule();
  }

  /** Forgets a request. */
  cancel(plot: Drawable): void {
    this.#waiting.delete(plot);
  }

  #schedule(): void {
    const next = this.#next();
    if (next === null) return;
    const now = this.#clock.now();
    const at = Math.max(now, this.#earliest.get(next) ?? now);
    if (at >= this.#scheduledFor) return;
    this.#scheduledFor = at;
    this.#clock.after(at - now, () => {
      if (this.#scheduledFor === at) this.#scheduledFor = Number.POSITIVE_INFINITY;
      this.#drawOne();
    });
  }

  #drawOne(): void {
    const plot = this.#next();
    const start = this.#clock.now();
    if (plot !== null && (this.#earliest.get(plot) ?? start) <= start) {
      this.#waiting.delete(plot);
      plot.draw();
      const end = this.#clock.now();
      this.#earliest.set(plot, end + Math.max(leastGap, (end - start) / share));
    }
    this.#schedule();
  }

  /** The waiting plot that may be drawn first. */
  #next(): Drawable | null {
    let first: Drawable | null = null;
    for (const plot of this.#waiting) {
      if (first === null || this.#time(plot) < this.#time(first)) first = plot;
    }
    return first;
  }

  #time(plot: Drawable): number {
    return this.#earliest.get(plot) ?? Number.NEGATIVE_INFINITY;
  }
}

/** The page's one queue. */
export const drawQueue = new DrawQueue();

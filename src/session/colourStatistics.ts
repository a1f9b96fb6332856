/** Mean and standard deviation of the colours of the training pictures, from a few pictures at a time. */

import type { ShelvedData } from './dataShelf';

/** Pictures read at once: a millisecond or two. */
const chunk = 32;
const channels = [0, 1, 2] as const;

type Colour = [red: number, green: number, blue: number];

export class ColourStatistics {
  readonly #data: Pick<ShelvedData, 'dataset' | 'trainIndices'>;
  #next = 0;
  #pixels = 0;
  readonly #sums: Colour = [0, 0, 0];
  readonly #squares: Colour = [0, 0, 0];

  constructor(data: Pick<ShelvedData, 'dataset' | 'trainIndices'>) {
    this.#data = data;
  }

  get done(): boolean {
    return this.#next >= this.#data.trainIndices.length;
  }

  /** Takes the next pictures in. */
  addSome(): void {
    const { dataset, trainIndices } = this.#data;
    const taken = dataset.pixels.take(trainIndices.subarray(this.#next, this.#next + chunk));
    this.#next += chunk;
    this.#pixels += taken.length;
    for (const channel of channels) {
      // Whole numbers below 2⁵³, so that nothing is lost.
      let sum = 0;
      let squares = 0;
      for (const pixel of taken) {
        const value = (pixel >>> (8 * channel)) & 255;
        sum += value;
        squares += value * value;
      }
      this.#sums[channel] += sum;
      this.#squares[channel] += squares;
    }
  }

  /** 0 to 1. */
  get mean(): Colour {
    return this.#of((channel) => this.#sums[channel] / this.#pixels);
  }

  get deviation(): Colour {
    return this.#of((channel) => {
      const mean = this.#sums[channel] / this.#pixels;
      return Math.sqrt(Math.max(0, this.#squares[channel] / this.#pixels - mean * mean));
    });
  }

  #of(value: (channel: (typeof channels)[number]) => number): Colour {
    return [value(0) / 255, value(1) / 255, value(2) / 255];
  }
}

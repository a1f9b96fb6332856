/**
 * How a replayed step is cut into submits, so that a page stays smooth and no driver's watchdog fires: a submit
 * should take no longer than a target on the device. The step's time is measured as it runs; the share of each
 * operation is equal until a profile says better.
 */

/** Longest submit while somebody looks at the page, ms. */
export const VISIBLE_SUBMIT_MS = 12;
/** Longest submit otherwise: well below the watchdog's two seconds. */
export const HIDDEN_SUBMIT_MS = 200;

let targetMs = VISIBLE_SUBMIT_MS;

/** Sets the longest submit of all captured steps, ms. */
export function setSubmitTarget(ms: number): void {
  targetMs = ms;
}

/** Operations of a submit while nothing was measured: the first step may be the slow one. */
const UNMEASURED_OPERATIONS = 128;
/** Measured steps that a cut is based on; the least of them counts, as others wait for something else too. */
const WINDOW = 8;
/** A change of the step's time by this factor is worth new cuts. */
const TOLERANCE = 1.25;

/** Ends (exclusive) of runs of operations whose weights sum to at most `limit`, an operation at least in each. */
export function cutByWeight(weights: readonly number[], limit: number): number[] {
  const ends: number[] = [];
  let sum = 0;
  weights.forEach((weight, i) => {
    if (i > 0 && sum + weight > limit) {
      ends.push(i);
      sum = 0;
    }
    sum += weight;
  });
  return weights.length > 0 ? [...ends, weights.length] : ends;
}

export class Pacer {
  #weights: readonly number[];
  #weighed = false;
  #recent: number[] = [];
  #basis = { stepMs: 0, target: 0 };
  #ends: readonly number[] = [];

  constructor(operations: number) {
    this.#weights = Array.from({ length: operations }, () => 1 / operations);
    this.#cut();
  }

  /** Ends (exclusive) of the submits, as indices of operations. */
  get ends(): readonly number[] {
    if (this.#basis.target !== targetMs) this.#cut();
    return this.#ends;
  }

  /** Whether the step has to be cut and the shares of its operations are not known yet. */
  get wantsProfile(): boolean {
    return !this.#weighed && this.#recent.length > 0 && this.#stepMs > targetMs;
  }

  /** Notes how long a step took on the device, ms. */
  observe(stepMs: number): void {
    this.#recent = [...this.#recent.slice(1 - WINDOW), stepMs];
    const ratio = this.#stepMs / this.#basis.stepMs;
    if (!(ratio < TOLERANCE && ratio > 1 / TOLERANCE)) this.#cut();
  }

  /** Notes how long each operation took, ms. */
  weigh(operationMs: readonly number[]): void {
    const total = operationMs.reduce((a, b) => a + b, 0);
    if (operationMs.length !== this.#weights.length || !(total > 0)) return;
    this.#weights = operationMs.map((ms) => ms / total);
    this.#weighed = true;
    this.#cut();
  }

  get #stepMs(): number {
    return this.#recent.length > 0 ? Math.min(...this.#recent) : 0;
  }

  #cut(): void {
    const stepMs = this.#stepMs;
    this.#basis = { stepMs, target: targetMs };
    const measured = stepMs > targetMs ? targetMs / stepMs : Number.POSITIVE_INFINITY;
    const unmeasured = UNMEASURED_OPERATIONS / this.#weights.length;
    this.#ends = cutByWeight(this.#weights, this.#recent.length > 0 ? measured : unmeasured);
  }
}

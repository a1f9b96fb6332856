/** Tells the page about steps and their speed, at most ten times a second however fast they come. */

import { MetricsBuffer, type StepRow } from './metricsBuffer';
import type { StepColumns, TimingReport } from './protocol';

/** Least time between two batches of step reports, ms. */
const batchMs = 100;
/** Steps whose median time is told. */
const medianOver = 501;
/** Weight of the newest value in the running means. */
const newestWeight = 0.1;

export interface StepNews {
  reports: StepColumns;
  timing: TimingReport;
}

export interface StepReporterOptions {
  batchSize: number;
  totalSteps: number;
  /** Steps between two evaluations. */
  evalEvery: number;
  /** Time spent on building the network and compiling its step, ms. */
  buildMs(): number;
  gpuBytes(): number;
  now(): number;
}

export class StepReporter {
  /** Every step of the run so far. */
  readonly metrics = new MetricsBuffer();
  readonly #options: StepReporterOptions;
  #reported = 0;
  #lastNews = Number.NEGATIVE_INFINITY;
  #stepMs: number | null = null;
  #firstStepMs: number | null = null;
  #evaluationMs: number | null = null;
  #evaluations = 0;
  /** Times of the latest steps, without the first, ms. */
  readonly #recentMs: number[] = [];

  constructor(options: StepReporterOptions) {
    this.#options = options;
  }

  /** Notes a step that took `ms`. */
  add(row: StepRow, ms: number): void {
    this.metrics.push(row);
    if (this.#firstStepMs === null) {
      // The first step warms everything up: it says nothing about the others.
      this.#firstStepMs = this.#options.buildMs() + ms;
      this.#stepMs = ms;
    } else {
      this.#stepMs = this.metrics.length === 2 ? ms : mix(this.#stepMs, ms);
      this.#recentMs.push(ms);
      if (this.#recentMs.length > medianOver) this.#recentMs.shift();
    }
  }

  /** Notes an evaluation that took `ms`, the one before the first step included. */
  addEvaluation(ms: number): void {
    this.#evaluations++;
    this.#evaluationMs = mix(this.#evaluationMs, ms);
  }

  /** Whether enough time has passed for the next batch. */
  get due(): boolean {
    return this.metrics.length > this.#reported && this.#options.now() - this.#lastNews >= batchMs;
  }

  /** What the page has not been told; null when it knows everything. */
  take(): StepNews | null {
    if (this.metrics.length === this.#reported) return null;
    const reports = this.metrics.slice(this.#reported);
    this.#reported = this.metrics.length;
    this.#lastNews = this.#options.now();
    return { reports, timing: this.timing() };
  }

  timing(): TimingReport {
    const { batchSize, gpuBytes } = this.#options;
    const stepMs = this.#stepMs ?? 0;
    return {
      stepMs,
      imagesPerSecond: stepMs > 0 ? (batchSize * 1000) / stepMs : 0,
      secondsLeft: this.#secondsLeft(),
      gpuBytes: gpuBytes(),
      firstStepMs: this.#firstStepMs,
      medianStepMs: median(this.#recentMs),
    };
  }

  #secondsLeft(): number | null {
    if (this.#stepMs === null) return null;
    const { totalSteps, evalEvery } = this.#options;
    const evaluations = 1 + Math.ceil(totalSteps / evalEvery) - this.#evaluations;
    const steps = totalSteps - this.metrics.lastStep;
    const left = steps * this.#stepMs + Math.max(0, evaluations) * (this.#evaluationMs ?? 0);
    return left / 1000;
  }
}

function mix(mean: number | null, newest: number): number {
  return mean === null ? newest : mean + newestWeight * (newest - mean);
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

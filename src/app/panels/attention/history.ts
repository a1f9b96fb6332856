/**
 * The attention maps of a run so far, so that one can go back and see them form. At most `most` snapshots are kept;
 * when there are more, every second one goes, so that the whole run stays covered. The first and the latest stay.
 */

import type { AttentionReport } from '../../../session/protocol';

export class AttentionHistory {
  readonly #most: number;
  readonly #listeners = new Set<() => void>();
  #reports: readonly AttentionReport[] = [];

  constructor(most = 64) {
    this.#most = most;
  }

  /** Rising by step; a new array after every change. */
  readonly getReports = (): readonly AttentionReport[] => this.#reports;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Adds the newest maps; a step again replaces it, an earlier step (a run begun anew) what came after it. */
  add(report: AttentionReport): void {
    if (this.#reports.at(-1) === report) return;
    const first = this.#reports[0];
    const same = first !== undefined && fits(first, report);
    const earlier = same ? this.#reports.filter((old) => old.step < report.step) : [];
    // The probes are pinned: one copy of their pictures is enough.
    const lean = same ? { ...report, pictures: first.pictures, truth: first.truth } : report;
    this.#set(thinned([...earlier, lean], this.#most));
  }

  clear(): void {
    if (this.#reports.length > 0) this.#set([]);
  }

  #set(reports: readonly AttentionReport[]): void {
    this.#reports = reports;
    for (const listener of [...this.#listeners]) listener();
  }
}

function thinned(reports: readonly AttentionReport[], most: number): readonly AttentionReport[] {
  if (reports.length <= most) return reports;
  return reports.filter((_, i) => i % 2 === 0 || i === reports.length - 1);
}

/** Whether both show the same pictures through the same kind of network. */
function fits(a: AttentionReport, b: AttentionReport): boolean {
  return (
    a.heads === b.heads &&
    a.rows === b.rows &&
    a.cols === b.cols &&
    a.imageSize === b.imageSize &&
    a.indices.length === b.indices.length &&
    a.indices.every((index, i) => index === b.indices[i]) &&
    a.pictures.every((value, i) => value === b.pictures[i])
  );
}

/** The history of the run on the page. */
export const attentionHistory = new AttentionHistory();

/** What takes part in the benchmark: each computes the same problems, each on a device of its own. */
import type { Problem } from './workloads/problem';

export const contenderNames = ['ours', 'tfjs', 'jaxjs', 'torch'] as const;
export type ContenderName = (typeof contenderNames)[number];

/** A problem made ready: weights and inputs lie on the device. */
export interface Runner {
  /**
   * One step; gives the numbers contenders are compared by (a loss, or an output) once the device has computed
   * them. All work is sent before anything is waited for.
   */
  step(): Promise<Float32Array>;
  /** How long the latest step took by the contender's own clock, where it lives in another process. */
  readonly ownMs?: number;
  dispose(): void;
}

export interface Contender {
  readonly name: ContenderName;
  /** The device it computes on, where that is WebGPU's. */
  readonly device: GPUDevice | null;
  /** Called before each turn: what contenders share (tfjs's backend and flags) is set as this one wants it. */
  activate(): Promise<void>;
  /** What it does once per adapter and keeps, before anything else; not part of a first step. */
  tune?(): Promise<unknown>;
  /** @returns null where it can't express the problem */
  prepare(problem: Problem): Promise<Runner | null>;
}

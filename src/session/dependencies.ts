/** What a training session needs from the floors below, named so that tests can hand in their own. */

import type { ImageDataset } from '../dataset';
import type { RunLabels } from '../labels';
import type { TrainingMethod } from '../methods/method';
import type { PawsaurError } from '../platform/errors';
import type { BuiltinParams, Recipe, RunMemory } from '../recipe';

/** What a run takes, as the engine plans it. */
export interface PlannedMemory extends RunMemory {
  /** Of `gpuBytes`, what lives as long as the run: pictures, weights, optimiser. */
  stateBytes: number;
  /** Kernel calls of one step. */
  dispatches: number;
}

export interface SessionDependencies {
  /** @throws PawsaurError 'data/…' for params that are none, or the signal's reason */
  makeBuiltin(
    name: 'confetti' | 'grey' | 'noise',
    options: { seed: number; params: BuiltinParams; signal?: AbortSignal },
  ): Promise<ImageDataset>;
  /** A set of the library, whose files stay open until its stores are closed. @throws PawsaurError */
  openSet(set: string, options: { seed: number; signal: AbortSignal }): Promise<ImageDataset>;
  /** Builds the networks; their weights follow from the recipe's seed. */
  createMethod(recipe: Recipe, dataset: ImageDataset, labels: RunLabels): Promise<TrainingMethod>;
  /** Plans the memory of a run without taking any; null where nothing can be planned. Takes tens of ms. */
  planRun?(recipe: Recipe, dataset: ImageDataset, labels: RunLabels): PlannedMemory | null;
  /** Calls back when the device is lost or reports an error. */
  onEngineFailure(listener: (error: PawsaurError) => void): () => void;
  gpuBytes(): number;
  /** Gives back memory that was taken for scores or pictures and not for training. */
  releaseUnused?(): void;
  /** Told when the page is hidden or seen again. */
  setVisible?(visible: boolean): void;
  /** Largest single buffer of the adapter, bytes. */
  maxBufferBytes?: number;
  /** Graphics memory that a run may take, bytes. */
  budgetBytes?: number;
  /** Least time between two inspections while training, ms; `Infinity`: only on demand. */
  inspectEveryMs?: number;
  /** Milliseconds, for timing only. */
  now?(): number;
}

/**
 * The label-budget experiment as the page knows it: what is planned and done, how far it is, and where it is kept.
 * What carries it out (`carryOut.ts`) is loaded with its view.
 */

import { create } from 'zustand';
import type { BudgetExperiment, BudgetProgress } from '../../session/budget';
import type { ErrorReport } from '../../session/protocol';
import { createSurface } from '../shell/surface';

/** Whether the experiment's view is open. */
export const experimentSurface = createSurface();

export const useExperiment = create<{
  /** Null before one is begun. */
  experiment: BudgetExperiment | null;
  /** The training under way; null while none is. */
  progress: BudgetProgress | null;
  going: boolean;
  /** Why it stopped by itself. */
  error: ErrorReport | null;
}>(() => ({ experiment: null, progress: null, going: false, error: null }));

let controller: AbortController | null = null;

/** The signal that ends what is begun now. */
export function beginSignal(): AbortSignal {
  controller = new AbortController();
  return controller.signal;
}

/** Ends the training under way; what is done is kept. */
export function stopExperiment(): void {
  controller?.abort();
}

/** How much of all trainings is done, 0 to 1. */
export function shareDone({ done, total, step, totalSteps }: BudgetProgress): number {
  return (done + (totalSteps > 0 ? step / totalSteps : 0)) / total;
}

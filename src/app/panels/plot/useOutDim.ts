/** The number of prototypes of the run whose numbers are on the page. */

import { useRun } from '../../store/run';

/** K, also of a run whose pictures have been replaced since; null before the first run. */
export function useOutDim(): number | null {
  return useRun((run) => run.recipe?.out_dim ?? run.prepared?.outDim ?? null);
}

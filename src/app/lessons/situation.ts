/** Where in its life a run is, as far as the explanation beside it is concerned. */

import type { Recipe } from '../../recipe';
import type { ClientState } from '../../session/client';

/** What there is to explain. */
export type Situation =
  | 'rest'
  | 'preparing'
  | 'warming up'
  | 'training'
  | 'uniform'
  | 'one-hot'
  | 'slow'
  | 'shortcut'
  | 'not helping'
  | 'vanishing classes'
  | 'memorised'
  | 'paused'
  | 'finished'
  | 'failed';

type Seen = Pick<ClientState, 'run' | 'diagnosis' | 'prepared' | 'connection'> & {
  recipe: Pick<Recipe, 'warmup_epochs'> | null;
};

/** The most telling thing that is going on. */
export function situationOf({ run, diagnosis, prepared, recipe, connection }: Seen): Situation {
  if (run.phase === 'failed' || connection === 'dead') return 'failed';
  if (run.phase === 'preparing') return 'preparing';
  if (prepared === null || run.phase === 'idle' || run.phase === 'ready') return 'rest';
  const state = diagnosis?.state;
  if (state === 'uniform' || state === 'one-hot' || state === 'shortcut' || state === 'vanishing classes')
    return state;
  if (run.phase === 'finished' || run.phase === 'stopped') return 'finished';
  if (run.step === 0) return run.phase === 'paused' ? 'rest' : 'warming up';
  // Said while it happens; the conclusion says what it came to.
  if (state === 'not helping' || state === 'memorised') return state;
  if (run.phase === 'paused') return 'paused';
  if (run.epoch < (recipe?.warmup_epochs ?? 0)) return 'warming up';
  return state === 'slow' ? 'slow' : 'training';
}

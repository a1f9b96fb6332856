/** The step after training: told of while it goes on, then scored like the run it began from. */

import { scoreClassification } from '../evaluation';
import type { TrainingMethod } from '../methods/method';
import { PawsaurError } from '../platform/errors';
import type { LabelRows } from './labelScores';
import type { LabelsInForce } from './labelsInForce';
import type { Command, FineTuned } from './protocol';

/** What is asked for. */
export type FineTuneRequest = Pick<Extract<Command, { type: 'fineTune' }>, 'kind' | 'trunk' | 'steps' | 'lr'>;

interface FineTuneContext extends FineTuneRequest {
  tell(news: FineTuned): void;
  /** Milliseconds. */
  now(): number;
  signal: AbortSignal;
}

/** Least time between two pieces of news, ms. */
const newsMs = 100;

/**
 * Fine-tunes copies of the scored network, and tells what they come to.
 * @param pictures rows that labels are judged by, as numbers of `indices`
 * @throws the signal's reason when aborted
 */
export async function fineTune(
  method: TrainingMethod,
  { indices, rows }: { indices: Int32Array; rows: LabelRows },
  { labels }: LabelsInForce,
  { kind, trunk, steps, lr, tell, now, signal }: FineTuneContext,
): Promise<void> {
  if (!method.fineTune)
    throw new PawsaurError('session/no-fine-tuning', 'This method has no step after training.');
  // Labels may change while this goes on.
  const { truth: known, classes } = labels;
  const startedAt = now();
  let told = Number.NEGATIVE_INFINITY;
  let last = { step: 0, loss: 0 };
  const news = (scores: Pick<FineTuned, 'heldOut' | 'unlabelled'>): FineTuned => ({
    kind,
    trunk: trunk || kind === 'suncet',
    ...last,
    steps,
    ...scores,
    seconds: (now() - startedAt) / 1000,
  });
  const onStep = ({ step, loss }: { step: number; loss: number }) => {
    last = { step, loss };
    if (now() - told < newsMs) return;
    told = now();
    tell(news({ heldOut: null, unlabelled: null }));
  };
  const tuned = await method.fineTune({ kind, trunk, steps, lr, onStep, signal });
  try {
    const score = async (wanted: Int32Array) => {
      signal.throwIfAborted();
      if (wanted.length === 0) return null;
      const asked = wanted.map((row) => indices[row]!);
      const truth = asked.map((index) => known[index]!);
      return scoreClassification(await tuned.classify(asked), truth, classes).accuracy;
    };
    const heldOut = await score(rows.heldOut);
    tell(news({ heldOut, unlabelled: await score(rows.unlabelled) }));
  } finally {
    tuned.dispose();
  }
}

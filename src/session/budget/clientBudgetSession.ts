/** Trains for a label-budget experiment through the client, so that everything the page shows goes with it. */

import { PawsaurError } from '../../platform/errors';
import type { SessionClient } from '../client';
import type { SessionState } from '../protocol';
import type { BudgetSession } from './budgetRunner';

type Client = Pick<SessionClient, 'prepare' | 'start' | 'pause' | 'evaluate' | 'getState' | 'subscribe'>;

/** @param client with its data set loaded; nobody else may command it meanwhile */
export function clientBudgetSession(client: Client): BudgetSession {
  return {
    async prepare(recipe) {
      const result = await client.prepare(recipe);
      if (!result.ok) return { problem: result.problems.map(({ message }) => message).join(' ') };
      const { totalSteps, stepsPerEpoch } = result.prepared;
      return { totalSteps, stepsPerEpoch };
    },
    async trainUntil(step, signal, onStep) {
      signal.throwIfAborted();
      const rested = untilRested(client, onStep);
      const pause = () => void client.pause().catch(() => undefined);
      signal.addEventListener('abort', pause, { once: true });
      try {
        await client.start(step);
        const { phase, step: reached } = await rested.state;
        signal.throwIfAborted();
        const { error, labels } = client.getState();
        if (labels?.source === 'hand') throw relabelled();
        if (reached >= step && (phase === 'paused' || phase === 'finished')) return;
        if (phase === 'failed' && error !== null) {
          throw new PawsaurError(error.code, error.message, error.hint);
        }
        throw new PawsaurError(
          'budget/interrupted',
          'The run was ended before its last step, so the experiment has stopped.',
          'What is done is kept: continue the experiment.',
        );
      } finally {
        rested.forget();
        signal.removeEventListener('abort', pause);
      }
    },
    evaluations: () => client.getState().evaluations,
    evaluate: (budget) => client.evaluate(budget),
  };
}

/** A run whose labels were changed by hand has not learnt from those of its budget. */
const relabelled = () =>
  new PawsaurError(
    'budget/relabelled',
    'Labels were changed by hand while the experiment trained, so this training does not count.',
    'What is done is kept: continue the experiment, and change labels when it has ended.',
  );

/** The run's state once it has been running and rests. */
function untilRested(client: Client, onStep: (step: number) => void) {
  let forget = () => undefined as unknown;
  const state = new Promise<SessionState>((resolve) => {
    let ran = false;
    let told = -1;
    forget = client.subscribe(() => {
      const { run, error } = client.getState();
      if (run.phase === 'running') ran = true;
      if (run.step !== told) onStep(run.step);
      told = run.step;
      // What made it fail comes after the phase.
      const untold = run.phase === 'failed' && error === null;
      if (ran && run.phase !== 'running' && !untold) resolve(run);
    });
  });
  return { state, forget: () => void forget() };
}

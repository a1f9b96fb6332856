/** The two ways of fine-tuning with their lengths and rates, and what came of one in words. */

import type { FineTuned } from '../../../session/protocol';

interface FineTunePlan {
  title: string;
  about: string;
  steps: number;
  lr: number;
}

/** Rates of the official configurations (suncet, configs/paws/*_fine_tune.yaml), steps at this size. */
export const fineTunePlans: Readonly<Record<FineTuned['kind'], FineTunePlan>> = {
  linear: {
    title: 'Fine-tune a linear head',
    about:
      'A linear head that starts at zero, cross-entropy on the labelled pictures, 200 steps at rate 0.02',
    steps: 200,
    lr: 0.02,
  },
  suncet: {
    title: 'Polish with SuNCEt',
    about: 'Pulls labelled pictures of one class together, trunk and head, 200 steps at rate 0.1',
    steps: 200,
    lr: 0.1,
  },
};

/** One result: 'linear head, trunk frozen: 71.2 % held-out, 69.0 % unlabelled (200 steps, 3 s)'. */
export function fineTuneLine({ kind, trunk, heldOut, unlabelled, steps, seconds }: FineTuned): string {
  const what =
    kind === 'suncet' ? 'SuNCEt polish' : `linear head, trunk ${trunk ? 'trained along' : 'frozen'}`;
  const scores = [
    heldOut === null ? null : `${heldOut.toFixed(1)} % held-out`,
    unlabelled === null ? null : `${unlabelled.toFixed(1)} % unlabelled`,
  ].filter((score) => score !== null);
  const said = scores.length === 0 ? 'no picture with a known class to score it on' : scores.join(', ');
  return `${what}: ${said} (${steps} steps, ${seconds.toFixed(0)} s)`;
}

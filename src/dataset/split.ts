/**
 * Which pictures are held out: 80 % of every class to train on, the rest for scoring, from the seed. Training
 * never sees a held-out picture, labelled or not.
 */
import { randomStream } from '../platform/random';

/** Share of every class that is trained on. */
const trainShare = 0.8;

/**
 * Draws the held-out flags [count]: of every label (−1, unlabelled, counts as one) round(0.8 n) of n pictures
 * stay for training, so that a class of one or two keeps them all. A class draws from a stream of its own, so others cannot disturb it.
 */
export function drawHeldOut(labels: Int32Array, seed: number): Uint8Array {
  const members = new Map<number, number[]>();
  labels.forEach((label, i) => {
    const group = members.get(label);
    if (group) group.push(i);
    else members.set(label, [i]);
  });
  const heldOut = new Uint8Array(labels.length);
  for (const [label, group] of members) {
    randomStream(seed, `split/${label}`).shuffle(group);
    for (const index of group.slice(Math.round(trainShare * group.length))) heldOut[index] = 1;
  }
  return heldOut;
}

/**
 * Which pictures are held out: what folders or lists say, else 80 % of every class to train on and the rest for
 * scoring, drawn from the seed. Training never sees a held-out picture, labelled or not, nor an exact copy of one
 * where the split is drawn.
 */
import { randomStream } from '../platform/random';
import type { PictureIndex } from './importing/pictureIndex';

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

/**
 * The held-out flags [count] of the rows of a set. Where both sides are named, pictures are where they are named to
 * be; all others are drawn, and exact copies of a picture go where it goes.
 */
export function splitRows(
  { labels, split, exact }: Pick<PictureIndex, 'labels' | 'split' | 'exact'>,
  seed: number,
): Uint8Array {
  const heldOut = drawHeldOut(labels, seed);
  const named = split.includes(0) && split.includes(1);
  const isNamed = (row: number) => named && split[row]! >= 0;
  /** The side of each picture that has been placed, by its hash. */
  const sides = new Map<string, number>();
  const place = (row: number) => {
    const hash = `${exact[2 * row]} ${exact[2 * row + 1]}`;
    if (isNamed(row)) heldOut[row] = split[row]!;
    else heldOut[row] = sides.get(hash) ?? heldOut[row]!;
    if (!sides.has(hash)) sides.set(hash, heldOut[row]!);
  };
  const rows = [...labels.keys()];
  for (const row of rows.filter(isNamed)) place(row);
  for (const row of rows.filter((row) => !isNamed(row))) place(row);
  return heldOut;
}

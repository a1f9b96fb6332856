/**
 * A label budget: so many training pictures of every class give their label away, the rest stay hidden and only
 * score. Budgets of one seed are nested: the labels of a small one are among those of every larger one, so that a
 * curve of accuracy against labels does not mix two draws.
 */
import { randomStream } from '../platform/random';
import { listed, quoted } from './classNames';
import { effectiveTruth, type Labelling, noClass } from './labelling';

/** What a budget comes to. */
export interface BudgetReport {
  /** Labels asked for in each class. */
  readonly perClass: number;
  /** Labels there are in all. */
  readonly labels: number;
  /** Pictures to train on, labelled or not. */
  readonly pictures: number;
  /** Classes that have fewer training pictures than asked, with how many they have; 0 = none at all. */
  readonly short: readonly { readonly class: number; readonly available: number }[];
  /** All of this in a sentence or two. */
  readonly words: string;
}

/**
 * [count] the labels given to `perClass` pictures of every class, −1 elsewhere; all there are where a class has
 * fewer. Only the training pictures `trainIndices` are drawn from. Each class draws from a stream of its own, and
 * a budget is the beginning of its order: any larger budget of the same seed contains it.
 */
export function drawBudget(
  labelling: Labelling,
  trainIndices: ArrayLike<number>,
  perClass: number,
  seed: number,
): Int32Array {
  const given = new Int32Array(labelling.truth.length).fill(noClass);
  membersOf(labelling, trainIndices).forEach((members, label) => {
    randomStream(seed, `budget/${label}`).shuffle(members);
    for (const index of members.slice(0, perClass)) given[index] = label;
  });
  return given;
}

/** What `drawBudget` would give, without drawing. */
export function describeBudget(
  labelling: Labelling,
  trainIndices: ArrayLike<number>,
  perClass: number,
): BudgetReport {
  const available = membersOf(labelling, trainIndices).map((members) => members.length);
  const labels = available.reduce((sum, count) => sum + Math.min(count, perClass), 0);
  const short = available.flatMap((count, label) =>
    count < perClass ? [{ class: label, available: count }] : [],
  );
  const pictures = trainIndices.length;
  const fewer = short.map(
    (entry) => `${quoted(labelling.classNames[entry.class]!)} has ${entry.available || 'none'}`,
  );
  const words = [
    `${perClass} of every class: ${labels} of ${pictures} training pictures have a label.`,
    ...(fewer.length > 0 ? [`Fewer than asked: ${listed(fewer)}.`] : []),
  ].join(' ');
  return { perClass, labels, pictures, short, words };
}

/** Training pictures of each class that are known, in order. */
function membersOf(labelling: Labelling, trainIndices: ArrayLike<number>): number[][] {
  const truth = effectiveTruth(labelling);
  const members = labelling.classNames.map((): number[] => []);
  for (let i = 0; i < trainIndices.length; i++) members[truth[trainIndices[i]!]!]?.push(trainIndices[i]!);
  return members;
}

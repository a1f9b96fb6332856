/** How unlabelled pictures are voted on (PAWS): whose ballots are watched, what they say, and what is thin about it. */

import { labelCounts } from '../labels';
import { listed, quoted } from '../labels/classNames';
import type { Ballot, TrainingMethod } from '../methods/method';
import { PawsaurError } from '../platform/errors';
import { randomStream } from '../platform/random';
import type { ShelvedData } from './dataShelf';
import type { LabelsInForce } from './labelsInForce';
import { thumbnailPictures } from './pictures';
import type { BallotReport, BallotsReport } from './protocol';

/** Pictures watched unless others are chosen. */
const watchedByDefault = 3;
/** Pictures voted on in one look: the watched ones, and others for the mean pseudo-label. One number, one set of kernels. */
const lookedAt = 16;
/** Largest side of the thumbnails, px. */
const thumbnailSide = 64;
/** From this many times as many labels on, one class is better known than another. */
const unbalanced = 3;
/** Share of the largest entropy above which votes say nothing. */
const evenVotes = 0.97;

export class BallotBox {
  readonly #data: ShelvedData;
  readonly #inForce: LabelsInForce;
  /** Unlabelled training pictures, classes taking turns: those shown unless others are chosen come first. */
  readonly #others: Int32Array;
  #watched: Int32Array;

  /** @param seed of the recipe: the same run shows the same pictures */
  constructor(data: ShelvedData, inForce: LabelsInForce, seed: number) {
    this.#data = data;
    this.#inForce = inForce;
    this.#others = unlabelledInTurns(data, inForce, seed);
    this.#watched = this.#others.slice(0, watchedByDefault);
  }

  /** Whose ballots are reported from now on; nobody's: the usual ones. @throws PawsaurError 'session/index' */
  watch(indices: readonly number[]): void {
    const { count } = this.#data.dataset;
    const unknown = indices.find((index) => index >= count);
    if (unknown !== undefined) {
      throw new PawsaurError('session/index', `There is no picture ${unknown}; the set has ${count}.`);
    }
    this.#watched =
      indices.length > 0 ? Int32Array.from(new Set(indices)) : this.#others.slice(0, watchedByDefault);
  }

  get watched(): readonly number[] {
    return [...this.#watched];
  }

  /** The ballots of the watched pictures; null where nobody votes. */
  async report(method: Pick<TrainingMethod, 'ballots' | 'step'>): Promise<BallotsReport | null> {
    const watched = this.#watched;
    if (!method.ballots || watched.length === 0) return null;
    const company = this.#others.filter((index) => !watched.includes(index));
    const asked = Int32Array.of(...watched, ...company.slice(0, lookedAt - watched.length));
    const ballots = await method.ballots(asked);
    const shown = ballots.slice(0, watched.length);
    const { classNames, labels } = this.#inForce;
    const meanTarget = meanRow(ballots, labels.classes, ({ targets }) => targets);
    const { dataset } = this.#data;
    const indices = Int32Array.from(new Set(shown.flatMap(({ index, support }) => [index, ...support])));
    const size = Math.min(thumbnailSide, dataset.size);
    return {
      step: method.step,
      classNames: [...classNames],
      ballots: shown.map((ballot) => this.#ballot(ballot)),
      meanEntropy: meanTarget && entropy(meanTarget),
      meanTarget,
      warnings: [...labelWarnings(this.#inForce, this.#data), ...voteWarnings(shown, labels.classes)],
      size,
      indices,
      pictures: thumbnailPictures(dataset, indices, size),
    };
  }

  #ballot(ballot: Ballot): BallotReport {
    const { truth } = this.#inForce.labels;
    const { index, views, support, supportLabels, similarities, votes, probabilities, targets } = ballot;
    return {
      index,
      truth: truth[index]!,
      views: views.map((view) => ({ ...view, pixels: view.pixels.slice() })),
      support: support.slice(),
      supportLabels: supportLabels.slice(),
      supportTruth: support.map((picture) => truth[picture]!),
      similarities: similarities.slice(),
      votes: votes.slice(),
      probabilities: probabilities.slice(),
      targets: targets.slice(),
    };
  }
}

/** Training pictures without a given label, shuffled, one of each class in turn; those of unknown class are one class. */
function unlabelledInTurns(data: ShelvedData, { labels }: LabelsInForce, seed: number): Int32Array {
  const hidden = data.trainIndices.filter((index) => labels.given[index]! < 0);
  const byClass = new Map<number, number[]>();
  for (const index of randomStream(seed, 'ballots').shuffle(hidden)) {
    const label = labels.truth[index]!;
    const members = byClass.get(label);
    if (members) members.push(index);
    else byClass.set(label, [index]);
  }
  const lists = [...byClass.values()];
  const rounds = Math.ceil(lookedAt / Math.max(1, lists.length)) + 1;
  const turns = Array.from({ length: rounds }, (_, round) => lists.flatMap((list) => list[round] ?? []));
  return Int32Array.from(turns.flat());
}

/** Mean of all rows [., classes] of some ballots; null without any. */
function meanRow(
  ballots: readonly Ballot[],
  classes: number,
  rowsOf: (ballot: Ballot) => Float32Array,
): Float32Array<ArrayBuffer> | null {
  const sum = new Float64Array(classes);
  let count = 0;
  for (const ballot of ballots) {
    const rows = rowsOf(ballot);
    for (let i = 0; i < rows.length; i++) sum[i % classes]! += rows[i]!;
    count += rows.length / classes;
  }
  return count === 0 ? null : Float32Array.from(sum, (value) => value / count);
}

/** Of a distribution, nats. */
function entropy(distribution: Float32Array): number {
  return distribution.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

/** What is thin about the labels that may vote. */
function labelWarnings({ classNames, labels }: LabelsInForce, data: ShelvedData): string[] {
  const counts = labelCounts({ classNames, given: labels.given }, data.trainIndices);
  const named = (wanted: (count: number) => boolean) =>
    classNames.filter((_, label) => wanted(counts[label]!)).map(quoted);
  const warnings: string[] = [];
  const none = named((count) => count === 0);
  if (none.length > 0) {
    warnings.push(
      `${listed(none)} ${none.length > 1 ? 'have' : 'has'} no label: nothing can be voted there.`,
    );
  }
  const single = named((count) => count === 1);
  if (single.length > 0) {
    const [have, come] = single.length > 1 ? ['have', 'each comes'] : ['has', 'it comes'];
    warnings.push(`${listed(single)} ${have} a single label: every vote for ${come} from one picture.`);
  }
  const voting = counts.filter((count) => count > 0);
  const [least, most] = [Math.min(...voting), Math.max(...voting)];
  if (voting.length > 1 && most >= unbalanced * least) {
    const [fewest] = named((count) => count === least);
    const [many] = named((count) => count === most);
    warnings.push(
      `The labels are uneven: ${many} has ${most}, ${fewest} has ${least}. Every class has the same share of the votes, so each label of ${fewest} counts for more.`,
    );
  }
  return warnings;
}

function voteWarnings(ballots: readonly Ballot[], classes: number): string[] {
  const rows = ballots.flatMap(({ probabilities }) =>
    Array.from({ length: probabilities.length / classes }, (_, row) =>
      probabilities.subarray(row * classes, (row + 1) * classes),
    ),
  );
  const mean = rows.reduce((sum, row) => sum + entropy(row), 0) / rows.length;
  if (classes < 2 || rows.length === 0 || mean < evenVotes * Math.log(classes)) return [];
  return ['The votes are nearly even: the labelled pictures do not tell these pictures apart yet.'];
}

/**
 * A ballot counted: who voted for what a picture shows, and what follows (Assran et al. 2021, equation 1). Pure
 * functions from the session's report to what the panel draws.
 */

import { shortened } from '../../../labels';
import type { BallotReport, BallotsReport } from '../../../session/protocol';
import { pictureAt } from '../attention/paint';

/** One labelled picture and its share of the vote. */
export interface Supporter {
  /** Number of the picture in the data set. */
  index: number;
  /** The class it was given, which it votes for. */
  label: number;
  /** Its true class; −1 where nobody knows it. */
  truth: number;
  /** Cosine with the view, −1 to 1. */
  similarity: number;
  /** Share of the vote, 0 to 1. */
  vote: number;
}

/** One class before and after sharpening, shares of 1. */
export interface ClassVote {
  label: number;
  before: number;
  after: number;
}

/** One view's ballot. */
export interface Tally {
  /** All classes by their number. */
  classes: readonly ClassVote[];
  /** Strongest vote first. */
  supporters: readonly Supporter[];
  /** The class the pseudo-label says. */
  winner: ClassVote;
  /** The hidden class; −1 where nobody knows it. */
  truth: number;
}

/** Counts one view of a ballot; null where the view was not voted on. */
export function tallyOf(ballot: BallotReport, view: number): Tally | null {
  const voters = ballot.support.length;
  const views = voters === 0 ? 0 : ballot.votes.length / voters;
  if (view >= views) return null;
  const classCount = ballot.probabilities.length / views;
  const before = ballot.probabilities.subarray(view * classCount, (view + 1) * classCount);
  const after = ballot.targets.subarray(view * classCount, (view + 1) * classCount);
  const classes = Array.from(before, (share, label) => ({ label, before: share, after: after[label]! }));
  const supporters = Array.from(ballot.support, (index, i) => ({
    index,
    label: ballot.supportLabels[i]!,
    truth: ballot.supportTruth[i]!,
    similarity: ballot.similarities[view * voters + i]!,
    vote: ballot.votes[view * voters + i]!,
  })).sort((a, b) => b.vote - a.vote);
  const [first, ...others] = classes;
  if (first === undefined) return null;
  const winner = others.reduce((best, each) => (each.after > best.after ? each : best), first);
  return { classes, supporters, winner, truth: ballot.truth };
}

/**
 * The classes that are drawn, by their number: all, or where there are more than `most` those with the largest shares
 * and the true one. The rest is `others` together.
 */
export function drawnClasses(
  { classes, truth }: Tally,
  most: number,
): { drawn: ClassVote[]; others: { count: number; before: number; after: number } | null } {
  if (classes.length <= most) return { drawn: [...classes], others: null };
  const weight = ({ label, before, after }: ClassVote) => (label === truth ? 2 : Math.max(before, after));
  const ranked = [...classes].sort((a, b) => weight(b) - weight(a));
  const rest = ranked.slice(most);
  const sum = (key: 'before' | 'after') => rest.reduce((total, each) => total + each[key], 0);
  return {
    drawn: ranked.slice(0, most).sort((a, b) => a.label - b.label),
    others: { count: rest.length, before: sum('before'), after: sum('after') },
  };
}

/** Supporters of one class, strongest first. */
export interface Camp {
  label: number;
  /** Their votes together. */
  vote: number;
  supporters: Supporter[];
}

/** The supporters by the class they vote for, strongest class first. */
export function campsOf(supporters: readonly Supporter[]): Camp[] {
  const camps = new Map<number, Camp>();
  for (const supporter of supporters) {
    const camp = camps.get(supporter.label) ?? { label: supporter.label, vote: 0, supporters: [] };
    camp.vote += supporter.vote;
    camp.supporters.push(supporter);
    camps.set(supporter.label, camp);
  }
  return [...camps.values()].sort((a, b) => b.vote - a.vote);
}

/** The pixels [size, size, 4] of a picture of the report; null where it was not sent. */
export function pictureOf(
  { indices, pictures, size }: BallotsReport,
  index: number,
): Uint8ClampedArray | null {
  const at = indices.indexOf(index);
  return at < 0 ? null : pictureAt(pictures, at, size);
}

/** A class in a sentence: its name, shortened, or its number where it has none. */
export function saidClass(classNames: readonly string[], label: number): string {
  return shortened(classNameOf(classNames, label));
}

/** A name as it is shown: that of the class, or its number where it has none. */
export function classNameOf(classNames: readonly string[], label: number): string {
  return classNames[label] ?? `class ${label + 1}`;
}

/** Whether the pseudo-label is right, in words. */
export function agreement({ winner, truth }: Tally): 'right' | 'wrong' | 'unknown' {
  if (truth < 0) return 'unknown';
  return truth === winner.label ? 'right' : 'wrong';
}

/** Of the labels that were changed (picture → class), those that the votes of this report do not know yet. */
export function uncounted(
  { ballots }: Pick<BallotsReport, 'ballots'>,
  changes: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  const old = ([index, label]: readonly [number, number]) =>
    ballots.some(({ support, supportLabels }) => {
      const at = support.indexOf(index);
      return at >= 0 && supportLabels[at] !== label;
    });
  return new Map([...changes].filter(old));
}

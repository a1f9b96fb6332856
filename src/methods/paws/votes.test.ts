import { describe, expect, it } from 'vitest';
import { countVotes, type Poll } from './votes';

/** Two pictures in two views each, along the axes but for one view, and one query along the first axis. */
const poll: Poll = {
  embeddings: Float32Array.from([
    ...[3, 0], // first picture, first view
    ...[0, 2], // second picture, first view
    ...[1, 1], // first picture, second view
    ...[0, 5], // second picture, second view
    ...[7, 0], // the query
  ]),
  dim: 2,
  pictures: [0, 1, 0, 1],
  supportLabels: Int32Array.of(2, 0),
  sampled: Int32Array.of(0, 2),
  classes: 4,
  smoothing: 0.2,
  temperature: 0.5,
  sharpen: 0.5,
};

describe('the count of votes', () => {
  const cosines = [1, 0, Math.SQRT1_2, 0];
  const weights = cosines.map((cosine) => Math.exp(cosine / 0.5));
  const all = weights.reduce((a, b) => a + b);
  const first = (weights[0]! + weights[2]!) / all;

  it('takes the mean cosine of a voter and the sum of its shares', () => {
    const { similarities, votes } = countVotes(poll);
    expect(similarities[0]).toBeCloseTo((1 + Math.SQRT1_2) / 2, 6);
    expect(similarities[1]).toBeCloseTo(0, 6);
    expect(votes[0]).toBeCloseTo(first, 6);
    expect(votes[1]).toBeCloseTo(1 - first, 6);
  });

  it('smooths labels over the classes that take part, and sharpens', () => {
    const { probabilities, targets } = countVotes(poll);
    const forTwo = 0.1 + 0.8 * first;
    expect([...probabilities]).toEqual([1 - forTwo, 0, forTwo, 0].map((p) => expect.closeTo(p, 6)));
    const sharp = forTwo ** 2 / (forTwo ** 2 + (1 - forTwo) ** 2);
    expect([...targets]).toEqual([1 - sharp, 0, sharp, 0].map((p) => expect.closeTo(p, 6)));
  });

  it('stays finite for an embedding of length zero and at the lowest temperature', () => {
    const embeddings = poll.embeddings.slice();
    embeddings.fill(0, 0, 2);
    const { votes, targets } = countVotes({ ...poll, embeddings, temperature: 0.01, sharpen: 0.05 });
    for (const rows of [votes, targets]) expect(rows.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });
});

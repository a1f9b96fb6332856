import { describe, expect, it } from 'vitest';
import { sampleBallots } from '../../testing/labelledRun';
import { agreement, campsOf, drawnClasses, pictureOf, saidClass, tallyOf, uncounted } from './tally';

const report = sampleBallots({ votedOn: [{ index: 200, leans: 3, truth: 1 }] });
const ballot = report.ballots[0]!;
const tally = tallyOf(ballot, 0)!;

describe('a tally', () => {
  it('sorts the supporters by their vote and keeps each with its own numbers', () => {
    const votes = tally.supporters.map(({ vote }) => vote);
    expect(votes).toEqual([...votes].sort((a, b) => b - a));
    for (const { index, vote, similarity, label } of tally.supporters) {
      expect(vote).toBe(ballot.votes[index]);
      expect(similarity).toBe(ballot.similarities[index]);
      expect(label).toBe(ballot.supportLabels[index]);
    }
  });

  it('reads the second view from the second row', () => {
    const second = tallyOf(ballot, 1)!;
    const last = second.supporters.find(({ index }) => index === 7)!;
    expect(last.vote).toBe(ballot.votes[50 + 7]);
    expect(second.classes[9]!.after).toBe(ballot.targets[19]);
  });

  it('takes the sharpened winner, and says whether the hidden class agrees', () => {
    expect(tally.winner.label).toBe(3);
    expect(agreement(tally)).toBe('wrong');
    expect(agreement({ ...tally, truth: 3 })).toBe('right');
    expect(agreement({ ...tally, truth: -1 })).toBe('unknown');
  });

  it('is nothing for a view without votes, or without anybody who votes', () => {
    expect(tallyOf(ballot, 2)).toBeNull();
    const empty = new Float32Array(0);
    const nobody = {
      ...ballot,
      support: new Int32Array(0),
      votes: empty,
      similarities: empty,
      probabilities: empty,
      targets: empty,
    };
    expect(tallyOf(nobody, 0)).toBeNull();
  });

  it('gathers supporters by the class they vote for, strongest class first', () => {
    const camps = campsOf(tally.supporters);
    expect(camps[0]!.label).toBe(3);
    expect(camps.every(({ supporters }) => supporters.length === 5)).toBe(true);
    expect(camps.reduce((sum, { vote }) => sum + vote, 0)).toBeCloseTo(1, 5);
  });
});

describe('the classes drawn', () => {
  it('are all of them, in their order, where there is room', () => {
    expect(drawnClasses(tally, 12).drawn.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(drawnClasses(tally, 12).others).toBeNull();
  });

  it('are the strongest and the true one where there is not; the others are counted together', () => {
    const weak = { label: 0, before: 0.01, after: 0 };
    const classes = [
      weak,
      ...[0.2, 0.5, 0.29].map((share, i) => ({ label: i + 1, before: share, after: share })),
    ];
    const { drawn, others } = drawnClasses({ ...tally, classes, truth: 0 }, 2);
    expect(drawn.map(({ label }) => label)).toEqual([0, 2]);
    expect(others).toMatchObject({ count: 2 });
    expect(others!.before).toBeCloseTo(0.49, 6);
  });
});

describe('labels that were changed', () => {
  it('are on their way until a ballot knows them', () => {
    const changes = new Map([
      [5, 4],
      [6, 1],
      [900, 2],
    ]);
    expect([...uncounted(report, changes)]).toEqual([[5, 4]]);
  });
});

describe('words and pictures', () => {
  it('shorten a long class in a sentence and number one without a name', () => {
    expect(saidClass(['x'.repeat(60)], 0)).toHaveLength(30);
    expect(saidClass([], 4)).toBe('class 5');
  });

  it('find a picture by its number in the data set, and know when it was not sent', () => {
    expect(pictureOf(report, 200)).toEqual(report.pictures.slice(50 * 16 * 16 * 4, 51 * 16 * 16 * 4));
    expect(pictureOf(report, 201)).toBeNull();
  });
});

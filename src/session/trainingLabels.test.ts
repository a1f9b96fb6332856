import { describe, expect, it } from 'vitest';
import { pickLabels } from '../evaluation';
import type { SessionDependencies } from './dependencies';
import { type SessionEvent, transferables } from './protocol';
import { fakeDataset } from './testing/fakes';
import { Harness } from './testing/harness';

const none = new Array<number>(12).fill(-1);
/** Labels of the fake data set: picture i is of class i mod 2; the last four are held out. */
const labels = (given: Record<number, number> = {}, changes: object = {}) => ({
  type: 'setLabels' as const,
  generation: 1,
  classNames: ['round', 'square'],
  given: Int32Array.from({ length: 12 }, (_, i) => given[i] ?? -1),
  truth: Int32Array.from({ length: 12 }, (_, i) => i % 2),
  ...changes,
});
const byHand = { method: 'paws', label_source: 'hand' } as const;
const drawn = { method: 'paws', label_source: 'budget', labels_per_class: 2 } as const;

async function loaded(overrides: Partial<SessionDependencies> = {}): Promise<Harness> {
  const harness = new Harness(overrides);
  await harness.done({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
  return harness;
}

/** Prepares a run of the pictures that are there already. */
async function prepared(harness: Harness, changes: object) {
  const { fakeRecipe } = await import('./testing/fakes');
  return harness.ask({ type: 'prepare', recipe: { ...fakeRecipe, ...changes } });
}

const lastLabels = (harness: Harness) => harness.all('labels').at(-1)!.labels;

describe('labels', () => {
  it('are listed with every picture', async () => {
    const harness = await loaded();
    await harness.done({ type: 'listPictures' });
    const { pictures } = harness.all('pictures')[0]!;
    expect(pictures).toMatchObject({ generation: 1, classNames: ['round', 'square'] });
    expect(pictures.names[3]).toBe('picture 3');
    expect([...pictures.heldOut]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    // Whoever gets the list may hand its arrays over.
    for (const buffer of transferables(harness.all('pictures')[0]!))
      structuredClone(buffer, { transfer: [buffer] });
    await harness.done({ type: 'listPictures' });
    expect([...harness.all('pictures')[1]!.pictures.truth]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
  });

  it('are drawn for a run by its budget, from training pictures, the same for the same seed', async () => {
    const harness = await new Harness().ready(drawn);
    const { source, given } = lastLabels(harness);
    expect(source).toBe('budget');
    expect(given.filter((label) => label >= 0)).toHaveLength(4);
    const wrong = [...given.keys()].filter((i) => given[i]! >= 0 && (i >= 8 || given[i] !== i % 2));
    expect(wrong).toEqual([]);
    const again = await new Harness().ready(drawn);
    expect(lastLabels(again).given).toEqual(given);
  });

  it('given by hand are what a run by hand trains with', async () => {
    const harness = await loaded();
    await harness.done(labels({ 0: 0, 3: 1 }));
    expect(lastLabels(harness)).toMatchObject({ source: 'hand' });
    expect(await prepared(harness, byHand)).toMatchObject({ type: 'done' });
    await harness.done({ type: 'step' });
    expect([...harness.device.givenSeen[0]!]).toEqual([0, -1, -1, 1, ...none.slice(4)]);
  });

  it('may be of as many classes as the folders name', async () => {
    const harness = await loaded();
    await harness.done(
      labels({ 0: 149 }, { classNames: Array.from({ length: 150 }, (_, i) => `class ${i}`) }),
    );
    expect(lastLabels(harness).given[0]).toBe(149);
  });

  it('keep a run from starting when there are none, with a sentence', async () => {
    const harness = await loaded();
    expect(await prepared(harness, byHand)).toMatchObject({
      type: 'refused',
      problems: [
        { field: 'label_source', kind: 'refusal', message: expect.stringContaining('has a label yet') },
      ],
    });
    expect(await harness.ask({ type: 'plan', recipe: byHand })).toMatchObject({ type: 'refused' });
    expect(harness.device.alive).toBe(0);
  });

  it('sent just before a run are its labels, though the pictures are still on their way', async () => {
    const harness = new Harness();
    const loading = harness.done({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
    const labelling = harness.done(labels({ 0: 0, 1: 1 }));
    const preparing = prepared(harness, byHand);
    await Promise.all([loading, labelling]);
    expect(await preparing).toMatchObject({ type: 'done' });
    expect([...lastLabels(harness).given.slice(0, 2)]).toEqual([0, 1]);
  });

  it.each([
    ['of other pictures', { generation: 2 }, 'session/stale'],
    ['for fewer pictures', { given: new Int32Array(11).fill(-1) }, 'session/stale'],
    ['with fewer truths', { truth: new Int32Array(5) }, 'session/stale'],
    ['of a class that is not there', { given: new Int32Array(12).fill(2) }, 'labels/given'],
    ['with a truth that is not there', { truth: new Int32Array(12).fill(7) }, 'labels/truth'],
  ])('%s are refused, and nothing changes', async (_, changes, code) => {
    const harness = await loaded();
    await harness.done(labels({ 0: 0, 1: 1 }));
    const answer = await harness.ask(labels({}, changes));
    expect(answer).toMatchObject({ type: 'error', error: { code } });
    expect(await prepared(harness, byHand)).toMatchObject({ type: 'done' });
    expect([...lastLabels(harness).given.slice(0, 2)]).toEqual([0, 1]);
  });

  it('that change while a run goes act from the next step on', async () => {
    const harness = await loaded();
    await harness.done(labels({ 0: 0, 3: 1 }));
    await prepared(harness, byHand);
    await harness.done({ type: 'step' });
    await harness.done(labels({ 0: 0, 3: 0, 5: 1 }));
    await harness.done({ type: 'step' });
    const [before, after] = harness.device.givenSeen;
    expect([...before!.slice(0, 6)]).toEqual([0, -1, -1, 1, -1, -1]);
    expect([...after!.slice(0, 6)]).toEqual([0, -1, -1, 0, -1, 1]);
    const { ballots } = harness.all('ballots').at(-1)!;
    expect([...ballots.ballots[0]!.supportLabels]).toEqual([0, 0, 1]);
    expect([...ballots.ballots[0]!.supportTruth]).toEqual([0, 1, 1]);
  });

  it('on held-out pictures are no votes: an even guess is among the classes that training knows', async () => {
    const harness = await loaded();
    await harness.done(labels({ 0: 0, 1: 1, 8: 2 }, { classNames: ['round', 'square', 'star'] }));
    await prepared(harness, { ...byHand, paws_ramp_start: 0 });
    expect(harness.all('diagnosis').at(-1)!.diagnosis.sentence).toContain('ln 2 = 0.693');
  });

  it('of a class that had none at first vote in the places there are', async () => {
    const harness = await loaded();
    const classNames = ['round', 'square', 'star'];
    await harness.done(labels({ 0: 0, 1: 1 }, { classNames }));
    await prepared(harness, { ...byHand, paws_ramp_start: 0, eval_every: 2 });
    await harness.done({ type: 'step' });
    await harness.done(labels({ 0: 0, 1: 1, 2: 2 }, { classNames }));
    await harness.done({ type: 'step' });
    expect(harness.all('diagnosis').at(-1)!.diagnosis).toMatchObject({
      step: 2,
      sentence: expect.stringContaining('ln 2 = 0.693'),
    });
  });

  it('that change while a run rests are voted with at once', async () => {
    const harness = await loaded();
    await harness.done(labels({ 0: 0, 3: 1 }));
    await prepared(harness, byHand);
    const looks = harness.all('ballots').length;
    await harness.done(labels({ 0: 0, 3: 1, 5: 1 }));
    expect(harness.all('ballots')).toHaveLength(looks + 1);
    expect([...harness.all('ballots').at(-1)!.ballots.ballots[0]!.support]).toEqual([0, 3, 5]);
  });

  it('make a run whose labels were drawn one by hand', async () => {
    const harness = await new Harness().ready(drawn);
    const { given } = lastLabels(harness);
    const first = given.findIndex((label) => label >= 0);
    const changed = given.slice();
    changed[first] = 1 - given[first]!;
    await harness.done(labels({}, { given: changed }));
    expect(lastLabels(harness)).toMatchObject({ source: 'hand', given: changed });
    await harness.done({ type: 'step' });
    expect(harness.device.givenSeen[0]).toEqual(changed);
  });

  it.each(['start', 'stop'] as const)(
    'that change after a run (%s) are what it is scored and voted on with',
    async (end) => {
      const harness = await loaded();
      await harness.done(labels({ 0: 0, 3: 1 }));
      await prepared(harness, byHand);
      const over = harness.untilPhase(end === 'start' ? 'finished' : 'stopped');
      await harness.done({ type: end });
      await over;
      await harness.done(labels({ 0: 0, 3: 1, 5: 1 }));
      expect([...harness.all('ballots').at(-1)!.ballots.ballots[0]!.support]).toEqual([0, 3, 5]);
      await harness.done({ type: 'evaluate' });
      expect(harness.all('evaluation').at(-1)!.evaluation.classification).toMatchObject({ labels: 3 });
      const phase = end === 'start' ? 'finished' : 'stopped';
      expect(harness.state.phase).toBe(phase);
    },
  );

  it('of other classes wait until the run is over', async () => {
    const other = labels({}, { classNames: ['round', 'square', 'star'] });
    const harness = await new Harness().ready(drawn);
    await harness.done({ type: 'step' });
    expect(await harness.ask(other)).toMatchObject({
      error: { code: 'labels/classes', message: 'Stop the run first: its classes cannot change.' },
    });
    await harness.done({ type: 'stop' });
    await harness.done(other);
    expect(harness.all('dataset').at(-1)!.summary).toMatchObject({
      generation: 1,
      classNames: ['round', 'square', 'star'],
      classCounts: [6, 6, 0],
    });
    // The run that is over keeps its own.
    await harness.done({ type: 'evaluate' });
    const { evaluation } = harness.all('evaluation').at(-1)!;
    expect(evaluation.classification!.classNames).toEqual(['round', 'square']);
  });

  it('of other classes let go of a run that has not begun', async () => {
    const harness = await new Harness().ready(drawn);
    await harness.done(labels({}, { classNames: ['both'], truth: new Int32Array(12) }));
    expect(harness.state.phase).toBe('ready');
    expect(harness.device.alive).toBe(0);
    expect(await harness.ask({ type: 'start' })).toMatchObject({ error: { code: 'session/not-prepared' } });
  });

  it('of pictures nobody knew are scored by, held-out ones included', async () => {
    const unlabelled = { classNames: [], labels: new Int32Array(12).fill(-1) };
    const harness = await loaded({ makeBuiltin: async () => fakeDataset(unlabelled) });
    await harness.done(labels({ 0: 0, 1: 1, 8: 0, 9: 1 }, { truth: new Int32Array(12).fill(-1) }));
    expect(harness.all('dataset').at(-1)!.summary).toMatchObject({ labelledCount: 4, classCounts: [2, 2] });
    await prepared(harness, byHand);
    const { evaluation } = harness.all('evaluation')[0]!;
    expect(evaluation).toMatchObject({ testImages: 2, bankImages: 2 });
    expect(evaluation.classification).toMatchObject({ labels: 2 });
    expect(evaluation.classification!.readOuts[0]).toMatchObject({ unlabelled: null });
    expect(harness.all('baselines')[0]!.baselines.chance).toBe(50);
  });
});

describe('what labels are worth', () => {
  const classificationOf = (harness: Harness) => harness.all('evaluation').at(-1)!.evaluation.classification!;

  it.each([
    ['paws', 'snnHead', ['snnHead', 'snnFeature', 'linear', 'knn']],
    ['supervised', 'classifier', ['snnFeature', 'classifier', 'linear', 'knn']],
    ['dino', 'linear', ['snnFeature', 'linear', 'knn']],
  ] as const)('is read from %s in its own way', async (method, shown, readOuts) => {
    const harness = await new Harness().ready({ ...drawn, method });
    const classification = classificationOf(harness);
    expect(classification).toMatchObject({ labels: 4, shown, classNames: ['round', 'square'] });
    expect(classification.readOuts.map(({ id }) => id)).toEqual(readOuts);
    expect(classification.confusion.reduce((sum, count) => sum + count)).toBe(4);
    for (const { heldOut, unlabelled } of classification.readOuts) {
      expect(heldOut! % 25).toBe(0);
      expect(unlabelled! % 25).toBe(0);
    }
    const attention = harness.all('attention')[0]!.attention;
    expect(attention.teacher === null).toBe(method !== 'dino');
    expect(attention.jaccard).not.toBeNull();
  });

  it('is found in features that tell: the labelled neighbours of each class', async () => {
    const harness = new Harness();
    harness.device.featureOf = (index, d) => (d === index % 2 ? 1 : 0);
    await harness.ready(drawn);
    const { readOuts, confusion, classAccuracy } = classificationOf(harness);
    for (const each of readOuts) expect(each).toMatchObject({ heldOut: 100, unlabelled: 100 });
    expect([...confusion]).toEqual([2, 0, 0, 2]);
    expect(classAccuracy).toEqual([100, 100]);
  });

  it('is told of the labels with which the scoring began', async () => {
    const harness = await loaded();
    harness.device.featureOf = (index, d) => (d === index % 2 ? 1 : 0);
    await harness.done(labels({ 0: 0, 1: 1 }));
    await prepared(harness, byHand);
    await harness.done({ type: 'step' });
    const right = async () => {
      await harness.done({ type: 'evaluate' });
      return classificationOf(harness).readOuts[0]!.heldOut;
    };
    let changing: Promise<void> | undefined;
    harness.device.before = (operation) => {
      if (operation === 'features') changing ??= harness.done(labels({ 0: 1, 1: 0 }));
    };
    expect(await right()).toBe(100);
    await changing;
    expect(await right()).toBe(0);
  });

  it('follows the budget that is asked for, outside the curve, and reads the network once', async () => {
    const harness = await new Harness().ready({ ...drawn, method: 'dino' });
    let read = 0;
    harness.device.before = (operation) => {
      if (operation === 'features' || operation === 'attention') read++;
    };
    for (const labelsPerClass of [1, 3]) {
      await harness.done({ type: 'evaluate', budget: { labelsPerClass, labelSeed: 0 } });
    }
    expect(read).toBe(0);
    const told = harness.all('evaluation');
    expect(told.map(({ replyTo }) => replyTo !== undefined)).toEqual([false, true, true]);
    expect(told.map(({ evaluation }) => evaluation.classification!.labels)).toEqual([4, 2, 6]);
    expect(told[1]!.evaluation.knn10).toBe(told[0]!.evaluation.knn10);
    await harness.done({ type: 'step' });
    await harness.done({ type: 'evaluate' });
    expect(read).toBeGreaterThan(0);
  });

  it('is nothing without labels', async () => {
    const unlabelled = { classNames: [], labels: new Int32Array(12).fill(-1) };
    const harness = await new Harness({ makeBuiltin: async () => fakeDataset(unlabelled) }).ready();
    expect(classificationOf(harness)).toBeNull();
  });
});

describe('what the same labels are worth without PAWS', () => {
  const long = { ...byHand, epochs: 60, warmup_epochs: 0 };
  const whole = async (harness: Harness, changes: object) => {
    await prepared(harness, { ...long, ...changes });
    const over = harness.untilPhase('finished');
    await harness.done({ type: 'start' });
    await over;
  };
  const verdict = (harness: Harness) => harness.all('diagnosis').at(-1)!.diagnosis.sentence;
  const few = labels({ 0: 0, 1: 1 });

  it('is what a supervised run made of them', async () => {
    const harness = await loaded();
    await harness.done(few);
    await whole(harness, { method: 'supervised' });
    await whole(harness, {});
    expect(verdict(harness)).toContain('the same labels without PAWS gave');
  });

  it('is not what a run made that had other labels before', async () => {
    const harness = await loaded();
    harness.device.featureOf = (index, d, step) => (step > 0 && d === index % 2 ? 1 : 0);
    await harness.done(labels({ 0: 0, 1: 1, 2: 0, 3: 1 }));
    await prepared(harness, { ...long, method: 'supervised' });
    await harness.done({ type: 'step' });
    await harness.done(few);
    const over = harness.untilPhase('finished');
    await harness.done({ type: 'start' });
    await over;
    await whole(harness, {});
    expect(verdict(harness)).not.toContain('without PAWS');
  });
});

describe('ballots', () => {
  it('are of unlabelled pictures of different classes, unless others are chosen', async () => {
    const harness = await new Harness().ready(drawn);
    const { given } = lastLabels(harness);
    const { ballots } = harness.all('ballots')[0]!;
    expect(ballots.ballots).toHaveLength(3);
    for (const { index, truth } of ballots.ballots) {
      expect(given[index]).toBe(-1);
      expect(truth).toBe(index % 2);
    }
    expect(new Set(ballots.ballots.slice(0, 2).map(({ truth }) => truth)).size).toBe(2);
    expect(ballots.meanEntropy).toBeCloseTo(Math.LN2, 5);
    expect([...ballots.indices].sort()).toEqual(
      [...new Set(ballots.ballots.flatMap(({ index, support }) => [index, ...support]))].sort(),
    );

    await harness.done({ type: 'watchBallots', indices: [11, 2] });
    const watched = harness.all('ballots').at(-1)!.ballots;
    expect(watched.ballots.map(({ index }) => index)).toEqual([11, 2]);
    await harness.done({ type: 'step' });
    expect(harness.all('ballots').at(-1)!.ballots.ballots[0]).toMatchObject({ index: 11 });
    expect(await harness.ask({ type: 'watchBallots', indices: [12] })).toMatchObject({
      error: { code: 'session/index' },
    });
  });

  it('warn of single labels, of uneven ones, of classes without, and of votes that say nothing', async () => {
    const harness = await loaded();
    const warningsAt = () => harness.all('ballots').at(-1)!.ballots.warnings;
    await harness.done(labels({ 0: 0, 2: 0, 4: 0, 1: 1 }));
    await prepared(harness, byHand);
    expect(warningsAt()).toEqual([
      '‘square’ has a single label: every vote for it comes from one picture.',
      expect.stringMatching(/^The labels are uneven: ‘round’ has 3, ‘square’ has 1\./),
    ]);
    await harness.done(labels({ 0: 0, 2: 0, 1: 1, 3: 1 }));
    expect(warningsAt()).toEqual([expect.stringMatching(/^The votes are nearly even/)]);
    await harness.done(labels({ 0: 0, 2: 0 }));
    expect(warningsAt()).toEqual(['‘square’ has no label: nothing can be voted there.']);
  });

  it('are held by nobody but PAWS', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'watchBallots', indices: [1] });
    expect(harness.all('ballots')).toHaveLength(0);
  });
});

describe('picking labels', () => {
  it('goes by pixels before there is a run, and picks so many of each class', async () => {
    const harness = await loaded();
    await harness.done({ type: 'pickLabels', count: 2, seed: 1 });
    const { indices } = harness.all('picks')[0]!;
    expect(indices).toHaveLength(4);
    expect([...indices].map((index) => index % 2).sort()).toEqual([0, 0, 1, 1]);
    for (const index of indices) expect(index).toBeLessThan(8);
  });

  it('goes by the network that is there, and counts the labels that are given', async () => {
    const harness = await loaded();
    await harness.done(labels({ 0: 0, 1: 1 }));
    await prepared(harness, byHand);
    let read = 0;
    harness.device.before = (operation) => {
      if (operation === 'features') read++;
    };
    await harness.done({ type: 'pickLabels', count: 2, seed: 1 });
    expect(read).toBe(1);
    const { indices } = harness.all('picks')[0]!;
    expect(indices).toHaveLength(2);
    expect([...indices]).not.toContain(0);
    const features = Float32Array.from({ length: 32 }, (_, i) => harness.device.featureOf(i >> 2, i & 3, 0));
    const rows = await pickLabels({
      features,
      dim: 4,
      known: Int32Array.from({ length: 8 }, (_, i) => i % 2),
      given: Int32Array.of(0, 1, -1, -1, -1, -1, -1, -1),
      classes: 2,
      perClass: 2,
      seed: 1,
    });
    expect(indices).toEqual(rows);
  });
});

describe('fine-tuning', () => {
  const request = { type: 'fineTune', kind: 'linear', trunk: false, steps: 6, lr: 0.1 } as const;

  it('tells of its steps and its scores, and leaves the run alone', async () => {
    const harness = await new Harness().ready(drawn);
    await harness.done(request);
    const news = harness.all('fineTuned').map(({ fineTuned }) => fineTuned);
    expect(news[0]).toMatchObject({ step: 1, steps: 6, loss: 1, heldOut: null });
    expect(news.at(-1)).toMatchObject({ kind: 'linear', step: 6, heldOut: 100, unlabelled: 100 });
    expect(harness.state).toMatchObject({ phase: 'paused', step: 0, activity: null });
    expect(harness.device.tuning).toBe(0);
    expect(harness.all('state').some(({ state }) => state.activity === 'fine-tuning')).toBe(true);
  });

  it.each(['pause', 'stop'] as const)('ends early with a %s', async (end) => {
    const harness = await new Harness().ready(drawn);
    const tuning = harness.ask({ ...request, steps: 1000 });
    await harness.until(({ type }: SessionEvent) => type === 'fineTuned');
    await harness.done({ type: end });
    expect(await tuning).toMatchObject({ error: { code: 'session/overtaken' } });
    expect(harness.device.tuning).toBe(0);
    if (end === 'pause') await harness.done({ type: 'step' });
  });
});

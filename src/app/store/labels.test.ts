import { waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeLibrary } from '../testing/fakeLibrary';
import { type FakeSession, freshPage } from '../testing/fakeSession';
import { ensureData, start, takeBuiltin, takeSet } from './actions';
import { problemsOf } from './facts';
import { isUnsaved } from './history';
import {
  changeLabels,
  followLabels,
  freezeLabels,
  labelByHand,
  markLabelsSaved,
  pickLabels,
  redoLabels,
  shownLabels,
  takeLabelling,
  tellLabels,
  undoLabels,
  useLabels,
} from './labels';
import { useRun } from './run';
import { setFields, useSetup } from './setup';

let session: FakeSession;
let library: FakeLibrary;
let stop: () => void;

beforeEach(async () => {
  library = new FakeLibrary();
  session = freshPage(library);
  stop = followLabels();
  await ensureData();
  await listed();
});
afterEach(() => stop());

const listed = () =>
  waitFor(() =>
    expect(useLabels.getState().pictures?.generation).toBe(useRun.getState().dataset?.generation),
  );
const present = () => useLabels.getState().history!.present;
const shown = () => shownLabels(useSetup.getState().recipe, useLabels.getState())!;
const labelled = (given: Int32Array) => [...given.keys()].filter((index) => given[index]! >= 0);
const waste = { id: 'waste', name: 'waste', revision: 1 };

describe('labels by budget', () => {
  it('are those of a draw, of training pictures only, another for another seed', () => {
    setFields({ labels_per_class: 3, label_seed: 1 });
    const first = labelled(shown().given);
    expect(first).toHaveLength(6);
    expect(first.every((index) => useLabels.getState().pictures!.heldOut[index] === 0)).toBe(true);
    setFields({ label_seed: 2 });
    expect(labelled(shown().given)).not.toEqual(first);
    expect(labelled(present().given)).toEqual([]);
  });

  it('become labels by hand with the first that is changed, and lose none', () => {
    setFields({ labels_per_class: 3 });
    const drawn = labelled(shown().given);
    changeLabels({ kind: 'give', indices: [0], class: 1 });
    expect(useSetup.getState().recipe.label_source).toBe('hand');
    expect(labelled(shown().given)).toEqual([...new Set([...drawn, 0])].sort((a, b) => a - b));
    expect(shown().given[0]).toBe(1);
  });

  it('do not put labels given by hand away', () => {
    setFields({ label_source: 'hand' });
    changeLabels({ kind: 'give', indices: [7], class: 1 });
    setFields({ label_source: 'budget' });
    labelByHand();
    setFields({ label_source: 'hand' });
    undoLabels();
    expect(labelled(shown().given)).toEqual([7]);
  });
});

describe('labels by hand', () => {
  beforeEach(() => setFields({ label_source: 'hand' }));

  it('are told to the worker a moment later, all of several changes at once', async () => {
    changeLabels({ kind: 'addClass', name: 'third' });
    changeLabels({ kind: 'give', indices: [5, 6], class: 2 });
    expect(session.last('setLabels')).toBeUndefined();
    await waitFor(() => expect(session.last('setLabels')).toBeDefined());
    const told = session.last('setLabels')!;
    expect(told.classNames).toEqual(['a', 'b', 'third']);
    expect([...told.given.slice(4, 8)]).toEqual([-1, 2, 2, -1]);
    expect(session.commands.filter(({ type }) => type === 'setLabels')).toHaveLength(1);
  });

  it('are told before a run is prepared', async () => {
    setFields({ method: 'supervised' });
    changeLabels({ kind: 'give', indices: [0, 2], class: 0 });
    changeLabels({ kind: 'give', indices: [1, 3], class: 1 });
    await start();
    const order = session.commands.map(({ type }) => type);
    expect(order).toContain('setLabels');
    expect(order.indexOf('setLabels')).toBeLessThan(order.indexOf('prepare'));
  });

  it('are undone and done again, in words', () => {
    changeLabels({ kind: 'give', indices: [0, 1], class: 0 });
    expect(undoLabels()).toBe('give 2 pictures the class ‘a’');
    expect(labelled(present().given)).toEqual([]);
    expect(undoLabels()).toBeNull();
    expect(redoLabels()).toBe('give 2 pictures the class ‘a’');
    expect(labelled(present().given)).toEqual([0, 1]);
  });

  it('keep their classes while a run goes, and may change their labels', async () => {
    changeLabels({ kind: 'give', indices: [0, 1, 2, 3], class: 0 });
    await start();
    expect(() => changeLabels({ kind: 'addClass', name: 'c' })).toThrow(/A run keeps its classes/);
    expect(() => takeLabelling({ ...present(), classNames: ['a', 'b', 'c'] }, 'read')).toThrow(/keeps/);
    changeLabels({ kind: 'give', indices: [1], class: 1 });
    await waitFor(() => expect(session.last('setLabels')?.given[1]).toBe(1));
  });

  it('stay while other pictures are in use, and are told again when theirs come back', async () => {
    changeLabels({ kind: 'give', indices: [9], class: 1 });
    takeBuiltin('noise');
    await ensureData();
    await listed();
    expect(labelled(present().given)).toEqual([]);
    takeBuiltin('confetti');
    await ensureData();
    await listed();
    expect(labelled(present().given)).toEqual([9]);
    await waitFor(() =>
      expect(session.last('setLabels')?.generation).toBe(useRun.getState().dataset?.generation),
    );
    expect(session.last('setLabels')?.given[9]).toBe(1);
  });

  it('say what stands against the run', () => {
    setFields({ method: 'paws' });
    const sentences = () =>
      problemsOf(useSetup.getState(), useRun.getState())
        .filter(({ field }) => field === 'label_source')
        .map(({ message }) => message);
    expect(sentences()[0]).toContain('No training picture has a label yet');
    changeLabels({ kind: 'give', indices: [0], class: 0 });
    expect(sentences()[0]).toContain('there is nothing to tell apart');
  });
});

describe('labels picked', () => {
  it('are given at once where classes are known', async () => {
    session.picks = Int32Array.of(6, 11);
    expect(await pickLabels(1, 0)).toEqual({ picked: 2, labelled: true });
    expect(session.last('pickLabels')).toMatchObject({ count: 1 });
    expect(useSetup.getState().recipe.label_source).toBe('hand');
    expect(labelled(shown().given)).toEqual([6, 11]);
    expect([shown().given[6], shown().given[11]]).toEqual([0, 1]);
  });

  it('are for the person to label in a set without classes', async () => {
    session.classNames = [];
    await takeSet(waste);
    await listed();
    session.picks = Int32Array.of(2, 1);
    expect(await pickLabels(24, 0)).toEqual({ picked: 2, labelled: false });
    expect(useLabels.getState().picked).toEqual([2, 1]);
    expect(labelled(shown().given)).toEqual([]);
  });
});

it('are asked about before the page is left, until they are downloaded', () => {
  expect(isUnsaved()).toBe(false);
  changeLabels({ kind: 'give', indices: [0], class: 0 });
  expect(isUnsaved()).toBe(true);
  markLabelsSaved();
  expect(isUnsaved()).toBe(false);
  undoLabels();
  expect(isUnsaved()).toBe(true);
});

describe('labels that something needs as they are', () => {
  it('can be looked at and not changed, and say why', () => {
    setFields({ label_source: 'hand' });
    changeLabels({ kind: 'give', indices: [2], class: 0 });
    const before = present();
    freezeLabels('An experiment is under way.');
    for (const change of [
      () => changeLabels({ kind: 'give', indices: [3], class: 0 }),
      () => takeLabelling(before, 'nothing'),
      () => undoLabels(),
      () => labelByHand(),
    ])
      expect(change).toThrow('An experiment is under way.');
    expect(present()).toBe(before);
    freezeLabels(null);
    changeLabels({ kind: 'give', indices: [3], class: 0 });
    expect(present().given[3]).toBe(0);
  });

  it('are told only when the pictures they belong to are listed', async () => {
    takeBuiltin('grey');
    await ensureData();
    await tellLabels();
    expect(useLabels.getState().pictures?.generation).toBe(useRun.getState().dataset?.generation);
  });
});

describe('labels by hand in the library', () => {
  const waited = { timeout: 3000 };

  it('are kept, are no reason to stay on the page any more, and come back with their pictures', async () => {
    await takeSet(waste);
    await listed();
    setFields({ label_source: 'hand' });
    changeLabels({ kind: 'give', indices: [0, 7], class: 1 });
    expect(isUnsaved()).toBe(true);
    await waitFor(() => expect(library.kept.get('set:waste')?.given[7]).toBe(1), waited);
    await waitFor(() => expect(isUnsaved()).toBe(false), waited);
    stop();
    session = freshPage(library);
    stop = followLabels();
    await takeSet(waste);
    await listed();
    expect(labelled(present().given)).toEqual([0, 7]);
    expect(useSetup.getState().recipe.label_source).toBe('hand');
    await waitFor(() => expect(session.last('setLabels')?.given[7]).toBe(1), waited);
    expect(isUnsaved()).toBe(false);
  });

  it('come to their pictures when the library answers late, and are not written over', async () => {
    const given = new Int32Array(400).fill(-1);
    given[7] = 1;
    const labels = { classNames: ['a', 'b'], given, truth: new Int32Array(400).fill(-1) };
    library.labels = () => new Promise((answer) => setTimeout(answer, 3200, labels));
    await takeSet(waste);
    await waitFor(() => expect(labelled(present().given)).toEqual([7]), { timeout: 5000 });
    expect(useSetup.getState().recipe.label_source).toBe('hand');
    changeLabels({ kind: 'give', indices: [0], class: 1 });
    await waitFor(() => expect(library.kept.get('set:waste')?.given[0]).toBe(1), waited);
    expect(library.kept.get('set:waste')?.given[7]).toBe(1);
  }, 10_000);

  it('are not written over labels that the library could not read', async () => {
    const given = new Int32Array(400).fill(-1);
    given[7] = 1;
    const earlier = { classNames: ['a', 'b'], given, truth: new Int32Array(400).fill(-1) };
    library.kept.set('set:waste', earlier);
    library.labels = () => Promise.reject(new Error('The disk does not answer.'));
    await takeSet(waste);
    await listed();
    changeLabels({ kind: 'give', indices: [0], class: 1 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(library.kept.get('set:waste')).toEqual(earlier);
    expect(isUnsaved()).toBe(true);
  });

  it('are not called kept where the browser keeps nothing', async () => {
    const storage = { usedBytes: 0, quotaBytes: null, persisted: null, problem: 'A private window.' };
    library.tell({ storage });
    changeLabels({ kind: 'give', indices: [0], class: 1 });
    await waitFor(() => expect(library.kept.size).toBe(1), waited);
    expect(isUnsaved()).toBe(true);
  });
});

import { expect, it } from 'vitest';
import { classOfKey, keyOfClass } from './classKeys';
import { type Filter, mixedOrder, visiblePictures } from './filters';

const labelling = {
  classNames: ['a', 'b'],
  truth: Int32Array.of(0, 0, 1, 1, -1),
  given: Int32Array.of(0, 1, -1, 1, -1),
};
const facts = { labelling, heldOut: Uint8Array.of(0, 0, 0, 1, 0), picked: [4, 2] };
const order = Int32Array.of(4, 3, 2, 1, 0);
const seen = (filter: Filter) => [...visiblePictures(filter, order, facts)];

it('shows what is asked for, in the order given', () => {
  expect(seen('all')).toEqual([4, 3, 2, 1, 0]);
  expect(seen('training')).toEqual([4, 2, 1, 0]);
  expect(seen('heldOut')).toEqual([3]);
  expect(seen('unlabelled')).toEqual([4, 2]);
  expect(seen('labelled')).toEqual([3, 1, 0]);
  expect(seen('class:1')).toEqual([3, 1]);
  expect(seen('disagree')).toEqual([1]);
  expect(seen('picked')).toEqual([4, 2]);
});

it('mixes every picture in once, the same way every time, so that neighbours in a folder part', () => {
  const mixed = mixedOrder(600);
  expect([...mixed].sort((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, i) => i));
  expect(mixedOrder(600)).toEqual(mixed);
  // Three classes of 200 pictures each, one after the other: the first screen has some of each.
  const first = [...mixed.slice(0, 60)].map((index) => Math.floor(index / 200));
  for (const kind of [0, 1, 2]) expect(first.filter((k) => k === kind).length).toBeGreaterThan(10);
});

it('has a key for each of the first 35 classes', () => {
  expect([0, 8, 9, 34, 35].map(keyOfClass)).toEqual(['1', '9', 'A', 'Z', null]);
  expect(classOfKey('1', 3)).toBe(0);
  expect(classOfKey('b', 12)).toBe(10);
  expect(classOfKey('B', 12)).toBe(10);
  expect(classOfKey('4', 3)).toBe(-1);
  expect(classOfKey('Enter', 40)).toBe(-1);
  expect(classOfKey('', 40)).toBe(-1);
});

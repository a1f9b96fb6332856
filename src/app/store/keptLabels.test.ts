import { expect, it } from 'vitest';
import { createLabelling, withGiven } from '../../labels';
import type { PictureList } from '../../session/protocol';
import { labellingOf, mergedLabels } from './keptLabels';

const list = (rows: number[], truth: number[], classNames = ['cat', 'dog']): PictureList => ({
  generation: 1,
  classNames,
  names: rows.map((row) => `${row}.jpg`),
  truth: Int32Array.from(truth),
  given: new Int32Array(rows.length).fill(-1),
  heldOut: new Uint8Array(rows.length),
  rows: Int32Array.from(rows),
});

const labelling = (classNames: string[], truth: number[], given: number[]) =>
  withGiven(createLabelling(classNames, Int32Array.from(truth)), Int32Array.from(given));

it('come back to their pictures, in whatever order these stand', () => {
  const kept = mergedLabels(labelling(['cat', 'dog'], [0, 1, 0], [0, -1, 1]), Int32Array.of(2, 0, 1), null);
  expect(labellingOf(kept, list([0, 1, 2], [1, 0, 0]))).toEqual(
    labelling(['cat', 'dog'], [1, 0, 0], [-1, 1, 0]),
  );
});

it('stay with pictures that are left out, and with classes that were renamed', () => {
  const before = mergedLabels(labelling(['cat', 'dog'], [0, 1, 1], [0, 1, -1]), Int32Array.of(0, 1, 2), null);
  const less = labelling(['kitten', 'dog'], [1, 1], [1, 0]);
  const after = mergedLabels(less, Int32Array.of(1, 2), before);
  expect(after).toEqual({
    classNames: ['kitten', 'dog'],
    given: Int32Array.of(-1, 1, 0),
    truth: Int32Array.of(-1, 1, 1),
  });
});

it('leave pictures that came later as they came, with their classes', () => {
  const kept = mergedLabels(labelling(['kitten'], [0], [0]), Int32Array.of(1), null);
  const later = labellingOf(kept, list([0, 1, 2], [1, 0, -1], ['cat', 'dog']));
  expect(later).toEqual(labelling(['kitten', 'dog'], [1, 0, -1], [-1, 0, -1]));
});

it('are none where what is kept does not fit together', () => {
  const kept = { classNames: ['cat'], given: Int32Array.of(7), truth: Int32Array.of(0) };
  expect(labellingOf(kept, list([0], [0], ['cat']))).toBeNull();
});

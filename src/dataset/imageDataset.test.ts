import { describe, expect, it } from 'vitest';
import { heldOutIndices, type ImageDataset, summary, trainIndices } from './imageDataset';

const dataset: ImageDataset = {
  name: 'pets',
  kind: 'folder',
  size: 2,
  count: 5,
  pixels: new Uint32Array(20),
  classNames: ['cat', '__proto__'],
  labels: Int32Array.of(1, 0, -1, 1, 1),
  masks: null,
  names: ['a', 'b', 'c', 'd', 'e'],
  heldOut: Uint8Array.of(0, 0, 1, 0, 1),
  skipped: [{ path: 'x.txt', reason: 'not a picture' }],
};

describe('trainIndices and heldOutIndices', () => {
  it('share the pictures between them', () => {
    expect([...trainIndices(dataset)]).toEqual([0, 1, 3]);
    expect([...heldOutIndices(dataset)]).toEqual([2, 4]);
  });
});

describe('summary', () => {
  it('counts classes, splits and labels', () => {
    expect(summary(dataset)).toEqual({
      name: 'pets',
      kind: 'folder',
      size: 2,
      count: 5,
      trainCount: 3,
      heldOutCount: 2,
      classNames: ['cat', '__proto__'],
      classCounts: [1, 3],
      labelledCount: 4,
      hasMasks: false,
      skipped: [{ path: 'x.txt', reason: 'not a picture' }],
    });
  });
});

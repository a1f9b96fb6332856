import { describe, expect, it } from 'vitest';
import { heldOutIndices, type ImageDataset, summary, trainIndices } from './imageDataset';
import { memoryPixels } from './pixelStore';

const dataset: ImageDataset = {
  set: 'a1',
  revision: 3,
  name: 'pets',
  kind: 'folder',
  size: 2,
  count: 5,
  pixels: memoryPixels(new Uint32Array(20), 2),
  rows: Int32Array.of(0, 1, 2, 3, 5),
  classNames: ['cat', '__proto__'],
  labels: Int32Array.of(1, 0, -1, 1, 1),
  masks: null,
  names: ['a', 'b', 'c', 'd', 'e'],
  heldOut: Uint8Array.of(0, 0, 1, 0, 1),
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
      set: 'a1',
      revision: 3,
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
    });
  });
});

import { describe, expect, it } from 'vitest';
import { attentionMask, attentionMasks, enlargeNearest } from './attentionMask';

describe('attention mask', () => {
  it('keeps the strongest patches that hold the share, the one that crosses the line included', () => {
    // Ascending cumulated mass: .1 .3 .6 1; kept where it is above .4.
    expect([...attentionMask([0.4, 0.1, 0.3, 0.2], 0.6)]).toEqual([1, 0, 1, 0]);
    expect([...attentionMask([4, 1, 3, 2], 0.6)]).toEqual([1, 0, 1, 0]);
    expect([...attentionMask([0.4, 0.1, 0.3, 0.2], 1)]).toEqual([1, 1, 1, 1]);
  });

  it('leaves out a patch whose cumulated mass is exactly the limit', () => {
    expect([...attentionMask([0.25, 0.25, 0.25, 0.25], 0.5)]).toEqual([0, 0, 1, 1]);
  });

  it('keeps nothing of no attention', () => {
    expect([...attentionMask([0, 0], 0.6)]).toEqual([0, 0]);
    expect([...attentionMask([Number.NaN, 1], 0.6)]).toEqual([0, 0]);
  });

  it('judges every map by its own mass', () => {
    expect([...attentionMasks(Float32Array.of(9, 1, 1, 9), 2, 0.6)]).toEqual([1, 0, 0, 1]);
  });

  it('enlarges patches to squares, rows before columns', () => {
    const map = Uint8Array.of(1, 0, 0, 0, 0, 1);
    expect([...enlargeNearest(map, 2, 3, 2)]).toEqual(
      [
        [1, 1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1],
        [0, 0, 0, 0, 1, 1],
      ].flat(),
    );
  });
});

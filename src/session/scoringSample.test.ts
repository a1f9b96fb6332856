import { describe, expect, it } from 'vitest';
import { chooseScoringSample } from './scoringSample';

const set = (
  count: number,
  heldOutFrom: number,
  label: (i: number) => number,
  hasMask: (i: number) => boolean = () => false,
) => ({
  count,
  labels: Int32Array.from({ length: count }, (_, i) => label(i)),
  heldOut: Uint8Array.from({ length: count }, (_, i) => (i >= heldOutFrom ? 1 : 0)),
  masks: { has: hasMask },
});

describe('chooseScoringSample', () => {
  it('lets training images vote and classifies held-out ones', () => {
    const sample = chooseScoringSample(
      set(
        2000,
        1600,
        (i) => i % 10,
        () => true,
      ),
      400,
    );
    expect(sample.bank).toHaveLength(1600);
    expect(sample.test).toHaveLength(400);
    expect(Math.min(...sample.test)).toBe(1600);
    expect([...sample.features]).toEqual([...sample.bank, ...sample.test]);
    expect([...sample.labels]).toEqual([...sample.features].map((i) => i % 10));
    expect(sample.masked).toHaveLength(400);
    expect(sample.doubled).toHaveLength(128);
  });

  it('scores no more than it may, evenly over the set', () => {
    const sample = chooseScoringSample(
      set(2000, 1600, (i) => i % 10),
      20,
    );
    expect(sample.test).toHaveLength(20);
    expect(sample.bank).toHaveLength(100);
    expect(sample.masked).toHaveLength(0);
    expect(sample.test.at(-1)! - sample.test[0]!).toBeGreaterThan(300);
  });

  it('scores the attention over the held-out images that have a mask, or over any that has one', () => {
    const some = set(
      100,
      80,
      () => 0,
      (i) => i % 10 === 0,
    );
    expect([...chooseScoringSample(some, 400).masked]).toEqual([80, 90]);
    const none = set(
      100,
      80,
      () => 0,
      (i) => i < 3,
    );
    expect([...chooseScoringSample(none, 400).masked]).toEqual([0, 1, 2]);
    const unknown = { ...none, masks: null };
    expect(chooseScoringSample(unknown, 400).masked).toHaveLength(0);
  });

  it('leaves unlabelled images out where others have labels', () => {
    const sample = chooseScoringSample(
      set(100, 80, (i) => (i % 2 === 0 ? 0 : -1)),
      400,
    );
    expect(sample.bank).toHaveLength(40);
    expect(sample.test).toHaveLength(10);
  });

  it('looks at any images where none has a label', () => {
    const sample = chooseScoringSample(
      set(1000, 800, () => -1),
      400,
    );
    expect(sample.features).toHaveLength(400);
    expect(sample.bank).toHaveLength(0);
    expect(sample.test).toHaveLength(0);
  });
});

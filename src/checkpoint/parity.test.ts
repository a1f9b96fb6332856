import { describe, expect, it } from 'vitest';
import { expectClose, Fixture, globMatches, loadFixture } from './parity';
import type { StoredTensor } from './safetensors';

function fixture(rule: object, values: Record<string, number[]>): Fixture {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, data] of Object.entries(values)) {
    tensors.set(name, { dtype: 'F32', shape: [data.length], data: Float32Array.from(data) });
  }
  return new Fixture('made', { tolerance: JSON.stringify([rule]) }, tensors);
}

describe('comparing with golden numbers', () => {
  it('says what share of the tolerance is used, by whole-tensor and by largest-element error', () => {
    const made = fixture({ match: 'x', rtol: 0.1, atol: 0 }, { x: [3, 4] });
    expect(expectClose(made, 'x', [3, 4])).toBe(0);
    expect(expectClose(made, 'x', [3, 4.25])).toBeCloseTo(0.5, 6);
    expect(() => expectClose(made, 'x', [3, 5])).toThrow(
      /x \[2\] is off by 2\.00 times.*\[1\] got 5, want 4/s,
    );
  });

  it('catches one wrong element among many that the whole-tensor error hides', () => {
    const want = new Array<number>(10_000).fill(1);
    const made = fixture({ match: '*', rtol: 0.01, atol: 0 }, { x: want });
    const got = want.with(7, 1.1);
    expect(() => expectClose(made, 'x', got)).toThrow(/largest element 1\.25.*\[7\]/s);
    const loose = fixture({ match: '*', rtol: 0.01, atol: 0, l2_only: true }, { x: want });
    expect(expectClose(loose, 'x', got)).toBeCloseTo(0.1, 5);
  });

  it('measures updates rather than weights with minus, and leaves out the key bias', () => {
    const rule = { match: 'after/*', rtol: 0.1, atol: 0, minus: 'param/', skip_middle_third: true };
    const made = fixture(rule, { 'param/a.b': [1, 1, 1], 'after/a.b': [1.5, 9, 1.5] });
    expect(expectClose(made, 'after/a.b', [1.5, -100, 1.5])).toBe(0);
    expect(() => expectClose(made, 'after/a.b', [1.6, 9, 1.5])).toThrow(/1\.41 times.*updates compared/s);
  });

  it('never lets NaN, a wrong length or an input tensor pass', () => {
    const made = fixture({ match: 'x', rtol: 1, atol: 1 }, { x: [1, 2], y: [1] });
    expect(() => expectClose(made, 'x', [Number.NaN, 2])).toThrow(/Infinity times/);
    expect(() => expectClose(made, 'x', [1])).toThrow(/got 1 values, want 2/);
    expect(() => expectClose(made, 'y', [1])).toThrow(/no tolerance/);
    expect(() => expectClose(made, 'z', [1])).toThrow(/no tensor z/);
  });

  it('takes rtol 0 and atol 0 as exact', () => {
    const made = fixture({ match: 'x', rtol: 0, atol: 0 }, { x: [1, 0] });
    expect(expectClose(made, 'x', [1, 0])).toBe(0);
    expect(() => expectClose(made, 'x', [1, 1e-9])).toThrow(/Infinity times/);
  });

  it('matches globs over slashes and dots, whole names only', () => {
    expect(globMatches('after/*attn.qkv.bias', 'after/blocks.0.attn.qkv.bias')).toBe(true);
    expect(globMatches('after/*attn.qkv.bias', 'after/attnXqkv.bias')).toBe(false);
    expect(globMatches('k?/votes', 'k5/votes')).toBe(true);
    expect(globMatches('k?/votes', 'k10/votes')).toBe(false);
    expect(globMatches('loss', 'loss_smooth')).toBe(false);
  });

  it('reads hyper-parameters as the type asked for', () => {
    const train = loadFixture('dino_train');
    expect(train.numbers('adamw_betas')).toHaveLength(2);
    expect(train.boolean('norm_last_layer')).toBeTypeOf('boolean');
    expect(train.number('embed_dim')).toBeGreaterThan(0);
    expect(() => train.number('center_init')).toThrow(/not a number/);
  });
});

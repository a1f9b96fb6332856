import { describe, expect, it } from 'vitest';
import { createSampler } from './sampler';

const indices = Int32Array.from({ length: 22 }, (_, i) => 100 + 2 * i);

describe('createSampler', () => {
  it('shows every picture at most once a pass and drops the incomplete batch', () => {
    const sampler = createSampler(indices, 5, 0);
    expect(sampler.batchesPerPass).toBe(4);
    const pass = [0, 1, 2, 3].flatMap((step) => [...sampler.batchIndices(step)]);
    expect(pass.length).toBe(20);
    expect(new Set(pass).size).toBe(20);
    expect(pass.every((index) => indices.includes(index))).toBe(true);
  });

  it('shuffles every pass anew, and drops other pictures each time', () => {
    const sampler = createSampler(indices, 5, 0);
    const passes = Array.from({ length: 8 }, (_, pass) =>
      [0, 1, 2, 3].flatMap((step) => [...sampler.batchIndices(4 * pass + step)]),
    );
    expect(new Set(passes.map((pass) => pass.join())).size).toBe(8);
    expect(new Set(passes.flat()).size).toBe(22);
  });

  it('gives the same batch for the same step, in whatever order steps are asked for', () => {
    const forwards = createSampler(indices, 4, 7);
    const inOrder = Array.from({ length: 12 }, (_, step) => forwards.batchIndices(step));
    const backwards = createSampler(indices, 4, 7);
    for (let step = 11; step >= 0; step--) expect(backwards.batchIndices(step)).toEqual(inOrder[step]);
    expect(createSampler(indices, 4, 8).batchIndices(0)).not.toEqual(inOrder[0]);
  });

  it('leaves the caller’s indices as they are, also when a batch is written to', () => {
    const mine = indices.slice();
    const sampler = createSampler(mine, 22, 0);
    sampler.batchIndices(0).fill(-1);
    expect(mine).toEqual(indices);
    expect(sampler.batchIndices(0)).not.toContain(-1);
  });

  it.each([0, 23, 2.5, Number.NaN])('refuses a batch of %d out of 22', (batchSize) => {
    expect(() => createSampler(indices, batchSize, 0)).toThrow(
      expect.objectContaining({ code: 'sampler/batch-size', hint: expect.stringContaining('22') }),
    );
  });
});

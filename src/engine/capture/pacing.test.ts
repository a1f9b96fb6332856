import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { cutByWeight, HIDDEN_SUBMIT_MS, Pacer, setSubmitTarget, VISIBLE_SUBMIT_MS } from './pacing';

afterEach(() => setSubmitTarget(VISIBLE_SUBMIT_MS));

const lengths = (ends: readonly number[]) => ends.map((end, i) => end - (ends[i - 1] ?? 0));

describe('cutByWeight', () => {
  it('covers all operations in order, and exceeds the limit only where one operation alone does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (weights, limit) => {
          const ends = cutByWeight(weights, limit);
          expect(ends.at(-1)).toBe(weights.length);
          let at = 0;
          for (const end of ends) {
            expect(end).toBeGreaterThan(at);
            const sum = weights.slice(at, end).reduce((a, b) => a + b, 0);
            if (end - at > 1) expect(sum).toBeLessThanOrEqual(limit * 1.000001);
            at = end;
          }
        },
      ),
    );
  });
});

describe('Pacer', () => {
  it('sends a short step in one submit', () => {
    const pacer = new Pacer(100);
    expect(pacer.ends).toEqual([100]);
    pacer.observe(5);
    expect(pacer.ends).toEqual([100]);
    expect(pacer.wantsProfile).toBe(false);
  });

  it('sends the first step in several submits, as nobody knows how long it takes', () => {
    const pacer = new Pacer(1000);
    expect(pacer.ends.at(-1)).toBe(1000);
    expect(Math.max(...lengths(pacer.ends))).toBeLessThanOrEqual(128);
    pacer.observe(5);
    expect(pacer.ends).toEqual([1000]);
    expect(new Pacer(0).ends).toEqual([]);
  });

  it('cuts a long one evenly, and by what each operation takes once that is known', () => {
    const pacer = new Pacer(100);
    pacer.observe(10 * VISIBLE_SUBMIT_MS);
    expect(Math.max(...lengths(pacer.ends))).toBeLessThanOrEqual(10);
    expect(pacer.wantsProfile).toBe(true);
    pacer.weigh(Array.from({ length: 100 }, (_, i) => (i < 10 ? 11 : 0.1)));
    expect(pacer.wantsProfile).toBe(false);
    expect(pacer.ends.slice(0, 3)).toEqual([1, 2, 3]);
    expect(lengths(pacer.ends).at(-1)).toBeGreaterThan(50);
  });

  it('goes by the least of the last steps, and follows when they change for good', () => {
    const pacer = new Pacer(100);
    pacer.observe(5);
    for (let i = 0; i < 4; i++) pacer.observe(500);
    expect(pacer.ends).toEqual([100]);
    for (let i = 0; i < 8; i++) pacer.observe(500);
    expect(pacer.ends.length).toBeGreaterThan(30);
  });

  it('sends longer submits while nobody looks', () => {
    const pacer = new Pacer(100);
    pacer.observe(150);
    expect(pacer.ends.length).toBeGreaterThan(10);
    setSubmitTarget(HIDDEN_SUBMIT_MS);
    expect(pacer.ends).toEqual([100]);
  });
});

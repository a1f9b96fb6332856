import { describe, expect, it } from 'vitest';
import { normalQuantile, philox, randomStream } from './random';

describe('philox', () => {
  // Known answers published with the Random123 library (kat_vectors, philox4x32 10).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the published words for counter %j', (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox(Uint32Array.from(counter), key[0]!, key[1]!, out);
    expect([...out]).toEqual(expected);
  });
});

describe('randomStream', () => {
  const draw = (seed: number, name: string, n = 8) => {
    const random = randomStream(seed, name);
    return Array.from({ length: n }, () => random.bits());
  };

  it('repeats itself, and differs by seed and by name', () => {
    expect(draw(3, 'sampler')).toEqual(draw(3, 'sampler'));
    const starts = new Set(
      [0, 1, 2 ** 32, -1, 2 ** 53 - 1].flatMap((seed) =>
        ['sampler', 'crops', 'sampler ', ''].map((name) => draw(seed, name).join()),
      ),
    );
    expect(starts.size).toBe(20);
  });

  it('never changes: a stored recipe must give the same run for ever', () => {
    expect(draw(0, 'init', 4)).toMatchInlineSnapshot(`
      [
        2919951484,
        3787827860,
        553238306,
        3908629331,
      ]
    `);
  });

  it('refuses seeds that are not whole numbers', () => {
    for (const seed of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => randomStream(seed, 'x')).toThrow(expect.objectContaining({ code: 'random/seed' }));
    }
  });

  it('draws uniforms with the right mean, variance and range', () => {
    const random = randomStream(1, 'uniform');
    const values = Float64Array.from({ length: 100_000 }, () => random.uniform(-2, 4));
    const { mean, variance } = moments(values);
    expect(mean).toBeCloseTo(1, 1);
    expect(variance).toBeCloseTo(3, 1);
    expect(values.every((value) => value >= -2 && value < 4)).toBe(true);
  });

  it('draws normals with the right mean, variance and tails', () => {
    const random = randomStream(1, 'normal');
    const values = Float64Array.from({ length: 200_000 }, () => random.normal(5, 2));
    const { mean, variance } = moments(values);
    expect(Math.abs(mean - 5)).toBeLessThan(0.02);
    expect(Math.abs(variance - 4)).toBeLessThan(0.05);
    const beyondTwo = values.filter((value) => Math.abs(value - 5) > 4).length / values.length;
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(0.002);
  });

  it('draws integers evenly, also where n does not divide 2³²', () => {
    const random = randomStream(2, 'integer');
    const counts = new Int32Array(7);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(450);
    expect(random.integer(1)).toBe(0);
    expect(() => random.integer(0)).toThrow(RangeError);
  });

  it('shuffles: every order of three is equally likely and nothing is lost', () => {
    const random = randomStream(4, 'shuffle');
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = random.shuffle(['a', 'b', 'c']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
    expect([...random.permutation(50)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
  });
});

describe('normalQuantile', () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.8413447460685429, 1],
    [1e-10, -6.361340902404056],
    [2 ** -33, -6.338],
  ])('of %d is %d', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, p === 2 ** -33 ? 1 : 9);
  });
});

function moments(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { randomStream } from '../platform/random';
import { fitLinearProbe, type LinearProbe, type LinearProbeInput } from './linearProbe';

/** Overlapping classes in correlated, half-rectified features, as a network gives. */
function cloud(n: number, dim: number, classes: number, spread: number, seed = 0): LinearProbeInput {
  const random = randomStream(seed, 'probe test');
  const centres = Float64Array.from({ length: classes * dim }, () => random.normal());
  const labels = Int32Array.from({ length: n }, (_, i) => i % classes);
  const shared = Float64Array.from({ length: n }, () => random.normal(0, 2));
  const features = Float32Array.from({ length: n * dim }, (_, at) => {
    const [i, d] = [Math.floor(at / dim), at % dim];
    const value = spread * centres[labels[i]! * dim + d]! + random.normal() + shared[i]!;
    return Math.max(0, value / (1 + d / 4));
  });
  return { features, labels, dim, classes };
}

/** Largest entry of the gradient of mean cross-entropy + l2·‖W‖² over standardised features, written plainly. */
function steepness({ features, labels, dim, classes }: LinearProbeInput, probe: LinearProbe, l2: number) {
  const n = labels.length;
  const column = (d: number) => Array.from({ length: n }, (_, i) => features[i * dim + d]!);
  const probabilities = Array.from({ length: n }, (_, i) => {
    const logits = Array.from({ length: classes }, (_, c) => {
      let logit = probe.bias[c]!;
      for (let d = 0; d < dim; d++) logit += probe.weight[c * dim + d]! * features[i * dim + d]!;
      return logit;
    });
    const exps = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
    return exps.map((e) => e / exps.reduce((a, b) => a + b));
  });
  let most = 0;
  for (let d = 0; d < dim; d++) {
    const values = column(d);
    const mean = values.reduce((a, b) => a + b) / n;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
    for (let c = 0; c < classes; c++) {
      let slope = 2 * l2 * probe.weight[c * dim + d]! * deviation;
      for (let i = 0; i < n; i++) {
        const residual = probabilities[i]![c]! - (labels[i] === c ? 1 : 0);
        slope += (residual * (values[i]! - mean)) / deviation / n;
      }
      most = Math.max(most, Math.abs(slope));
    }
  }
  return most;
}

function accuracy(probe: LinearProbe, { features, labels, classes }: LinearProbeInput): number {
  const probabilities = probe.predict(features);
  const right = labels.filter((label, i) => {
    const row = [...probabilities.subarray(i * classes, (i + 1) * classes)];
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / labels.length;
}

describe('linear probe', () => {
  it.each([
    ['many images, few features', cloud(120, 7, 3, 0.4)],
    ['few images, many features', cloud(12, 60, 4, 0.4)],
    ['one image of each class', cloud(5, 9, 5, 1)],
  ])('stands where the penalised cross-entropy is flat: %s', async (_, input) => {
    for (const l2 of [1e-3, 0.1]) {
      const probe = await fitLinearProbe({ ...input, l2 });
      expect(probe!.converged).toBe(true);
      expect(steepness(input, probe!, l2)).toBeLessThan(2e-5);
    }
  });

  it('gives the value that one equation gives for two images', async () => {
    const input = { features: Float32Array.of(3, 7), labels: Int32Array.of(0, 1), dim: 1, classes: 2 };
    const probe = await fitLinearProbe({ ...input, l2: 0.05 });
    // Standardised to ±1: 2·sigmoid(−2w) = 4·l2·w, by bisection.
    let [low, high] = [0, 10];
    for (let i = 0; i < 60; i++) {
      const w = (low + high) / 2;
      if (2 / (1 + Math.exp(2 * w)) > 4 * 0.05 * w) low = w;
      else high = w;
    }
    const expected = 1 / (1 + Math.exp(-2 * low));
    expect(probe!.predict(Float32Array.of(3, 5))[0]).toBeCloseTo(expected, 3);
    expect(probe!.predict(Float32Array.of(5))[1]).toBeCloseTo(0.5, 6);
  });

  it('finds classes that can be told apart in images it has not seen', async () => {
    const all = cloud(600, 32, 6, 1);
    const labels = all.labels.map((label, i) => (i < 120 ? label : -1));
    const probe = await fitLinearProbe({ ...all, labels });
    const rest = { ...all, features: all.features.subarray(120 * 32), labels: all.labels.subarray(120) };
    expect(accuracy(probe!, rest)).toBeGreaterThan(0.8);
  });

  it('converges soon although features are strongly correlated', async () => {
    const input = cloud(800, 128, 10, 0.1);
    const probe = await fitLinearProbe(input);
    expect(probe!.converged).toBe(true);
    expect(probe!.iterations).toBeLessThan(100);
  });

  it('takes no notice of images without a label', async () => {
    const input = cloud(30, 8, 3, 1);
    const strange = Float32Array.from({ length: 16 }, (_, i) => 1e6 * i);
    const probe = await fitLinearProbe(input);
    const beside = await fitLinearProbe({
      ...input,
      features: Float32Array.of(...strange, ...input.features),
      labels: Int32Array.of(-1, -1, ...input.labels),
    });
    expect([...beside!.weight]).toEqual([...probe!.weight]);
  });

  it('leaves out images whose features are no numbers', async () => {
    const input = cloud(30, 8, 3, 1);
    const broken = { ...input, features: input.features.slice() };
    broken.features[29 * 8 + 3] = Number.NaN;
    const labels = input.labels.map((label, i) => (i === 29 ? -1 : label));
    const probe = await fitLinearProbe(broken);
    expect([...probe!.weight]).toEqual([...(await fitLinearProbe({ ...input, labels }))!.weight]);
    expect(await fitLinearProbe({ ...input, features: new Float32Array(240).fill(Number.NaN) })).toBeNull();
  });

  it('never says a class without a labelled image, and is sure when there is only one', async () => {
    const input = cloud(20, 5, 2, 1);
    const probe = await fitLinearProbe({ ...input, labels: input.labels.map((l) => 3 * l), classes: 5 });
    const probabilities = probe!.predict(input.features);
    for (let i = 0; i < 20; i++) {
      const row = probabilities.subarray(5 * i, 5 * i + 5);
      expect([row[1], row[2], row[4]]).toEqual([0, 0, 0]);
      expect(row[0]! + row[3]!).toBeCloseTo(1, 6);
    }
    const single = await fitLinearProbe({ ...input, labels: new Int32Array(20).fill(1) });
    expect([...single!.predict(input.features.subarray(0, 5))]).toEqual([0, 1]);
    expect(await fitLinearProbe({ ...input, labels: new Int32Array(20).fill(-1) })).toBeNull();
  });

  it('falls back on how frequent classes are where features say nothing', async () => {
    for (const dim of [1, 9]) {
      const features = new Float32Array(3 * dim).fill(0.25);
      const probe = await fitLinearProbe({ features, labels: Int32Array.of(1, 0, 1), dim, classes: 2 });
      const [first, second] = probe!.predict(features);
      expect(first).toBeCloseTo(1 / 3, 4);
      expect(second).toBeCloseTo(2 / 3, 4);
    }
  });

  it('answers nothing for a feature that is no number', async () => {
    const probe = await fitLinearProbe(cloud(20, 3, 2, 1));
    expect([...probe!.predict(Float32Array.of(1, Number.NaN, 1))]).toEqual([0, 0]);
  });

  it('does not care in which unit, or from which zero, a feature is measured', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(99),
        fc.integer({ min: -3, max: 8 }),
        fc.integer({ min: -4, max: 4 }),
        async (seed, power, shift) => {
          const input = cloud(40, 6, 3, 0.5, seed);
          const features = input.features.map((value, at) =>
            at % 6 === 2 ? value * 2 ** power + shift : value,
          );
          const plain = await fitLinearProbe(input);
          const measured = await fitLinearProbe({ ...input, features });
          const expected = plain!.predict(input.features);
          for (const [at, probability] of measured!.predict(features).entries()) {
            expect(Math.abs(probability - expected[at]!)).toBeLessThan(2e-3);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('lets others work in between, and ends when told to', async () => {
    const input = cloud(600, 64, 10, 0.2);
    const breathe = vi.fn(() => Promise.resolve());
    const calm = await fitLinearProbe(input, breathe);
    expect(breathe.mock.calls.length).toBeGreaterThan(1);
    expect([...(await fitLinearProbe(input))!.weight]).toEqual([...calm!.weight]);
    const stopped = fitLinearProbe(input, () => Promise.reject(new Error('stopped')));
    await expect(stopped).rejects.toThrow('stopped');
  });
});

import { describe, expect, it } from 'vitest';
import { knnAccuracies, knnClassify, leaveOneOutKnn, nearestNeighbours, top1 } from './knn';

/** Unit vectors in the plane at these angles in degrees, their lengths all different. */
function fan(...degrees: number[]): Float32Array {
  return Float32Array.from(
    degrees.flatMap((angle, i) => {
      const radians = (angle * Math.PI) / 180;
      return [(i + 1) * Math.cos(radians), (i + 1) * Math.sin(radians)];
    }),
  );
}

describe('weighted k-NN', () => {
  it('lets one close neighbour outvote two far ones, which a plain majority would not', () => {
    const train = fan(10, 40, 50);
    const input = { train, trainLabels: Int32Array.of(1, 0, 0), test: fan(5), dim: 2, classes: 2, k: 3 };
    const { pred, votes, similarity } = knnClassify({ ...input, temperature: 0.07 });
    expect([...pred]).toEqual([1]);
    expect(similarity[0]).toBeCloseTo(Math.cos((5 * Math.PI) / 180), 6);
    expect(votes[1]).toBeCloseTo(Math.exp(similarity[0]! / 0.07), -1);
    expect([...knnClassify({ ...input, temperature: 10 }).pred]).toEqual([0]);
  });

  it('works with a single test image and with fewer train images than k', () => {
    const result = knnClassify({
      train: fan(0, 90),
      trainLabels: Int32Array.of(3, 1),
      test: fan(80),
      dim: 2,
      classes: 4,
      k: 20,
    });
    expect([...result.pred]).toEqual([1]);
    expect(result.similarity).toHaveLength(2);
  });

  it('never lets an unlabelled image vote or be scored', () => {
    const accuracies = knnAccuracies({
      train: fan(1, 30, 100),
      trainLabels: Int32Array.of(-1, 0, 1),
      test: fan(1, 99, 50),
      testLabels: Int32Array.of(0, 1, -1),
      dim: 2,
      classes: 2,
      ks: [1],
    });
    expect(accuracies).toEqual([100]);
  });

  it('has nothing to say without labels', () => {
    const none = Int32Array.of(-1, -1);
    expect(leaveOneOutKnn({ features: fan(1, 2), labels: none, dim: 2, classes: 0, k: 1 })).toBeNull();
    const input = { train: fan(1), trainLabels: Int32Array.of(-1), test: fan(1), testLabels: none.slice(1) };
    expect(knnAccuracies({ ...input, dim: 2, classes: 0, ks: [1, 2] })).toEqual([null, null]);
    expect(top1([], [])).toBeNull();
  });

  it('decides ties by order: the earlier neighbour, the lower class', () => {
    const same = fan(20, 20, 20, 20);
    expect([...nearestNeighbours(same, fan(20), 2, 2).indices]).toEqual([0, 1]);
    const tied = { train: fan(20, 20), test: fan(20), dim: 2, classes: 3, k: 2 };
    expect([...knnClassify({ ...tied, trainLabels: Int32Array.of(2, 1) }).pred]).toEqual([1]);
  });

  it('predicts nothing for features that are not numbers, and gives a zero feature no direction', () => {
    const input = { train: fan(20, 80), trainLabels: Int32Array.of(0, 1), dim: 2, classes: 2, k: 2 };
    const { pred, similarity } = knnClassify({ ...input, test: Float32Array.of(Number.NaN, 1, 0, 0) });
    expect(pred[0]).toBe(-1);
    expect([...similarity.subarray(2)]).toEqual([0, 0]);
  });

  it('finds the neighbours that a full sort finds, across block borders', () => {
    const dim = 3;
    const [n, m, k] = [151, 67, 9];
    const value = (i: number) => Math.sin(i * 12.9898) * 43758.5453;
    const train = Float32Array.from({ length: n * dim }, (_, i) => value(i) - Math.round(value(i)));
    const test = Float32Array.from(
      { length: m * dim },
      (_, i) => value(i + 7777) - Math.round(value(i + 7777)),
    );
    const { indices } = nearestNeighbours(train, test, dim, k);
    const row = (of: Float32Array, i: number) => of.subarray(i * dim, (i + 1) * dim);
    const cosine = (a: Float32Array, b: Float32Array) => {
      const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, d) => sum + value * y[d]!, 0);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    for (let i = 0; i < m; i++) {
      const order = [...Array(n).keys()].sort(
        (a, b) => cosine(row(train, b), row(test, i)) - cosine(row(train, a), row(test, i)),
      );
      expect([...indices.subarray(i * k, (i + 1) * k)], `image ${i}`).toEqual(order.slice(0, k));
    }
  });
});

describe('leave-one-out', () => {
  it('does not let an image find itself', () => {
    const features = fan(0, 1, 90, 91, 45);
    const labels = Int32Array.of(0, 0, 1, 1, 2);
    expect(leaveOneOutKnn({ features, labels, dim: 2, classes: 3, k: 1 })).toBe(80);
  });

  it('leaves unlabelled images out altogether', () => {
    const features = fan(0, 0.1, 1, 90, 91);
    const labels = Int32Array.of(0, -1, 0, 1, 1);
    expect(leaveOneOutKnn({ features, labels, dim: 2, classes: 2, k: 1 })).toBe(100);
  });
});

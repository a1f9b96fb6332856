import { describe, expect, it } from 'vitest';
import { expectClose, loadFixture } from '../checkpoint/parity';
import { knnAccuracies, knnClassify } from './knn';

describe('k-NN against the official evaluation', () => {
  const golden = loadFixture('knn');
  const input = {
    train: golden.floats('train_features'),
    trainLabels: golden.integers('train_labels'),
    test: golden.floats('test_features'),
    dim: golden.number('dim'),
    classes: golden.number('num_classes'),
    temperature: golden.number('T'),
  };
  const testLabels = golden.integers('test_labels');

  it.each(golden.numbers('k_values'))('gives the same neighbours, votes and predictions for k = %i', (k) => {
    const { pred, votes, similarity } = knnClassify({ ...input, k });
    expectClose(golden, `k${k}/similarity`, similarity);
    expectClose(golden, `k${k}/votes`, votes);
    expectClose(golden, `k${k}/pred`, pred);
    const [accuracy] = knnAccuracies({ ...input, testLabels, ks: [k] });
    expectClose(golden, `k${k}/top1`, [accuracy ?? Number.NaN]);
  });

  it('gives the same accuracies when one search serves every k', () => {
    const ks = golden.numbers('k_values');
    const together = knnAccuracies({ ...input, testLabels, ks });
    expect(together).toEqual(ks.map((k) => knnAccuracies({ ...input, testLabels, ks: [k] })[0]));
  });
});

/** k-NN scores of a feature matrix whose rows are those of a scoring sample: the bank first, then the test. */

import { knnAccuracies, leaveOneOutKnn } from '../evaluation';
import type { KnnScores } from './protocol';
import type { ScoringSample } from './scoringSample';

const unlabelled: KnnScores = { knn10: null, knn20: null, looKnn10: null };

/**
 * @param features [bank + test, dim]
 * @param breathe awaited between the two searches, which can take a second each
 */
export async function classifyFeatures(
  features: Float32Array,
  sample: ScoringSample,
  classes: number,
  breathe: () => Promise<void>,
): Promise<KnnScores> {
  const { bank, labels } = sample;
  if (classes === 0 || labels.length === 0) return unlabelled;
  const dim = features.length / labels.length;
  const [knn10 = null, knn20 = null] = knnAccuracies({
    train: features.subarray(0, bank.length * dim),
    trainLabels: labels.subarray(0, bank.length),
    test: features.subarray(bank.length * dim),
    testLabels: labels.subarray(bank.length),
    dim,
    classes,
    ks: [10, 20],
  });
  await breathe();
  const looKnn10 = leaveOneOutKnn({ features, labels, dim, classes, k: 10 });
  await breathe();
  return { knn10, knn20, looKnn10 };
}

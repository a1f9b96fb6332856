import { describe, expect, it } from 'vitest';
import type { BaselinesReport, EvaluationReport } from '../../../session/protocol';
import { knnBaselines, standardError, verdict } from './verdict';

const evaluation: EvaluationReport = {
  step: 250,
  classification: null,
  testImages: 400,
  bankImages: 1600,
  knn10: 73.6,
  knn20: 74,
  looKnn10: 75,
  jaccardHeadMean: 30,
  jaccardBestHead: 45,
  jaccardMeanMap: 31,
  jaccardX2: null,
  featureDim: 64,
  featureStd: 0.05,
  featureStdScaled: 0.4,
  rankMe: 20,
  seconds: 1,
};
const none = { knn10: null, knn20: null, looKnn10: null };
const baselines: BaselinesReport = {
  chance: 10,
  randomInit: {
    knn10: 66,
    knn20: 66,
    looKnn10: 65,
    jaccardHeadMean: 20,
    jaccardBestHead: 39,
    jaccardX2: null,
  },
  pixels: { knn10: 80, knn20: 79, looKnn10: 81 },
  histogram: { knn10: 74, knn20: 72, looKnn10: 70 },
  wholeImage: 18,
  centredDisc: { jaccard: 34, radius: 20 },
  oracle: 68,
};

describe('the verdict on k-NN', () => {
  it('says when pixels alone still do better, and does not call a tie a win', () => {
    const sentence = verdict(evaluation, baselines, 'held-out')!;
    expect(sentence).toContain('73.6 % of the held-out pictures');
    expect(sentence).toContain('7.6 points above the random network');
    expect(sentence).toContain('no better or worse than the colour histogram');
    expect(sentence).toContain('6.4 points below raw pixels');
    expect(sentence).toContain('over 400 pictures is uncertain by ±2.2');
  });

  it('compares leave-one-out with leave-one-out', () => {
    const sentence = verdict(evaluation, baselines, 'leave-one-out')!;
    expect(sentence).toContain('6.0 points below raw pixels');
    expect(sentence).toContain('over 2000 pictures');
  });

  it('is silent without a score, and says the score alone without baselines', () => {
    expect(verdict({ ...evaluation, knn10: null }, baselines, 'held-out')).toBeNull();
    expect(verdict(evaluation, null, 'held-out')).toMatch(/^73\.6 % of the held-out pictures get .*\. One/);
  });

  it('leaves out baselines that do not exist', () => {
    const partial = { ...baselines, pixels: none };
    expect(knnBaselines(partial, 'held-out').map(({ name }) => name)).not.toContain('raw pixels');
    expect(knnBaselines(null, 'held-out')).toEqual([]);
  });

  it('knows the error of a share', () => {
    expect(standardError(50, 100)).toBeCloseTo(5, 10);
    expect(standardError(100, 100)).toBe(0);
  });
});

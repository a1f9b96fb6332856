/** Scores, baselines and diagnosis: what the session may use. Plain typed arrays in, numbers out. */

export type { Advice } from './advice';
export { attentionMask, attentionMasks } from './attentionMask';
export { histogramFeatures, pixelFeatures, withoutMean } from './baselineFeatures';
export { effectiveRank, entropy, featureStd, outputMetrics, rankMe, singularValues } from './collapse';
export type { Diagnosis, DiagnosisInput, DiagnosisState } from './diagnosis';
export { diagnose } from './diagnosis';
export type { Gauge } from './gauges';
export type { AttentionScore } from './jaccard';
export { jaccard, scoreAttention } from './jaccard';
export { KNN_TEMPERATURE, knnAccuracies, knnClassify, leaveOneOutKnn } from './knn';
export { maskBaselines, oracleMask, randomMask } from './maskBaselines';

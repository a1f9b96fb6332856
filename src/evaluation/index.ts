/** Scores, baselines and diagnosis: what the session may use. Plain typed arrays in, numbers out. */

export type { Advice } from './advice';
export { attentionMasks } from './attentionMask';
export { histogramFeatures, pixelFeatures, withoutMean } from './baselineFeatures';
export { featureStd, rankMe, singularValues } from './collapse';
export type { Diagnosis, DiagnosisInput, DiagnosisState } from './diagnosis';
export { diagnose } from './diagnosis';
export type { Gauge } from './gauges';
export type { AttentionScore } from './jaccard';
export { scoreAttention } from './jaccard';
export { knnAccuracies, leaveOneOutKnn } from './knn';
export { maskBaselines, oracleMask } from './maskBaselines';

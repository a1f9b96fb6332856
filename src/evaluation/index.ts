/** Scores, baselines and diagnosis: what the session may use. Plain typed arrays in, numbers out. */

export { attentionMasks } from './attentionMask';
export { histogramFeatures, pixelFeatures, withoutMean } from './baselineFeatures';
export type { ClassificationScore } from './classification';
export { scoreClassification } from './classification';
export { featureStd, rankMe, singularValues } from './collapse';
export type {
  Advice,
  Diagnosis,
  DiagnosisInput,
  DiagnosisState,
  EvaluationNumbers,
  Gauge,
  StepNumbers,
} from './diagnosis';
export { DIAGNOSED_STEPS, diagnose } from './diagnosis';
export type { AttentionScore } from './jaccard';
export { scoreAttention } from './jaccard';
export { knnAccuracies, knnClassify, leaveOneOutKnn } from './knn';
export type { LinearProbe, LinearProbeInput } from './linearProbe';
export { fitLinearProbe } from './linearProbe';
export { maskBaselines, oracleMask } from './maskBaselines';
export type { LabelPick } from './pickLabels';
export { pickLabels } from './pickLabels';
export { takeRows } from './rows';
export type { SoftNeighbourInput } from './softNeighbours';
export { softNeighbourProbabilities } from './softNeighbours';

/** The data sets: built-in pictures, imported folders, and how they are split and sampled. */
export {
  heldOutIndices,
  type ImageDataset,
  type ImageDatasetSummary,
  type SkippedFile,
  summary,
  trainIndices,
} from './imageDataset';
export { type ImportOptions, importFolder, importLimits } from './importFolder';
export {
  type BuiltinName,
  type BuiltinOptions,
  builtinNames,
  makeBuiltinDataset,
} from './procedural/builtin';
export { resampleSquare } from './resample';
export { createSampler, type Sampler } from './sampler';
export { drawHeldOut } from './split';

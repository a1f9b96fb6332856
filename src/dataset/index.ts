/** The data sets: built-in pictures, imported folders, and how they are split and sampled. */
export { datasetFromIndex } from './fromIndex';
export {
  type ImageDataset,
  type ImageDatasetSummary,
  summary,
  trainIndices,
} from './imageDataset';
export { type MaskStore, memoryMasks, memoryPixels, type PixelStore } from './pixelStore';
export { makeBuiltinDataset, makeBuiltinInTurns } from './procedural/builtin';
export { type BuiltinName, type BuiltinOptions, builtinOptions } from './procedural/options';
export { createSampler, type Sampler } from './sampler';

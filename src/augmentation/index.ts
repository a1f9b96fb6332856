/** Multi-crop and colour augmentation from explicit parameters, on the GPU where there is one. */
export { type AugmentOptions, augment, augmentRows, evaluationBatch } from './augment';
export { denormalise } from './display';
export { blankImages, type ImageStore, openImages } from './imageStore';
export {
  boxesOf,
  COLUMNS,
  type CropBox,
  type CropRecipe,
  cropStream,
  type DrawnCrops,
  drawCrops,
  type ImageSize,
  type Stages,
  supportCropStream,
  supportGroup,
  type View,
  type ViewGroup,
  viewGroups,
  viewParameters,
} from './parameters';

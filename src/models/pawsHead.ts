/**
 * Heads of the official PAWS (init_model of src/paws_train.py, facebookresearch/suncet): the projection `fc`, three
 * linear layers with batch norm and ReLU between them, gives the representation h; the optional prediction `pred`, a
 * bottleneck of a quarter of the width, gives z. Both run group by group, as the trunk does: batch norm sees one
 * group of views at a time. Official names, beside the trunk's and without a prefix; torch's default initialisation.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { batchNormSpecs } from './batchNorm';
import { layersOf } from './convnet';
import { convolutionInit, type ParameterSpec, type Reader } from './parameters';
import type { Trunk } from './trunk';
import { joinGroups, type TrunkOptions, type ViewBatch } from './viewBatch';

export interface PawsHeadConfig {
  inDim: number;
  /** Officially as many as there are features: 128 for the Wide ResNet 28-2, 2048 for ResNet 50. */
  hiddenDim: number;
  outDim: number;
  usePredHead: boolean;
}

export interface PawsEmbeddings {
  /** [views·B, inDim] of each group: what the trunk gives. */
  features: tf.Tensor[];
  /** [views·B, outDim]: of the projection; targets are made from it. */
  h: tf.Tensor;
  /** [views·B, outDim]: of the prediction; h itself where there is none. */
  z: tf.Tensor;
}

/** Width of the prediction head's bottleneck as a share of its output. */
const BOTTLENECK = 4;

function linearSpecs(name: string, outputs: number, inputs: number): ParameterSpec[] {
  // torch's default of linear layers is that of convolutions.
  const init = convolutionInit(inputs);
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], init },
    { name: `${name}.bias`, shape: [outputs], init },
  ];
}

/** The heads' parameters in official order. */
export function pawsHeadParameters({
  inDim,
  hiddenDim,
  outDim,
  usePredHead,
}: PawsHeadConfig): ParameterSpec[] {
  const inner = Math.floor(outDim / BOTTLENECK);
  return [
    ...linearSpecs('fc.fc1', hiddenDim, inDim),
    ...batchNormSpecs('fc.bn1', hiddenDim),
    ...linearSpecs('fc.fc2', hiddenDim, hiddenDim),
    ...batchNormSpecs('fc.bn2', hiddenDim),
    ...linearSpecs('fc.fc3', outDim, hiddenDim),
    ...(usePredHead
      ? [
          ...batchNormSpecs('pred.bn1', outDim),
          ...linearSpecs('pred.fc1', inner, outDim),
          ...batchNormSpecs('pred.bn2', inner),
          ...linearSpecs('pred.fc2', outDim, inner),
        ]
      : []),
  ];
}

/** Features [B, inDim] of one group → h [B, outDim]. */
export function pawsProjection(read: Reader, features: tf.Tensor, options: TrunkOptions): tf.Tensor {
  const { norm, dense: fc } = layersOf(read, options);
  const first = norm(fc(features, 'fc.fc1'), 'fc.bn1', { relu: true });
  const second = norm(fc(first, 'fc.fc2'), 'fc.bn2', { relu: true });
  return fc(second, 'fc.fc3');
}

/** h [B, outDim] of one group → z [B, outDim]. */
export function pawsPrediction(read: Reader, h: tf.Tensor, options: TrunkOptions): tf.Tensor {
  const { norm, dense: fc } = layersOf(read, options);
  const inner = fc(norm(h, 'pred.bn1'), 'pred.fc1');
  return fc(norm(inner, 'pred.bn2', { relu: true }), 'pred.fc2');
}

/** Groups of images [B, 3, H, W] through trunk and heads, group by group: features of each, h and z of all in order. */
export function pawsForward(
  read: Reader,
  trunk: Trunk,
  { usePredHead }: PawsHeadConfig,
  groups: readonly ViewBatch[],
  options: TrunkOptions,
): PawsEmbeddings {
  const parts = trunk.forwardEach(read, groups, options).map((features) => {
    const h = pawsProjection(read, features, options);
    return { features, h, z: usePredHead ? pawsPrediction(read, h, options) : h };
  });
  const h = joinGroups(parts.map((part) => part.h));
  const z = usePredHead ? joinGroups(parts.map((part) => part.z)) : h;
  return { features: parts.map((part) => part.features), h, z };
}

/** A linear classifier on a trunk's features (torch.nn.Linear). */
import type * as tf from '@tensorflow/tfjs-core';
import { linear } from '../engine/kernels/linear';
import { convolutionInit, type Initialiser, type ParameterSpec, type Reader } from './parameters';

/** The classifier's parameters, `classifier.*`; torch's default initialisation unless told. */
export function classifierParameters(
  inDim: number,
  classes: number,
  init: Initialiser = convolutionInit(inDim),
): ParameterSpec[] {
  return [
    { name: 'classifier.weight', shape: [classes, inDim], init },
    { name: 'classifier.bias', shape: [classes], init },
  ];
}

/** Features [B, inDim] → logits [B, classes]. */
export function classifierLogits(read: Reader, features: tf.Tensor): tf.Tensor {
  return linear(features, read('classifier.weight'), read('classifier.bias'));
}

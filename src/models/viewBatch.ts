/**
 * What a trunk is given: images in groups of equal size, and how it is to look at them.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Views of one size: [views·B, 3, S, S], view-major, and the student's stochastic-depth draws for them. */
export interface ViewBatch {
  crops: tf.Tensor;
  /** Uniform draws [calls, views·B], one row per call in order; without them nothing is dropped. */
  dropPath?: tf.Tensor;
}

export interface TrunkOptions {
  /** Batch norm's mode: batch statistics while training, running ones for evaluation. */
  mode: 'train' | 'eval';
  /** Share of this batch in the running statistics; each layer's own, mostly torch's 0.1, unless told. */
  batchNormMomentum?: number;
  /** True to give dL/d images, where the trunk is convolutional. */
  inputGradient?: boolean;
}

/** The rows of all groups in one matrix, group by group. */
export const joinGroups = (parts: tf.Tensor[]): tf.Tensor =>
  parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts);

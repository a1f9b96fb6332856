/**
 * What a trunk is given: images in groups of equal size.
 */
import type * as tf from '@tensorflow/tfjs-core';

/** Views of one size: [views·B, 3, S, S], view-major, and the student's stochastic-depth draws for them. */
export interface ViewBatch {
  crops: tf.Tensor;
  /** Uniform draws [calls, views·B], one row per call in order; without them nothing is dropped. */
  dropPath?: tf.Tensor;
}

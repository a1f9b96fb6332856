/**
 * Parameters that are known to have no influence on a loss: the biases in front of a batch norm in training mode, which
 * subtracts them again. Summing their gradient would give rounding noise, which some optimisers blow up to full steps.
 */
import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '../engine/gradient';

/** `x` itself; the parameters get a gradient of exactly zero from here. */
export function withZeroGradient(x: tf.Tensor, parameters: readonly tf.Tensor[]): tf.Tensor {
  if (parameters.length === 0) return x;
  return withGradient([x, ...parameters], ([value]) => ({
    value: tf.clone(value as tf.Tensor),
    gradient: (dy) => [tf.clone(dy), ...parameters.map(({ shape }) => tf.zeros(shape))],
  }));
}

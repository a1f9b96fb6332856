/**
 * Custom gradients with a list of inputs instead of tfjs's variadic arguments.
 */
import * as tf from '@tensorflow/tfjs-core';

interface Differentiable {
  value: tf.Tensor;
  /** dL/d each input, in order, computed eagerly from dL/d value and the saved tensors. */
  gradient: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];
}

/**
 * An operation with its own gradient. `forward` may call `save` once for what the gradient needs.
 */
export function withGradient(
  inputs: readonly tf.Tensor[],
  forward: (inputs: tf.Tensor[], save: (tensors: tf.Tensor[]) => void) => Differentiable,
): tf.Tensor {
  const operation = tf.customGrad((...args: Array<tf.Tensor | tf.GradSaveFunc>) => {
    const save = args.pop() as tf.GradSaveFunc;
    const { value, gradient } = forward(args as tf.Tensor[], (tensors) => save(tensors));
    return { value, gradFunc: gradient };
  });
  return operation(...inputs);
}

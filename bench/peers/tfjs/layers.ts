/** Layers as one writes them with tfjs's operations; kernels are [inputs, outputs], pictures [B, H, W, C]. */
import * as tf from '@tensorflow/tfjs-core';

/** How a model reads its weights. */
export type Weights = (name: string) => tf.Tensor;

export const scope =
  (weights: Weights, prefix: string): Weights =>
  (name) =>
    weights(prefix + name);

/** x [rows, inputs] → [rows, outputs] */
export function dense(x: tf.Tensor2D, weights: Weights, name: string): tf.Tensor2D {
  const kernel = weights(`${name}.weight`) as tf.Tensor2D;
  return tf.fused.matMul({ a: x, b: kernel, bias: weights(`${name}.bias`) }) as tf.Tensor2D;
}

export function layerNorm(x: tf.Tensor2D, weights: Weights, name: string, epsilon: number): tf.Tensor2D {
  const { mean, variance } = tf.moments(x, -1, true);
  const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(normal, weights(`${name}.weight`)), weights(`${name}.bias`));
}

/** The exact GELU. */
export function gelu<T extends tf.Tensor>(x: T): T {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)) as T;
}

/** Rows divided by their length. */
export function unitRows(x: tf.Tensor2D): tf.Tensor2D {
  const length = tf.sqrt(tf.sum(tf.square(x), -1, true));
  return tf.div(x, tf.maximum(length, 1e-12));
}

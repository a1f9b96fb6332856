/**
 * A multi-layer perceptron with GELU between its layers, as one operation with its own gradient. Every layer is
 * one product; its activation and the activation's slope are taken where the products are made.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { webgpu } from '../backend';
import { fused } from './fused';
import { geluComposed } from './gelu';
import { linearComposed, linearWeightGradient } from './linear';
import { backThroughWeight, timesWeight } from './product';

export interface PerceptronParameters {
  /** [out, in] of every layer. */
  weights: tf.Tensor[];
  /** [out] of every layer. */
  biases: tf.Tensor[];
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function perceptronComposed(x: tf.Tensor, { weights, biases }: PerceptronParameters): tf.Tensor {
  return weights.reduce(
    (input, weight, i) =>
      linearComposed(i === 0 ? input : geluComposed(input), weight, biases[i] as tf.Tensor),
    x,
  );
}

/** x [rows, in of the first layer] → [rows, out of the last]. */
export function perceptron(x: tf.Tensor, parameters: PerceptronParameters): tf.Tensor {
  const backend = webgpu();
  if (!backend) return perceptronComposed(x, parameters);
  const rows = x.shape[0] as number;
  return fused(
    { x, ...parameters },
    (p) => {
      /** What enters each layer, and what each but the last gave before its activation. */
      const entering = [p.x];
      const before: tf.Tensor[] = [];
      for (const [i, weight] of p.weights.entries()) {
        const bias = p.biases[i] as tf.Tensor;
        const input = entering[i] as tf.Tensor;
        if (i === p.weights.length - 1) {
          entering.push(timesWeight(input, weight, { bias }));
          continue;
        }
        const keep = backend.allocate([rows, bias.size]);
        before.push(keep);
        entering.push(timesWeight(input, weight, { bias, keep, activation: 'gelu' }));
      }
      const value = entering.pop() as tf.Tensor;
      return { value, saved: { entering, before, weights: p.weights } };
    },
    (dy, s) => {
      const weights: tf.Tensor[] = [];
      const biases: tf.Tensor[] = [];
      let d = dy;
      for (let i = s.weights.length - 1; i >= 0; i--) {
        const weight = s.weights[i] as tf.Tensor;
        const [outputs, inputs] = weight.shape as [number, number];
        const input = s.entering[i] as tf.Tensor;
        const [dWeight, dBias] = linearWeightGradient(d, input, rows, outputs, inputs, true);
        weights.unshift(dWeight as tf.Tensor);
        biases.unshift(dBias as tf.Tensor);
        const geluGradientOf = s.before[i - 1];
        d = backThroughWeight(d, weight, geluGradientOf ? { geluGradientOf } : {});
      }
      return { x: d, weights, biases };
    },
  );
}

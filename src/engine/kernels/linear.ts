/**
 * Linear layer in PyTorch's layout: y = x Wᵀ + b, W [out, in] (torch.nn.Linear), with a GELU and a residual
 * that cost no pass of their own.
 */
import * as tf from '@tensorflow/tfjs-core';
import { webgpu } from '../backend';
import { withGradient } from '../gradient';
import { geluComposed, geluGradient } from './gelu';
import { gemm, gemmWithRowSums } from './gemm';

export interface LinearOptions {
  /** False where the input is data, so that its gradient is never computed. */
  inputGradient?: boolean;
  /** Applied to x Wᵀ + b. */
  activation?: 'gelu';
  /** Added at the end; of the result's shape. */
  residual?: tf.Tensor;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function linearComposed(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | null,
  { activation, residual }: LinearOptions = {},
): tf.Tensor {
  const [outputs, inputs] = weight.shape as [number, number];
  const flat = tf.matMul(tf.reshape(x, [-1, inputs]) as tf.Tensor2D, weight as tf.Tensor2D, false, true);
  const sum = bias ? tf.add(flat, bias) : flat;
  const y = tf.reshape(activation ? geluComposed(sum) : sum, [...x.shape.slice(0, -1), outputs]);
  return residual ? tf.add(y, residual) : y;
}

/** `linearWeightGradient` in plain tfjs operations. */
export function linearWeightGradientComposed(
  dy: tf.Tensor,
  x: tf.Tensor,
  rows: number,
  outputs: number,
  inputs: number,
  withBias: boolean,
): tf.Tensor[] {
  const flat = tf.reshape(dy, [rows, outputs]) as tf.Tensor2D;
  const dw = tf.matMul(flat, tf.reshape(x, [rows, inputs]) as tf.Tensor2D, true, false);
  return withBias ? [dw, tf.sum(flat, 0)] : [dw];
}

/**
 * The gradients of a linear layer's weight, dW [out, in] = dyᵀ x, and bias, db [out] = column sums of dy, in at
 * most two dispatches.
 * @param dy `rows` × `outputs` elements, row-major
 * @param x `rows` × `inputs` elements, row-major
 */
export function linearWeightGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  rows: number,
  outputs: number,
  inputs: number,
  withBias: boolean,
): tf.Tensor[] {
  if (!webgpu()) return linearWeightGradientComposed(dy, x, rows, outputs, inputs, withBias);
  const shape = { rows: outputs, columns: inputs, depth: rows };
  const dyTransposed = { row: 1, column: outputs };
  const xRows = { row: inputs, column: 1 };
  if (withBias) return gemmWithRowSums(shape, dy, dyTransposed, x, xRows);
  return [gemm([outputs, inputs], shape, dy, dyTransposed, x, xRows)];
}

/**
 * x [..., in] → [..., out].
 * @param weight [out, in]
 * @param bias [out] or null
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | null,
  options: LinearOptions = {},
): tf.Tensor {
  const backend = webgpu();
  if (!backend) return linearComposed(x, weight, bias, options);
  const { inputGradient = true, activation, residual } = options;
  const [outputs, inputs] = weight.shape as [number, number];
  const rows = x.size / inputs;
  const operands = [x, weight, ...(bias ? [bias] : []), ...(residual ? [residual] : [])];
  return withGradient(operands, (given, save) => {
    const [input, w] = given as [tf.Tensor, tf.Tensor];
    const resultShape = [...x.shape.slice(0, -1), outputs];
    const keep = activation ? backend.allocate(resultShape) : undefined;
    save([input, w, ...(keep ? [keep] : [])]);
    const value = gemm(
      resultShape,
      { rows, columns: outputs, depth: inputs },
      input,
      { row: inputs, column: 1 },
      w,
      { row: 1, column: inputs },
      {
        ...(bias ? { bias: given[2] as tf.Tensor } : {}),
        ...(keep ? { keep, activation } : {}),
        ...(residual ? { residual: given[bias ? 3 : 2] as tf.Tensor } : {}),
      },
    );
    const gradient = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [savedInput, savedWeight, preActivation] = saved as [tf.Tensor, tf.Tensor, tf.Tensor | undefined];
      const dz = preActivation ? geluGradient(preActivation, dy) : dy;
      const dx = inputGradient
        ? gemm(
            savedInput.shape,
            { rows, columns: inputs, depth: outputs },
            dz,
            { row: outputs, column: 1 },
            savedWeight,
            { row: inputs, column: 1 },
          )
        : tf.zerosLike(savedInput);
      const weightGradients = linearWeightGradient(dz, savedInput, rows, outputs, inputs, bias !== null);
      if (preActivation) dz.dispose();
      return [dx, ...weightGradients, ...(residual ? [tf.clone(dy)] : [])];
    };
    return { value, gradient };
  });
}

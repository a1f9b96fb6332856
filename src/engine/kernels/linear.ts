/**
 * Linear layer in PyTorch's layout: y = x Wᵀ + b, W [out, in] (torch.nn.Linear).
 */
import * as tf from '@tensorflow/tfjs-core';
import { computeOne, webgpu } from '../backend';
import { withGradient } from '../gradient';
import { defineKernel } from '../kernel';
import { gemm, sumLeading } from './gemm';

const columnSums = defineKernel({
  name: 'column_sums',
  reads: ['x'],
  writes: ['partial'],
  uniforms: ['rows', 'columns', 'chunk'],
  body: `
  let column = index % u.columns;
  let first = (index / u.columns) * u.chunk;
  let last = min(first + u.chunk, u.rows);
  var sum = 0.0;
  for (var row = first; row < last; row++) { sum += x[row * u.columns + column]; }
  partial[index] = sum;`,
});

/** Sum over the rows of [rows, columns] → [columns], in two stages of fixed order. */
export function sumRows(x: tf.TensorInfo, rows: number, columns: number): tf.Tensor {
  const chunk = Math.max(32, Math.ceil(Math.sqrt(rows)));
  const chunks = Math.ceil(rows / chunk);
  const partial = computeOne(columnSums, [x], [chunks, columns], { rows, columns, chunk }, chunks * columns);
  const total = sumLeading(partial, chunks, [columns]);
  partial.dispose();
  return total;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function linearComposed(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | null): tf.Tensor {
  const [outputs, inputs] = weight.shape as [number, number];
  const flat = tf.matMul(tf.reshape(x, [-1, inputs]) as tf.Tensor2D, weight as tf.Tensor2D, false, true);
  const y = bias ? tf.add(flat, bias) : flat;
  return tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
}

export interface LinearOptions {
  /** False where the input is data, so that its gradient is never computed. */
  inputGradient?: boolean;
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
  { inputGradient = true }: LinearOptions = {},
): tf.Tensor {
  if (!webgpu()) return linearComposed(x, weight, bias);
  const [outputs, inputs] = weight.shape as [number, number];
  const rows = x.size / inputs;
  const operands = bias ? [x, weight, bias] : [x, weight];
  return withGradient(operands, ([input, w, b], save) => {
    save([input as tf.Tensor, w as tf.Tensor]);
    const value = gemm(
      [...x.shape.slice(0, -1), outputs],
      { rows, columns: outputs, depth: inputs },
      input as tf.Tensor,
      { row: inputs, column: 1 },
      w as tf.Tensor,
      { row: 1, column: inputs },
      b,
    );
    const gradient = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [savedInput, savedWeight] = saved as [tf.Tensor, tf.Tensor];
      const dx = inputGradient
        ? gemm(
            savedInput.shape,
            { rows, columns: inputs, depth: outputs },
            dy,
            { row: outputs, column: 1 },
            savedWeight,
            { row: inputs, column: 1 },
          )
        : tf.zerosLike(savedInput);
      const dw = gemm(
        [outputs, inputs],
        { rows: outputs, columns: inputs, depth: rows },
        dy,
        { row: 1, column: outputs },
        savedInput,
        { row: inputs, column: 1 },
      );
      return b ? [dx, dw, sumRows(dy, rows, outputs)] : [dx, dw];
    };
    return { value, gradient };
  });
}

/**
 * The DINO loss (Caron et al. 2021, eq. 2, algorithm 1; DINOLoss of the official main_dino.py):
 *
 *   p = softmax(student / τs)
 *   L = 1/(2V − 2) · Σ over teacher views t, student views v ≠ t, of mean over the batch of −Σ q_t log p_v
 *
 * Rows are view-major: row v·B + b. Every student row meets both teachers in one pass.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, webgpu } from '../../engine';
import { withGradient } from '../../engine/gradient';
import { defineRowKernel, onRows } from '../../engine/kernels/rowKernel';
import { pick } from '../../optimizers/optimizer';
import { dinoControl } from './dinoControls';

const declarations = `const TEMPERATURE = ${dinoControl.studentTemp};`;

/** log Σ exp of each student row over τs, and its cross-entropy with both teachers (0 with itself). */
const termsKernel = defineRowKernel({
  name: 'dino_terms',
  reads: ['student', 'q', 'controls'],
  writes: ['level', 'rowTerms'],
  uniforms: ['width', 'batch', 'rows'],
  declarations,
  body: `
  let scale = 1.0 / controls[TEMPERATURE];
  let start = row * u.width;
  var most = -3.4e38;
  for (var i = lane; i < u.width; i += LANES) { most = max(most, student[start + i]); }
  let top = greatest(most) * scale;
  var part = 0.0;
  for (var i = lane; i < u.width; i += LANES) { part += exp(student[start + i] * scale - top); }
  let logSum = top + log(total(part));
  let view = row / u.batch;
  let first = (row % u.batch) * u.width;
  let second = first + u.batch * u.width;
  var one = 0.0;
  var two = 0.0;
  for (var i = lane; i < u.width; i += LANES) {
    let surprise = logSum - student[start + i] * scale;
    one += q[first + i] * surprise;
    two += q[second + i] * surprise;
  }
  one = total(one);
  two = total(two);
  if (lane == 0u) {
    level[row] = logSum;
    rowTerms[row] = select(one, 0.0, view == 0u);
    rowTerms[u.rows + row] = select(two, 0.0, view == 1u);
  }`,
});

/** Means over the batch, and the loss; one row of work. */
const lossKernel = defineRowKernel({
  name: 'dino_loss',
  reads: ['rowTerms'],
  writes: ['terms', 'loss'],
  uniforms: ['terms_', 'batch'],
  body: `
  var part = 0.0;
  for (var i = lane; i < u.terms_; i += LANES) {
    var sum = 0.0;
    for (var b = 0u; b < u.batch; b++) { sum += rowTerms[i * u.batch + b]; }
    terms[i] = sum / f32(u.batch);
    part += terms[i];
  }
  let sum = total(part);
  if (lane == 0u) { loss[0] = sum / f32(u.terms_ - 2u); }`,
});

/** dL/d student: p for every teacher the row is compared with, less that teacher's q. */
const gradientKernel = defineRowKernel({
  name: 'dino_loss_gradient',
  reads: ['student', 'q', 'controls', 'level', 'dy'],
  writes: ['dStudent'],
  uniforms: ['width', 'batch', 'views'],
  declarations,
  body: `
  let scale = 1.0 / controls[TEMPERATURE];
  let view = row / u.batch;
  let start = row * u.width;
  let first = (row % u.batch) * u.width;
  let second = first + u.batch * u.width;
  let one = select(1.0, 0.0, view == 0u);
  let two = select(1.0, 0.0, view == 1u);
  let share = dy[0] * scale / f32((2u * u.views - 2u) * u.batch);
  let logSum = level[row];
  for (var i = lane; i < u.width; i += LANES) {
    let p = exp(student[start + i] * scale - logSum);
    dStudent[start + i] = share * ((one + two) * p - one * q[first + i] - two * q[second + i]);
  }`,
});

export interface DinoLoss {
  /** Scalar. */
  loss: tf.Tensor;
  /** [2, V] cross-entropies, 0 for the skipped pairs. */
  terms: tf.Tensor;
  /** [V·B] log Σ exp of every student row over τs. */
  levels: tf.Tensor;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernels' test. */
export function dinoLossComposed(
  student: tf.Tensor,
  q: tf.Tensor,
  controls: tf.Tensor,
  views: number,
): DinoLoss {
  const [rows, outputs] = student.shape as [number, number];
  const batch = rows / views;
  const scores = tf.div(student, pick(controls, dinoControl.studentTemp));
  const logP = tf.reshape(tf.logSoftmax(scores), [views, batch, outputs]);
  const byView = tf.reshape(q, [2, batch, outputs]);
  const pairs = [0, 1].map((t) => {
    const target = tf.slice(byView, [t, 0, 0], [1, batch, outputs]);
    const crossEntropy = tf.neg(tf.mean(tf.sum(tf.mul(target, logP), 2), 1));
    return tf.mul(crossEntropy, tf.tensor1d(Array.from({ length: views }, (_, v) => (v === t ? 0 : 1))));
  });
  const terms = tf.stack(pairs);
  return { loss: tf.div(tf.sum(terms), 2 * views - 2), terms, levels: tf.logSumExp(scores, -1) };
}

/**
 * Cross-entropy over all pairs of different views; only `loss` has a gradient, towards the student.
 * @param student raw student outputs [V·B, K]
 * @param q teacher distributions [2·B, K]
 * @param views V, two or more
 */
export function dinoLoss(student: tf.Tensor, q: tf.Tensor, controls: tf.Tensor, views: number): DinoLoss {
  if (!webgpu()) return dinoLossComposed(student, q, controls, views);
  const [rows, width] = student.shape as [number, number];
  const batch = rows / views;
  const [levels, rowTerms] = compute(
    onRows(termsKernel),
    [student, q, controls],
    [[rows], [2, rows]],
    { width, batch, rows },
    rows,
  ) as [tf.Tensor, tf.Tensor];
  const [terms, sum] = compute(
    onRows(lossKernel),
    [rowTerms],
    [[2, views], []],
    { terms_: 2 * views, batch },
    1,
  ) as [tf.Tensor, tf.Tensor];
  rowTerms.dispose();
  const loss = withGradient([student], ([input], save) => {
    save([input as tf.Tensor, levels]);
    const gradient = (dy: tf.Tensor, [logits, level]: tf.Tensor[]) => [
      computeOne(
        onRows(gradientKernel),
        [logits as tf.Tensor, q, controls, level as tf.Tensor, dy],
        student.shape,
        { width, batch, views },
        rows,
      ),
    ];
    return { value: sum, gradient };
  });
  return { loss, terms, levels };
}

/**
 * The DINO loss (Caron et al. 2021, eq. 1 and 2, algorithm 1; DINOLoss of the official main_dino.py):
 *
 *   q = softmax((teacher − c) / τt)   p = softmax(student / τs)
 *   L = 1/(2V − 2) · Σ over teacher views t, student views v ≠ t, of mean over the batch of −Σ q_t log p_v
 *
 * Rows are view-major: row v·B + b. The loss uses the old centre; only then the centre moves.
 * Documented extra: Sinkhorn-Knopp in place of the moving centre (Caron et al. 2020, Oquab et al. 2023).
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, webgpu } from '../engine';

export type Centering = 'ema' | 'sinkhorn';

const SINKHORN_ITERATIONS = 3;

/**
 * Teacher distributions by three rounds of Sinkhorn-Knopp, in the logarithm: every output is used equally
 * often over the batch, then every row is made a distribution again. scores [rows, K], already over τt.
 */
export function sinkhorn(scores: tf.Tensor): tf.Tensor {
  let logs = scores;
  for (let i = 0; i < SINKHORN_ITERATIONS; i++) {
    logs = tf.sub(logs, tf.logSumExp(logs, 0, true));
    logs = tf.sub(logs, tf.logSumExp(logs, 1, true));
  }
  return tf.exp(logs);
}

/**
 * Teacher distributions q, without gradient.
 * @param teacher raw teacher outputs [2·B, K]
 * @param center [1, K]
 * @param on scalar 1, or 0 to leave centring (of either kind) out
 */
export function teacherDistributions(
  teacher: tf.Tensor,
  center: tf.Tensor,
  temperature: tf.Tensor,
  centering: Centering,
  on: tf.Tensor,
): tf.Tensor {
  if (centering === 'ema') {
    return tf.softmax(tf.div(tf.sub(teacher, tf.mul(center, on)), temperature));
  }
  const scores = tf.div(teacher, temperature);
  return tf.add(tf.mul(on, sinkhorn(scores)), tf.mul(tf.sub(1, on), tf.softmax(scores)));
}

export interface DinoLoss {
  /** Scalar. */
  loss: tf.Tensor;
  /** [2, V] cross-entropies, 0 for the skipped pairs. */
  terms: tf.Tensor;
}

/**
 * Cross-entropy over all pairs of different views.
 * @param student raw student outputs [V·B, K]
 * @param q teacher distributions [2·B, K]
 */
export function dinoLoss(student: tf.Tensor, q: tf.Tensor, studentTemp: tf.Tensor, views: number): DinoLoss {
  const [rows, outputs] = student.shape as [number, number];
  const batch = rows / views;
  const logP = tf.reshape(tf.logSoftmax(tf.div(student, studentTemp)), [views, batch, outputs]);
  const byView = tf.reshape(q, [2, batch, outputs]);
  const pairs = [0, 1].map((t) => {
    const target = tf.slice(byView, [t, 0, 0], [1, batch, outputs]);
    const crossEntropy = tf.neg(tf.mean(tf.sum(tf.mul(target, logP), 2), 1));
    return tf.mul(crossEntropy, tf.tensor1d(Array.from({ length: views }, (_, v) => (v === t ? 0 : 1))));
  });
  const terms = tf.stack(pairs);
  return { loss: tf.div(tf.sum(terms), 2 * views - 2), terms };
}

/** Mean entropy of the rows of q [n, K], and the entropy of their mean; nats, scalars. */
export function entropies(q: tf.Tensor): { each: tf.Tensor; ofMean: tf.Tensor } {
  const entropy = (p: tf.Tensor) => tf.neg(tf.sum(tf.mul(p, tf.log(tf.add(p, 1e-12))), -1));
  return { each: tf.mean(entropy(q)), ofMean: entropy(tf.mean(q, 0)) };
}

const moveCenter = defineKernel({
  name: 'dino_center',
  reads: ['teacher', 'momentum'],
  writes: ['center'],
  uniforms: ['rows'],
  body: `
  var sum = 0.0;
  for (var row = 0u; row < u.rows; row++) { sum += teacher[row * u.count + index]; }
  center[index] = momentum[0] * center[index] + (1.0 - momentum[0]) * sum / f32(u.rows);`,
});

/** c ← m·c + (1 − m)·mean of the raw teacher outputs [rows, K], in place. */
export function updateCenter(center: tf.Variable, teacher: tf.Tensor, momentum: tf.Tensor): void {
  const backend = webgpu();
  if (backend) {
    backend.dispatch(
      moveCenter,
      [teacher, momentum],
      [center],
      { rows: teacher.shape[0] as number },
      center.size,
    );
    return;
  }
  const mean = tf.mean(teacher, 0, true);
  center.assign(tf.add(tf.mul(center, momentum), tf.mul(mean, tf.sub(1, momentum))));
}

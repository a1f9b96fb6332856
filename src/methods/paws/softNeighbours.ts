/**
 * Soft nearest neighbours (Assran et al. 2021, eq. 1; `snn` and `sharpen` of the official losses.py):
 *
 *   w = softmax(q̂ · ŝᵀ / τ)   p = w · labels   ρ(p)_k = p_k^(1/T) / Σ p^(1/T)
 *
 * over rows that have length 1 already. Here forwards only; the loss knows the way back.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, webgpu } from '../../engine';
import { gemmInto } from '../../engine/kernels/gemm';
import { defineRowKernel, onRows } from '../../engine/kernels/rowKernel';
import { pick } from '../../optimizers/optimizer';
import { pawsControl } from './pawsControls';

/** Probabilities below this count as this in a logarithm: hard labels make p underflow. */
export const TINY = 1e-30;

const predictionsKernel = defineRowKernel({
  name: 'paws_predictions',
  reads: ['scores', 'labels', 'controls'],
  writes: ['weights', 'predictions'],
  uniforms: ['supports', 'classes', 'rows'],
  body: `
  let scale = 1.0 / controls[${pawsControl.temperature}];
  let start = row * u.supports;
  var most = -3.4e38;
  for (var s = lane; s < u.supports; s += LANES) { most = max(most, scores[start + s]); }
  let top = greatest(most) * scale;
  var part = 0.0;
  for (var s = lane; s < u.supports; s += LANES) {
    let vote = exp(scores[start + s] * scale - top);
    weights[start + s] = vote;
    part += vote;
  }
  let share = 1.0 / total(part);
  for (var s = lane; s < u.supports; s += LANES) { weights[start + s] *= share; }
  settle();
  let at = row * u.classes;
  let sharp = (u.rows + row) * u.classes;
  var likeliest = 0.0;
  for (var c = lane; c < u.classes; c += LANES) {
    var p = 0.0;
    for (var s = 0u; s < u.supports; s++) { p += weights[start + s] * labels[s * u.classes + c]; }
    predictions[at + c] = p;
    likeliest = max(likeliest, p);
  }
  let peak = log(max(greatest(likeliest), ${TINY}));
  var sum = 0.0;
  for (var c = lane; c < u.classes; c += LANES) {
    let power = exp((log(max(predictions[at + c], ${TINY})) - peak) / controls[${pawsControl.sharpen}]);
    predictions[sharp + c] = power;
    sum += power;
  }
  let unit = 1.0 / total(sum);
  for (var c = lane; c < u.classes; c += LANES) { predictions[sharp + c] *= unit; }`,
});

export interface Predictions {
  /** [R, S] each support row's share of the vote. */
  weights: tf.Tensor;
  /** [2, R, C] p, then ρ(p). */
  predictions: tf.Tensor;
}

/** Sharpened rows: ρ(p), as a softmax of log p / T. */
function sharpenComposed(p: tf.Tensor, controls: tf.Tensor): tf.Tensor {
  return tf.softmax(tf.div(tf.log(tf.maximum(p, TINY)), pick(controls, pawsControl.sharpen)));
}

/** `predict` in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function predictComposed(
  queries: tf.Tensor,
  supports: tf.Tensor,
  labels: tf.Tensor,
  controls: tf.Tensor,
): Predictions {
  const scores = tf.matMul(queries as tf.Tensor2D, supports as tf.Tensor2D, false, true);
  const weights = tf.softmax(tf.div(scores, pick(controls, pawsControl.temperature)));
  const p = tf.matMul(weights, labels as tf.Tensor2D);
  return { weights, predictions: tf.stack([p, sharpenComposed(p, controls)]) };
}

/** Rows of an embedding: supports first, then views. */
export interface VotedRows {
  /** [S + views, D], of length 1. */
  rows: tf.Tensor;
  /** How many views are voted on, from the first one after the supports. */
  voted: number;
}

/**
 * How the supports of each block of rows vote on the views of that block, one block after the other.
 * @param blocks all with S supports
 * @param labels [S, C]
 */
export function predict(blocks: readonly VotedRows[], labels: tf.Tensor, controls: tf.Tensor): Predictions {
  const [supports, classes] = labels.shape as [number, number];
  const backend = webgpu();
  if (!backend) {
    const parts = blocks.map(({ rows, voted }) => {
      const dim = rows.shape[1] as number;
      const queries = tf.slice(rows, [supports, 0], [voted, dim]);
      return predictComposed(queries, tf.slice(rows, [0, 0], [supports, dim]), labels, controls);
    });
    if (parts.length === 1) return parts[0] as Predictions;
    return {
      weights: tf.concat(parts.map(({ weights }) => weights)),
      predictions: tf.concat(
        parts.map(({ predictions }) => predictions),
        1,
      ),
    };
  }
  const rows = blocks.reduce((sum, { voted }) => sum + voted, 0);
  const scores = backend.allocate([rows, supports]);
  let from = 0;
  for (const { rows: embedding, voted } of blocks) {
    const dim = embedding.shape[1] as number;
    gemmInto(
      backend,
      { rows: voted, columns: supports, depth: dim },
      embedding,
      { offset: supports * dim, row: dim, column: 1 },
      embedding,
      { row: 1, column: dim },
      scores,
      { offset: from * supports, row: supports, column: 1 },
    );
    from += voted;
  }
  const shapes = [
    [rows, supports],
    [2, rows, classes],
  ];
  const [weights, predictions] = compute(
    onRows(predictionsKernel),
    [scores, labels, controls],
    shapes,
    { supports, classes, rows },
    rows,
  ) as [tf.Tensor, tf.Tensor];
  scores.dispose();
  return { weights, predictions };
}

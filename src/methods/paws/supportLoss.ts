/**
 * The extra beside PAWS: cross-entropy of a linear classifier on the support pictures, with label smoothing. Its
 * targets are 1 − s + s/K at the class and s/K elsewhere, over all K classes of the data set.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne } from '../../engine';
import { defineRowKernel, onRows } from '../../engine/kernels/rowKernel';
import { pick } from '../../optimizers/optimizer';
import { pawsControl } from './pawsControls';

/** What the classifier says of the support pictures. */
export interface SupportAnswers {
  /** [N, K] logits; the support comes first, other rows do not count. */
  logits: tf.Tensor;
  /** [S] class of each support row. */
  classes: tf.Tensor;
}

const declarations = `const SMOOTHING = ${pawsControl.labelSmoothing};`;

const statisticsKernel = defineRowKernel({
  name: 'support_cross_entropy',
  reads: ['logits', 'classes', 'controls'],
  writes: ['levels', 'statistics'],
  uniforms: ['width', 'supports'],
  declarations,
  body: `
  let start = row * u.width;
  var most = -3.4e38;
  var winner = 0u;
  for (var c = lane; c < u.width; c += LANES) {
    if (logits[start + c] > most) { most = logits[start + c]; winner = c; }
  }
  let top = greatest(most);
  let first = -greatest(select(-3.4e38, -f32(winner), most == top));
  var part = 0.0;
  var sum = 0.0;
  for (var c = lane; c < u.width; c += LANES) {
    part += exp(logits[start + c] - top);
    sum += logits[start + c];
  }
  let level = top + log(total(part));
  let all = total(sum);
  if (lane == 0u) {
    let s = controls[SMOOTHING];
    levels[row] = level;
    statistics[row] = level - (1.0 - s) * logits[start + u32(classes[row])] - s * all / f32(u.width);
    statistics[u.supports + row] = select(0.0, 1.0, first == classes[row]);
  }`,
});

const gradientKernel = defineRowKernel({
  name: 'support_cross_entropy_gradient',
  reads: ['logits', 'classes', 'levels', 'controls', 'dy'],
  writes: ['dLogits'],
  uniforms: ['width', 'supports'],
  declarations,
  body: `
  let start = row * u.width;
  if (row < u.supports) {
    let s = controls[SMOOTHING];
    let share = dy[0] * controls[${pawsControl.supportCeWeight}] / f32(u.supports);
    let right = u32(classes[row]);
    for (var c = lane; c < u.width; c += LANES) {
      let wanted = s / f32(u.width) + select(0.0, 1.0 - s, c == right);
      dLogits[start + c] = share * (exp(logits[start + c] - levels[row]) - wanted);
    }
  } else {
    for (var c = lane; c < u.width; c += LANES) { dLogits[start + c] = 0.0; }
  }`,
});

export interface SupportStatistics {
  /** [2, S] cross-entropy of each row, and 1 where the classifier is right. */
  statistics: tf.Tensor;
  /** [S] log Σ exp of the logits. */
  levels: tf.Tensor;
}

/** The mean cross-entropy, with its gradient, and `statistics`, in plain tfjs operations. */
export function supportLossComposed(
  { logits, classes }: SupportAnswers,
  controls: tf.Tensor,
): { ce: tf.Tensor; statistics: tf.Tensor } {
  const [supports, width] = [classes.size, logits.shape[1] as number];
  const own = tf.slice(logits, [0, 0], [supports, width]);
  const smoothing = pick(controls, pawsControl.labelSmoothing);
  const right = tf.oneHot(tf.cast(classes, 'int32'), width);
  const wanted = tf.add(tf.mul(right, tf.sub(1, smoothing)), tf.div(smoothing, width));
  const each = tf.neg(tf.sum(tf.mul(wanted, tf.logSoftmax(own)), 1));
  const hits = tf.cast(tf.equal(tf.argMax(own, 1), tf.cast(classes, 'int32')), 'float32');
  return { ce: tf.mean(each), statistics: tf.stack([each, hits]) };
}

/** Cross-entropies and hits of the support rows, by kernel. */
export function supportStatistics(
  { logits, classes }: SupportAnswers,
  controls: tf.Tensor,
): SupportStatistics {
  const [supports, width] = [classes.size, logits.shape[1] as number];
  const shapes = [[supports], [2, supports]];
  const reads = [logits, classes, controls];
  const [levels, statistics] = compute(
    onRows(statisticsKernel),
    reads,
    shapes,
    { width, supports },
    supports,
  ) as [tf.Tensor, tf.Tensor];
  return { levels, statistics };
}

/** dL/d logits [N, K] of the weighted mean cross-entropy, by kernel. @param dy dL/d loss, a scalar */
export function supportGradient(
  { logits, classes }: SupportAnswers,
  levels: tf.Tensor,
  controls: tf.Tensor,
  dy: tf.Tensor,
): tf.Tensor {
  const [rows, width] = logits.shape as [number, number];
  const uniforms = { width, supports: classes.size };
  const reads = [logits, classes, levels, controls, dy];
  return computeOne(onRows(gradientKernel), reads, [rows, width], uniforms, rows);
}

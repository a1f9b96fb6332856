/**
 * Which prototypes the views are assigned to (Caron et al. 2020, eqs. 3 to 5, §3.1): Sinkhorn-Knopp over all rows
 * of one view, those of the queue before those of the batch. From Q = exp(scores / ε), in turn,
 *
 *   every prototype is used equally often:  Q_rk ← Q_rk / Σ_r Q_rk
 *   every row is a distribution:            Q_rk ← Q_rk / Σ_k Q_rk
 *
 * computed in the logarithm, log Q = scores / ε − shift_k − level_r. Factors that all numbers share (1/K and 1/B of
 * the paper) go out again with the last division. The queue counts while its control is 1.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, defineKernel, webgpu } from '../../engine';
import { withGradient } from '../../engine/gradient';
import { defineRowKernel, onRows } from '../../engine/kernels/rowKernel';
import { pick } from '../../optimizers/optimizer';
import { swavControl } from './swavControls';

/** `scaled(crop, row, k)`: scores over ε of row `row` of a view, the queue's rows first. */
const declarations = `
fn scaled(crop: u32, row: u32, k: u32) -> f32 {
  let epsilon = controls[${swavControl.epsilon}];
  if (row < u.queue) { return queued[(crop * u.queue + row) * u.width + k] / epsilon; }
  return scores[(crop * u.batch + row - u.queue) * u.width + k] / epsilon;
}`;
const reads = ['scores', 'queued', 'controls'] as const;
const sizes = ['width', 'batch', 'queue'] as const;

/** The shift of every prototype in every view, from the levels of the rows before it (0 in the first round). */
const shiftKernel = defineKernel({
  name: 'swav_shift',
  reads: [...reads, 'levels'],
  writes: ['shifts'],
  uniforms: [...sizes, 'first'],
  declarations,
  body: `
  let crop = index / u.width;
  let k = index % u.width;
  let rows = u.queue + u.batch;
  let from_ = select(u.queue, 0u, controls[${swavControl.queue}] > 0.0);
  var top = -3.4e38;
  for (var row = from_; row < rows; row++) {
    var level = 0.0;
    if (u.first == 0u) { level = levels[crop * rows + row]; }
    top = max(top, scaled(crop, row, k) - level);
  }
  var sum = 0.0;
  for (var row = from_; row < rows; row++) {
    var level = 0.0;
    if (u.first == 0u) { level = levels[crop * rows + row]; }
    sum += exp(scaled(crop, row, k) - level - top);
  }
  shifts[index] = top + log(sum);`,
});

/** log Σ exp of a row less the shifts, as statements that leave `top` and `sum`; they have `crop` and `own`. */
const rowSum = `
  var most = -3.4e38;
  for (var k = lane; k < u.width; k += LANES) {
    most = max(most, scaled(crop, own, k) - shifts[crop * u.width + k]);
  }
  let top = greatest(most);
  var part = 0.0;
  for (var k = lane; k < u.width; k += LANES) {
    part += exp(scaled(crop, own, k) - shifts[crop * u.width + k] - top);
  }
  let sum = total(part);`;

const levelKernel = defineRowKernel({
  name: 'swav_level',
  reads: [...reads, 'shifts'],
  writes: ['levels'],
  uniforms: sizes,
  declarations,
  body: `
  let crop = row / (u.queue + u.batch);
  let own = row % (u.queue + u.batch);
  if (own < u.queue && controls[${swavControl.queue}] == 0.0) { return; }
  ${rowSum}
  if (lane == 0u) { levels[row] = top + log(sum); }`,
});

const assignmentKernel = defineRowKernel({
  name: 'swav_assignment',
  reads: [...reads, 'shifts'],
  writes: ['q', 'entropies'],
  uniforms: sizes,
  declarations,
  body: `
  let crop = row / u.batch;
  let own = u.queue + row % u.batch;
  ${rowSum}
  var uncertainty = 0.0;
  for (var k = lane; k < u.width; k += LANES) {
    let p = exp(scaled(crop, own, k) - shifts[crop * u.width + k] - top) / sum;
    q[row * u.width + k] = p;
    uncertainty -= p * log(p + 1e-12);
  }
  let entropy = total(uncertainty);
  if (lane == 0u) { entropies[row] = entropy; }`,
});

/** What each prototype adds to the entropy of the mean assignment. */
const meanKernel = defineKernel({
  name: 'swav_mean_assignment',
  reads: ['q'],
  writes: ['entropies'],
  uniforms: ['rows'],
  body: `
  var use_ = 0.0;
  for (var row = 0u; row < u.rows; row++) { use_ += q[row * u.count + index]; }
  let mean = use_ / f32(u.rows);
  entropies[index] = -mean * log(mean + 1e-12);`,
});

export interface AssignmentInputs {
  /** [≥ crops·B, K] the rows of the assigned views come first, view-major. */
  scores: tf.Tensor;
  /** [crops, L, K] scores of the queue; null without one. */
  queued: tf.Tensor | null;
  controls: tf.Tensor;
  /** Views that are assigned, 2 in SwAV. */
  crops: number;
  /** B */
  batch: number;
  /** Rounds of Sinkhorn-Knopp. */
  iterations: number;
}

export interface Assignments {
  /** [crops·B, K] distributions, without gradient. */
  q: tf.Tensor;
  /** [crops·B] nats. */
  entropies: tf.Tensor;
  /** [K], whose sum is the entropy of the mean assignment, nats. */
  meanEntropies: tf.Tensor;
}

/** x log x summed up, negative; nats. */
const surprise = (p: tf.Tensor) => tf.neg(tf.mul(p, tf.log(tf.add(p, 1e-12))));

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernels' test. */
export function assignmentsComposed(inputs: AssignmentInputs): Assignments {
  const { scores, queued, controls, crops, batch, iterations } = inputs;
  const width = scores.shape[1] as number;
  const off = tf.equal(pick(controls, swavControl.queue), 0);
  const assign = (crop: number, given: tf.Tensor) => {
    const own = tf.slice(given, [crop * batch, 0], [batch, width]);
    const length = queued ? (queued.shape[1] as number) : 0;
    const before = queued
      ? tf.reshape(tf.slice(queued, [crop, 0, 0], [1, length, width]), [length, width])
      : null;
    const unused = tf.mul(tf.ones([length, 1]), tf.where(off, tf.scalar(-1e30), tf.scalar(0)));
    const mask = tf.concat([unused, tf.zeros([batch, 1])]);
    let logs = tf.div(before ? tf.concat([before, own]) : own, pick(controls, swavControl.epsilon));
    for (let i = 0; i < iterations; i++) {
      logs = tf.sub(logs, tf.logSumExp(tf.add(logs, mask), 0, true));
      logs = tf.sub(logs, tf.logSumExp(logs, 1, true));
    }
    return tf.exp(tf.slice(logs, [length, 0], [batch, width]));
  };
  // Assignments are targets: no gradient flows through them.
  const q = withGradient([scores], ([given]) => ({
    value: tf.concat(Array.from({ length: crops }, (_, crop) => assign(crop, given as tf.Tensor))),
    gradient: () => [tf.zerosLike(scores)],
  }));
  return { q, entropies: tf.sum(surprise(q), 1), meanEntropies: surprise(tf.mean(q, 0)) };
}

/** The assignments of the first `crops` views, each with its part of the queue. */
export function assignments(inputs: AssignmentInputs): Assignments {
  if (!webgpu()) return assignmentsComposed(inputs);
  const { scores, queued, controls, crops, batch, iterations } = inputs;
  return tf.tidy(() => {
    const width = scores.shape[1] as number;
    const queue = queued ? (queued.shape[1] as number) : 0;
    const uniforms = { width, batch, queue };
    const given = [scores, queued ?? scores, controls];
    const rows = crops * batch;
    let levels = controls;
    for (let round = 1; ; round++) {
      const first = round === 1 ? 1 : 0;
      const shifts = computeOne(
        shiftKernel,
        [...given, levels],
        [crops, width],
        { ...uniforms, first },
        crops * width,
      );
      if (round === iterations) {
        const shapes = [[rows, width], [rows]];
        const [q, entropies] = compute(
          onRows(assignmentKernel),
          [...given, shifts],
          shapes,
          uniforms,
          rows,
        ) as [tf.Tensor, tf.Tensor];
        return { q, entropies, meanEntropies: computeOne(meanKernel, [q], [width], { rows }, width) };
      }
      const all = crops * (queue + batch);
      levels = computeOne(onRows(levelKernel), [...given, shifts], [all], uniforms, all);
    }
  });
}

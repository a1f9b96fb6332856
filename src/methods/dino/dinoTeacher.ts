/**
 * What DINO's teacher says (Caron et al. 2021, eq. 1 and 4, DINOLoss of the official main_dino.py):
 *
 *   q = softmax((teacher − c) / τt)      c ← m·c + (1 − m)·mean of the teacher's outputs
 *
 * Documented extra: Sinkhorn-Knopp in place of the moving centre (Caron et al. 2020, Oquab et al. 2023), three
 * rounds in which every output is used equally often over the batch, then every row is made a distribution.
 * Both are one formula, q = exp((t − shift_k) / τ − level_r): the shift is the centre, or Sinkhorn's potential of
 * an output. Which it is stands in the control vector; kernels of the other kind leave at once.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, defineKernel, webgpu } from '../../engine';
import { defineRowKernel, onRows } from '../../engine/kernels/rowKernel';
import { pick } from '../../optimizers/optimizer';
import { centeringCode, dinoControl } from './dinoControls';

const SINKHORN_ROUNDS = 3;

const declarations = `
const TEMPERATURE = ${dinoControl.teacherTemp};
const CENTERING = ${dinoControl.centering};
const EMA = ${centeringCode.ema}.0;
const SINKHORN = ${centeringCode.sinkhorn}.0;`;

/** The shift of every output, from the levels of the rows before it (0 in the first round). */
const shiftKernel = defineKernel({
  name: 'dino_shift',
  reads: ['teacher', 'levels', 'center', 'controls'],
  writes: ['shift'],
  uniforms: ['rows', 'first', 'last'],
  declarations,
  body: `
  let kind = controls[CENTERING];
  if (kind != SINKHORN) {
    if (u.last == 1u) { shift[index] = select(0.0, center[index], kind == EMA); }
    return;
  }
  let temperature = controls[TEMPERATURE];
  var top = -3.4e38;
  for (var row = 0u; row < u.rows; row++) {
    var level = 0.0;
    if (u.first == 0u) { level = levels[row]; }
    top = max(top, teacher[row * u.count + index] / temperature - level);
  }
  var sum = 0.0;
  for (var row = 0u; row < u.rows; row++) {
    var level = 0.0;
    if (u.first == 0u) { level = levels[row]; }
    sum += exp(teacher[row * u.count + index] / temperature - level - top);
  }
  shift[index] = temperature * (top + log(sum));`,
});

/** log Σ exp of a row of shifted outputs, as statements that leave `top` and `sum`. */
const rowSum = `
  let temperature = controls[TEMPERATURE];
  let start = row * u.width;
  var most = -3.4e38;
  for (var i = lane; i < u.width; i += LANES) { most = max(most, teacher[start + i] - shift[i]); }
  let top = greatest(most);
  var part = 0.0;
  for (var i = lane; i < u.width; i += LANES) { part += exp((teacher[start + i] - shift[i] - top) / temperature); }
  let sum = total(part);`;

const levelKernel = defineRowKernel({
  name: 'dino_level',
  reads: ['teacher', 'shift', 'controls'],
  writes: ['levels'],
  uniforms: ['width'],
  declarations,
  body: `
  if (controls[CENTERING] != SINKHORN) { return; }
  ${rowSum}
  if (lane == 0u) { levels[row] = top / temperature + log(sum); }`,
});

const distributionKernel = defineRowKernel({
  name: 'dino_distribution',
  reads: ['teacher', 'shift', 'controls'],
  writes: ['q', 'entropies'],
  uniforms: ['width'],
  declarations,
  body: `
  ${rowSum}
  var uncertainty = 0.0;
  for (var i = lane; i < u.width; i += LANES) {
    let p = exp((teacher[start + i] - shift[i] - top) / temperature) / sum;
    q[start + i] = p;
    uncertainty -= p * log(p + 1e-12);
  }
  let entropy = total(uncertainty);
  if (lane == 0u) { entropies[row] = entropy; }`,
});

export interface TeacherDistributions {
  /** [2·B, K] */
  q: tf.Tensor;
  /** [2·B] nats. */
  entropies: tf.Tensor;
}

/** −Σ p log p along the last axis; nats. */
const entropyOf = (p: tf.Tensor) => tf.neg(tf.sum(tf.mul(p, tf.log(tf.add(p, 1e-12))), -1));

/**
 * Sinkhorn-Knopp in the logarithm, in plain tfjs operations: scores [rows, K], already over τt, → distributions.
 */
function sinkhornComposed(scores: tf.Tensor): tf.Tensor {
  let logs = scores;
  for (let i = 0; i < SINKHORN_ROUNDS; i++) {
    logs = tf.sub(logs, tf.logSumExp(logs, 0, true));
    logs = tf.sub(logs, tf.logSumExp(logs, 1, true));
  }
  return tf.exp(logs);
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernels' test. */
export function teacherDistributionsComposed(
  teacher: tf.Tensor,
  center: tf.Tensor,
  controls: tf.Tensor,
): TeacherDistributions {
  const temperature = pick(controls, dinoControl.teacherTemp);
  const kind = pick(controls, dinoControl.centering);
  const is = (code: number) => tf.cast(tf.equal(kind, code), 'float32');
  const balanced = is(centeringCode.sinkhorn);
  const centred = tf.sub(teacher, tf.mul(center, is(centeringCode.ema)));
  const q = tf.add(
    tf.mul(balanced, sinkhornComposed(tf.div(teacher, temperature))),
    tf.mul(tf.sub(1, balanced), tf.softmax(tf.div(centred, temperature))),
  );
  return { q, entropies: entropyOf(q) };
}

/**
 * The teacher's distributions and their entropies, without gradient.
 * @param teacher raw teacher outputs [2·B, K]
 * @param center [1, K]
 */
export function teacherDistributions(
  teacher: tf.Tensor,
  center: tf.Tensor,
  controls: tf.Tensor,
): TeacherDistributions {
  if (!webgpu()) return teacherDistributionsComposed(teacher, center, controls);
  return tf.tidy(() => {
    const [rows, width] = teacher.shape as [number, number];
    let levels = center;
    for (let round = 1; ; round++) {
      const [first, last] = [round === 1 ? 1 : 0, round === SINKHORN_ROUNDS ? 1 : 0];
      const shift = computeOne(
        shiftKernel,
        [teacher, levels, center, controls],
        [width],
        { rows, first, last },
        width,
      );
      const inputs = [teacher, shift, controls];
      if (last) {
        const shapes = [teacher.shape, [rows]];
        const [q, entropies] = compute(onRows(distributionKernel), inputs, shapes, { width }, rows);
        return { q, entropies } as { q: tf.Tensor; entropies: tf.Tensor };
      }
      levels = computeOne(onRows(levelKernel), inputs, [rows], { width }, rows);
    }
  });
}

/** Moves the centre, and gives what each output adds to the entropy of the mean distribution. */
const columnsKernel = defineKernel({
  name: 'dino_center',
  reads: ['teacher', 'q', 'controls'],
  writes: ['center', 'entropies'],
  uniforms: ['rows'],
  body: `
  var sum = 0.0;
  var use_ = 0.0;
  for (var row = 0u; row < u.rows; row++) {
    sum += teacher[row * u.count + index];
    use_ += q[row * u.count + index];
  }
  let momentum = controls[${dinoControl.centerMomentum}];
  center[index] = momentum * center[index] + (1.0 - momentum) * sum / f32(u.rows);
  let mean = use_ / f32(u.rows);
  entropies[index] = -mean * log(mean + 1e-12);`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function updateCenterComposed(
  center: tf.Variable,
  teacher: tf.Tensor,
  q: tf.Tensor,
  controls: tf.Tensor,
): tf.Tensor {
  return tf.tidy(() => {
    const momentum = pick(controls, dinoControl.centerMomentum);
    const mean = tf.mean(teacher, 0, true);
    center.assign(tf.add(tf.mul(center, momentum), tf.mul(mean, tf.sub(1, momentum))));
    const use = tf.mean(q, 0);
    return tf.neg(tf.mul(use, tf.log(tf.add(use, 1e-12))));
  });
}

/**
 * c ← m·c + (1 − m)·mean of the raw teacher outputs [rows, K], in place.
 * @param q the distributions of those rows
 * @returns [K] whose sum is the entropy of the mean distribution, nats
 */
export function updateCenter(
  center: tf.Variable,
  teacher: tf.Tensor,
  q: tf.Tensor,
  controls: tf.Tensor,
): tf.Tensor {
  const backend = webgpu();
  if (!backend) return updateCenterComposed(center, teacher, q, controls);
  const [rows, width] = teacher.shape as [number, number];
  const entropies = backend.allocate([width]);
  backend.dispatch(columnsKernel, [teacher, q, controls], [center, entropies], { rows }, width);
  return entropies;
}

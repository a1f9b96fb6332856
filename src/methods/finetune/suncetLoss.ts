/**
 * SuNCEt, supervised noise-contrastive estimation (Assran et al. 2020, "Supervision accelerates pre-training in
 * contrastive semi-supervised learning"; init_suncet_loss of the official losses.py), on rows of length 1:
 *
 *   p_i = softmax over j ≠ i of (z_i · z_j / τ), summed up by the class of j
 *   L = mean over i of −log p_i(class of i)
 *
 * Every row must have another one of its class, such as another view of the same picture.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, webgpu } from '../../engine';
import { withGradient } from '../../engine/gradient';
import { gemm } from '../../engine/kernels/gemm';
import { defineRowKernel, onRows } from '../../engine/kernels/rowKernel';

/** τ, as in all official configurations. */
export const SUNCET_TEMPERATURE = 0.1;

const declarations = `const SCALE = ${1 / SUNCET_TEMPERATURE}.0;`;

/**
 * Per row: log Σ exp over all others and over those of its class (`levels`), their difference, and whether its own
 * class has the greatest share (`statistics`).
 */
const statisticsKernel = defineRowKernel({
  name: 'suncet',
  reads: ['scores', 'classes'],
  writes: ['levels', 'statistics'],
  uniforms: ['width', 'classCount'],
  declarations,
  body: `
  let start = row * u.width;
  var most = -3.4e38;
  for (var j = lane; j < u.width; j += LANES) {
    if (j != row) { most = max(most, scores[start + j] * SCALE); }
  }
  let top = greatest(most);
  var all = 0.0;
  var own = 0.0;
  var best = -1.0;
  var winner = -1.0;
  for (var c = 0u; c < u.classCount; c++) {
    var part = 0.0;
    for (var j = lane; j < u.width; j += LANES) {
      if (j != row && classes[j] == f32(c)) { part += exp(scores[start + j] * SCALE - top); }
    }
    let share = total(part);
    all += share;
    if (classes[row] == f32(c)) { own = share; }
    if (share > best) { best = share; winner = f32(c); }
  }
  if (lane == 0u) {
    levels[row] = top + log(all);
    levels[u.width + row] = top + log(own);
    statistics[row] = log(all) - log(own);
    statistics[u.width + row] = select(0.0, 1.0, winner == classes[row]);
  }`,
});

/** What multiplies z from the left in dL/dz: the gradient of every score, towards both its rows. */
const gradientKernel = defineRowKernel({
  name: 'suncet_gradient',
  reads: ['scores', 'classes', 'levels', 'dy'],
  writes: ['pull'],
  uniforms: ['width'],
  declarations,
  body: `
  let start = row * u.width;
  let share = dy[0] * SCALE / f32(u.width);
  for (var j = lane; j < u.width; j += LANES) {
    let score = scores[start + j] * SCALE;
    var sum = exp(score - levels[row]) + exp(score - levels[j]);
    if (classes[j] == classes[row]) {
      sum -= exp(score - levels[u.width + row]) + exp(score - levels[u.width + j]);
    }
    pull[start + j] = select(share * sum, 0.0, j == row);
  }`,
});

export interface SuncetLoss {
  /** Scalar, with a gradient towards z. */
  loss: tf.Tensor;
  /** [2, N] loss of each row, and 1 where the others tell its class. */
  statistics: tf.Tensor;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernels' test. */
export function suncetLossComposed(z: tf.Tensor, classes: tf.Tensor, classCount: number): SuncetLoss {
  const rows = z.shape[0] as number;
  const itself = tf.mul(tf.eye(rows), -1e9);
  const scores = tf.div(tf.matMul(z as tf.Tensor2D, z as tf.Tensor2D, false, true), SUNCET_TEMPERATURE);
  const logs = tf.logSoftmax(tf.add(scores, itself));
  const same = tf.equal(tf.reshape(classes, [rows, 1]), tf.reshape(classes, [1, rows]));
  const others = tf.mul(tf.sub(1, tf.cast(same, 'float32')), -1e9);
  const each = tf.neg(tf.logSumExp(tf.add(logs, others), 1));
  const labels = tf.cast(classes, 'int32');
  const shares = tf.matMul(tf.exp(logs), tf.oneHot(labels, classCount) as tf.Tensor2D);
  const hits = tf.cast(tf.equal(tf.argMax(shares, 1), labels), 'float32');
  return { loss: tf.mean(each), statistics: tf.stack([each, hits]) };
}

/**
 * @param z [N, D] of length 1
 * @param classes [N] class of each row, below `classCount`
 */
export function suncetLoss(z: tf.Tensor, classes: tf.Tensor, classCount: number): SuncetLoss {
  if (!webgpu()) return suncetLossComposed(z, classes, classCount);
  const [rows, width] = z.shape as [number, number];
  const square = { rows, columns: rows, depth: width };
  const scores = gemm([rows, rows], square, z, { row: width, column: 1 }, z, { row: 1, column: width });
  const [levels, statistics] = compute(
    onRows(statisticsKernel),
    [scores, classes],
    [
      [2, rows],
      [2, rows],
    ],
    { width: rows, classCount },
    rows,
  ) as [tf.Tensor, tf.Tensor];
  const loss = withGradient([z], ([given], save) => {
    save([given as tf.Tensor, scores, levels]);
    const gradient = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [rowsOfZ, between, both] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const reads = [between, classes, both, dy];
      const pull = computeOne(onRows(gradientKernel), reads, [rows, rows], { width: rows }, rows);
      const back = { rows, columns: width, depth: rows };
      const dz = gemm(z.shape, back, pull, { row: rows, column: 1 }, rowsOfZ, { row: width, column: 1 });
      pull.dispose();
      return [dz];
    };
    return { value: tf.mean(tf.slice(statistics, [0, 0], [1, rows])), gradient };
  });
  return { loss, statistics };
}

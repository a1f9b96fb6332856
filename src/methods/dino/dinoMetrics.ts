/**
 * What a DINO step reports: its numbers in one small tensor, and the distributions of the batch's first image.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, computeOne, webgpu } from '../../engine';
import { defineRowKernel, onRows } from '../../engine/kernels/rowKernel';
import { pick } from '../../optimizers/optimizer';
import { dinoControl } from './dinoControls';

const metricsKernel = defineRowKernel({
  name: 'dino_metrics',
  reads: ['loss', 'rowEntropies', 'columnEntropies', 'norms'],
  writes: ['metrics'],
  uniforms: ['rows', 'columns', 'parameters'],
  body: `
  var each = 0.0;
  for (var i = lane; i < u.rows; i += LANES) { each += rowEntropies[i]; }
  var ofMean = 0.0;
  for (var i = lane; i < u.columns; i += LANES) { ofMean += columnEntropies[i]; }
  var square = 0.0;
  for (var i = lane; i < u.parameters; i += LANES) { square += norms[i] * norms[i]; }
  each = total(each);
  ofMean = total(ofMean);
  square = total(square);
  if (lane == 0u) {
    metrics[0] = loss[0];
    metrics[1] = each / f32(u.rows);
    metrics[2] = ofMean;
    metrics[3] = square;
  }`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function stepMetricsComposed(
  loss: tf.Tensor,
  rowEntropies: tf.Tensor,
  columnEntropies: tf.Tensor,
  norms: tf.Tensor,
): tf.Tensor {
  return tf.stack([loss, tf.mean(rowEntropies), tf.sum(columnEntropies), tf.sum(tf.square(norms))]);
}

/**
 * [loss, mean entropy of the teacher's rows, entropy of their mean, squared gradient norm].
 * @param rowEntropies [2·B]
 * @param columnEntropies [K]
 * @param norms gradient norms of all parameters
 */
export function stepMetrics(
  loss: tf.Tensor,
  rowEntropies: tf.Tensor,
  columnEntropies: tf.Tensor,
  norms: tf.Tensor,
): tf.Tensor {
  if (!webgpu()) return stepMetricsComposed(loss, rowEntropies, columnEntropies, norms);
  const uniforms = { rows: rowEntropies.size, columns: columnEntropies.size, parameters: norms.size };
  const inputs = [loss, rowEntropies, columnEntropies, norms];
  return computeOne(onRows(metricsKernel), inputs, [4], uniforms, 1);
}

const firstImageKernel = defineRowKernel({
  name: 'dino_first_image',
  reads: ['q', 'student', 'levels', 'controls'],
  writes: ['teacher_', 'student_'],
  uniforms: ['width', 'batch'],
  body: `
  let from_ = row * u.batch;
  if (row < 2u) {
    for (var i = lane; i < u.width; i += LANES) { teacher_[row * u.width + i] = q[from_ * u.width + i]; }
  }
  let scale = 1.0 / controls[${dinoControl.studentTemp}];
  for (var i = lane; i < u.width; i += LANES) {
    student_[row * u.width + i] = exp(student[from_ * u.width + i] * scale - levels[from_]);
  }`,
});

export interface FirstImage {
  /** [2, K] */
  teacher: tf.Tensor;
  /** [V, K] */
  student: tf.Tensor;
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function firstImageComposed(
  q: tf.Tensor,
  student: tf.Tensor,
  levels: tf.Tensor,
  controls: tf.Tensor,
  views: number,
): FirstImage {
  const firsts = (x: tf.Tensor, n: number) => {
    const width = x.size / (x.shape[0] as number);
    const batch = (x.shape[0] as number) / n;
    return tf.reshape(tf.slice(tf.reshape(x, [n, batch, width]), [0, 0, 0], [n, 1, width]), [n, width]);
  };
  const scores = tf.div(firsts(student, views), pick(controls, dinoControl.studentTemp));
  return { teacher: firsts(q, 2), student: tf.exp(tf.sub(scores, firsts(levels, views))) };
}

/**
 * The distributions of the batch's first image in every view.
 * @param q teacher distributions [2·B, K]
 * @param student raw student outputs [V·B, K]
 * @param levels [V·B] log Σ exp of the student's rows over τs
 */
export function firstImage(
  q: tf.Tensor,
  student: tf.Tensor,
  levels: tf.Tensor,
  controls: tf.Tensor,
  views: number,
): FirstImage {
  if (!webgpu()) return firstImageComposed(q, student, levels, controls, views);
  const [rows, width] = student.shape as [number, number];
  const shapes = [
    [2, width],
    [views, width],
  ];
  const uniforms = { width, batch: rows / views };
  const [teacher, mine] = compute(
    onRows(firstImageKernel),
    [q, student, levels, controls],
    shapes,
    uniforms,
    views,
  );
  return { teacher, student: mine } as FirstImage;
}

/**
 * State that a SwAV step changes in place: the prototypes' lengths, and the queue of earlier embeddings (Caron et
 * al. 2020, §3.1 and appendix A: prototypes lie on the unit sphere; a queue helps where batches are small).
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, webgpu } from '../../engine';
import { l2NormaliseComposed } from '../../engine/kernels/l2Norm';
import { defineRowKernel, onRows } from '../../engine/kernels/rowKernel';

const unitKernel = defineRowKernel({
  name: 'swav_unit_rows',
  reads: [],
  writes: ['x'],
  uniforms: ['width'],
  body: `
  let start = row * u.width;
  var sum = 0.0;
  for (var i = lane; i < u.width; i += LANES) { sum += x[start + i] * x[start + i]; }
  let scale = 1.0 / max(sqrt(total(sum)), 1e-12);
  for (var i = lane; i < u.width; i += LANES) { x[start + i] *= scale; }`,
});

/** Divides the rows of x [rows, width] by their length, in place. */
export function normaliseRows(x: tf.Variable): void {
  const backend = webgpu();
  if (!backend) {
    tf.tidy(() => x.assign(l2NormaliseComposed(x, 1e-12)));
    return;
  }
  const [rows, width] = x.shape as [number, number];
  backend.dispatch(onRows(unitKernel), [], [x], { width }, rows);
}

/**
 * One thread for every chain of places that are a batch apart: from the oldest on, each takes the next newer one,
 * so that no place is overwritten before it was read.
 */
const enqueueKernel = defineKernel({
  name: 'swav_enqueue',
  reads: ['z'],
  writes: ['queue'],
  uniforms: ['length', 'batch', 'width'],
  body: `
  let column = index % u.width;
  let newest = (index / u.width) % u.batch;
  let crop = index / (u.width * u.batch);
  if (newest < u.length) {
    let start = crop * u.length * u.width + column;
    var place = newest + (u.length - 1u - newest) / u.batch * u.batch;
    while (place > newest) {
      queue[start + place * u.width] = queue[start + (place - u.batch) * u.width];
      place -= u.batch;
    }
    queue[start + newest * u.width] = z[(crop * u.batch + newest) * u.width + column];
  }`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function enqueueComposed(queue: tf.Variable, z: tf.Tensor, batch: number): void {
  tf.tidy(() => {
    const [crops, length, width] = queue.shape as [number, number, number];
    const fresh = tf.reshape(tf.slice(z, [0, 0], [crops * batch, width]), [crops, batch, width]);
    queue.assign(tf.slice(tf.concat([fresh, queue], 1), [0, 0, 0], [crops, length, width]));
  });
}

/**
 * Puts the batch's embeddings in front of the queue and drops the oldest, in place.
 * @param queue [crops, L, D], newest first
 * @param z [≥ crops·B, D] of length 1, the queued views first
 */
export function enqueue(queue: tf.Variable, z: tf.Tensor, batch: number): void {
  const backend = webgpu();
  if (!backend) {
    enqueueComposed(queue, z, batch);
    return;
  }
  const [crops, length, width] = queue.shape as [number, number, number];
  backend.dispatch(enqueueKernel, [z], [queue], { length, batch, width }, crops * batch * width);
}

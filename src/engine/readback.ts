/**
 * Reading numbers back. State is updated in place, and `tensor.data()` would answer from a CPU copy made
 * before the update: everything is therefore read from the buffer itself, asynchronously.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { webgpu } from './backend';

/** The values of a float32 or int32 tensor as they are on the GPU after all work queued so far. */
export async function readBack(tensor: tf.Tensor): Promise<Float32Array> {
  const backend = webgpu();
  if (!backend) return Float32Array.from(await tensor.data());
  const bytes = await backend.readBytes(tensor);
  return tensor.dtype === 'int32' ? Float32Array.from(new Int32Array(bytes)) : new Float32Array(bytes);
}

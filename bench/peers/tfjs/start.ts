/**
 * Stock tfjs beside our engine in one process: a second backend under a name of its own, made by tfjs's own
 * factory with tfjs's own kernels and flags.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-webgpu';
import type { Contender } from '../../contender';
import { prepareTfjs } from './problems';

const BACKEND = 'stock-webgpu';

/** What our engine sets otherwise, as tfjs has it. */
const STOCK_FLAGS = { WEBGPU_CPU_FORWARD: true, WEBGPU_MATMUL_PROGRAM_TYPE: -1 };

// Taken at import, before an engine puts its own backend in the place of tfjs's.
const factory = tf.findBackendFactory('webgpu');
tf.copyRegisteredKernels('webgpu', BACKEND);

/** Starts stock tfjs on a device of its own. */
export async function startTfjs(): Promise<Contender> {
  tf.registerBackend(BACKEND, factory, 0);
  const activate = async () => {
    for (const [flag, value] of Object.entries(STOCK_FLAGS)) tf.env().set(flag, value);
    if (!(await tf.setBackend(BACKEND))) throw new Error('tfjs does not start on WebGPU here.');
  };
  await activate();
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  return { name: 'tfjs', device, activate, prepare: async (problem) => prepareTfjs(problem) };
}

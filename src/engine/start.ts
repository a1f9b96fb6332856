/**
 * Starting the engine: our own adapter and device, our backend registered in tfjs, and a notice where the
 * machine offers less. WebGPU validation errors do not throw, they silently give zeros: an uncaptured error or
 * a lost device is therefore reported once, to whoever runs a training, and ends the run.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-webgpu';
import { PawsaurError } from '../platform/errors';
import { PawsaurBackend, webgpu } from './backend';

export interface EngineInfo {
  backend: 'webgpu' | 'webgl' | 'cpu';
  /** The adapter's own words, e.g. "llvmpipe (LLVM 15.0.6, 256 bits)". */
  adapter: string;
  features: string[];
  /** Largest single buffer a kernel can read, in bytes. */
  maxBufferBytes: number;
  /** What a person should know, when this is not WebGPU. */
  notice?: string;
}

export interface EngineOptions {
  /** Forces a backend; without it the best that works is taken. */
  backend?: EngineInfo['backend'];
}

type FailureListener = (error: PawsaurError) => void;
const failureListeners = new Set<FailureListener>();
let info: EngineInfo | null = null;

/** Calls `listener` when the device is lost or reports an error; returns the function that stops that. */
export function onEngineFailure(listener: FailureListener): () => void {
  failureListeners.add(listener);
  return () => failureListeners.delete(listener);
}

function fail(error: PawsaurError): void {
  // Nobody listens in a test: the error must not pass unseen there either.
  if (failureListeners.size === 0) {
    queueMicrotask(() => {
      throw error;
    });
  }
  for (const listener of failureListeners) listener(error);
}

/** The features asked for where the adapter has them. */
const WANTED_FEATURES: GPUFeatureName[] = ['timestamp-query', 'shader-f16', 'subgroups'];

/** The limits taken from the adapter rather than from the default minimum. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
] as const;

async function startWebGpu(): Promise<EngineInfo | string> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) return 'This browser has no WebGPU here (it needs HTTPS or localhost, and a recent version).';
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return 'WebGPU is present, but offers no adapter on this machine.';
  const features = WANTED_FEATURES.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({
    requiredFeatures: features,
    requiredLimits: Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  device.addEventListener('uncapturederror', (event) => {
    fail(
      new PawsaurError(
        'gpu-error',
        `The graphics device reported an error: ${event.error.message}`,
        'The run was stopped at its last good step. Reload the page to start afresh; a smaller batch helps when memory was short.',
      ),
    );
  });
  void device.lost.then((loss) => {
    if (loss.reason === 'destroyed') return;
    fail(
      new PawsaurError(
        'device-lost',
        `The graphics device was lost (${loss.message || 'no reason given'}).`,
        'The metrics so far are kept and can be downloaded. Reload the page to train again.',
      ),
    );
  });
  const backend = new PawsaurBackend(device, adapter.info);
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend, 3);
  await tf.setBackend('webgpu');
  // Otherwise tfjs computes small operations on the CPU, and never matches a captured step.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  // The packed program: the split-K one uses float atomics, whose order changes the last bits.
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', 3);
  const { description, vendor, architecture, device: name } = adapter.info;
  return {
    backend: 'webgpu',
    adapter: description || [vendor, architecture, name].filter(Boolean).join(' ') || 'unnamed adapter',
    features,
    maxBufferBytes: Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize),
  };
}

async function startWebGl(reason: string): Promise<EngineInfo | null> {
  try {
    await import('@tensorflow/tfjs-backend-webgl');
    if (!(await tf.setBackend('webgl'))) return null;
    await tf.ready();
    return {
      backend: 'webgl',
      adapter: 'WebGL',
      features: [],
      maxBufferBytes: 64 * 1024 * 1024,
      notice: `${reason} Training runs on WebGL instead: the same numbers, several times slower.`,
    };
  } catch {
    return null;
  }
}

/**
 * Starts the engine once; later calls answer with the same description.
 * @throws PawsaurError when not even the CPU backend starts, or the forced backend does not.
 */
export async function startEngine(options: EngineOptions = {}): Promise<EngineInfo> {
  if (info && (!options.backend || options.backend === info.backend)) return info;
  const forced = options.backend;
  let reason = '';
  if (!forced || forced === 'webgpu') {
    const started = await startWebGpu().catch((error: unknown) => `WebGPU did not start: ${String(error)}.`);
    if (typeof started !== 'string') {
      info = started;
      return info;
    }
    reason = started;
    if (forced) throw new PawsaurError('no-webgpu', reason);
  }
  const canUseWebGl = typeof WebGL2RenderingContext !== 'undefined';
  const webgl = forced !== 'cpu' && canUseWebGl ? await startWebGl(reason) : null;
  if (webgl) {
    info = webgl;
    return info;
  }
  await import('@tensorflow/tfjs-backend-cpu');
  if (!(await tf.setBackend('cpu'))) {
    throw new PawsaurError(
      'no-backend',
      'No way to compute was found on this machine.',
      'Try another browser.',
    );
  }
  info = {
    backend: 'cpu',
    adapter: 'JavaScript on the CPU',
    features: [],
    maxBufferBytes: 1024 * 1024 * 1024,
    notice: `${reason} Training runs in plain JavaScript: expect it to be a hundred times slower.`.trim(),
  };
  return info;
}

/** Gives back what is kept for operations to come, after many that will not come again soon. */
export function releaseUnusedMemory(): void {
  webgpu()?.releaseUnused();
}

/** Bytes of GPU (or other backend) memory in use by tensors, and allocated in all. */
export function engineMemory(): { used: number; allocated: number } {
  const backend = webgpu();
  if (!backend) return { used: tf.memory().numBytes, allocated: tf.memory().numBytes };
  const allocated = backend.allocatedBytes;
  const { numBytesInGPU, numBytesAllocatedInGPU } = backend.memory() as {
    numBytesInGPU: number;
    numBytesAllocatedInGPU: number;
  };
  return { used: numBytesInGPU + allocated - numBytesAllocatedInGPU, allocated };
}

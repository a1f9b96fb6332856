/**
 * WebGPU in Node: Dawn, from the npm package `webgpu`, put where a browser has it (`navigator.gpu` and the
 * `GPU*` classes), so that the engine runs the same in tests, benchmarks and headless runs.
 */
import { create, globals } from 'webgpu';

/**
 * Puts WebGPU into this Node process. Call it before anything imports tfjs's WebGPU backend, which looks for
 * `navigator.gpu` and a browser-like global at import. Does nothing where `navigator.gpu` is there already.
 *
 * The Vulkan driver is chosen by the environment the process was started in (`scripts/with-gpu.mjs`).
 *
 * @param options Dawn's options, e.g. `enable-dawn-features=allow_unsafe_apis` or `adapter=…`
 */
export function installNodeWebGpu(options: string[] = []): void {
  if (globalThis.navigator?.gpu) return;
  Object.assign(globalThis, globals);
  // tfjs asks by `instanceof WorkerGlobalScope` whether it runs in a worker.
  const scope = globalThis as { WorkerGlobalScope?: unknown };
  scope.WorkerGlobalScope ??= class WorkerGlobalScope {};
  // The reference on `navigator` keeps Dawn alive until the process ends: collected earlier, it takes devices
  // still in use with it.
  const dawn = create(options);
  restBesideSoftware(dawn);
  const gpu = { value: dawn, configurable: true };
  if (globalThis.navigator) Object.defineProperty(globalThis.navigator, 'gpu', gpu);
  else {
    const navigator = Object.defineProperty({ userAgent: 'Node' }, 'gpu', gpu);
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  }
}

/** Longest nap while something is waited for, ms. */
const NAP_MS = 0.5;

/**
 * Dawn in Node asks without a pause whether work is done. On an adapter that computes on the CPU that takes a
 * core away from the work itself, so there the process naps between two questions.
 */
function restBesideSoftware(dawn: GPU): void {
  const request = dawn.requestAdapter.bind(dawn);
  let resting = false;
  dawn.requestAdapter = async (options) => {
    const adapter = await request(options);
    const isSoftware = adapter !== null && /software|swiftshader/i.test(adapter.info.architecture);
    if (isSoftware && !resting) {
      resting = true;
      const nap = napper();
      napDuring(GPUBuffer.prototype, 'mapAsync', nap);
      napDuring(GPUQueue.prototype, 'onSubmittedWorkDone', nap);
    }
    return adapter;
  };
}

/** Naps between the turns of the event loop until all that it was given has settled. */
function napper(): (awaited: Promise<unknown>) => void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let waiting = 0;
  const nap = () => {
    if (waiting === 0) return;
    Atomics.wait(cell, 0, 0, NAP_MS);
    setImmediate(nap);
  };
  return (awaited) => {
    if (waiting++ === 0) setImmediate(nap);
    const settle = () => {
      waiting--;
    };
    awaited.then(settle, settle);
  };
}

/** Makes a method of a Dawn class nap while its promise is under way. */
function napDuring<K extends string>(
  prototype: Record<K, (...args: never[]) => Promise<unknown>>,
  method: K,
  nap: (awaited: Promise<unknown>) => void,
): void {
  const original = prototype[method];
  prototype[method] = function (this: unknown, ...args: never[]) {
    const promise = original.apply(this, args);
    nap(promise);
    return promise;
  };
}

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
  const gpu = { value: create(options), configurable: true };
  if (globalThis.navigator) Object.defineProperty(globalThis.navigator, 'gpu', gpu);
  else {
    const navigator = Object.defineProperty({ userAgent: 'Node' }, 'gpu', gpu);
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  }
}

/** jax-js in this process: it asks for `navigator.gpu` and a page's `location`. */
import type { Contender } from '../../contender';

/** Starts jax-js on a device of its own. */
export async function startJax(): Promise<Contender> {
  const scope = globalThis as { location?: unknown };
  scope.location ??= new URL('http://localhost/');
  const { defaultDevice, getWebGPUDevice, init } = await import('@jax-js/jax');
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js does not start on WebGPU here.');
  defaultDevice('webgpu');
  const { prepareJax } = await import('./problems');
  return {
    name: 'jaxjs',
    device: getWebGPUDevice(),
    activate: async () => {},
    prepare: async (problem) => prepareJax(problem),
  };
}

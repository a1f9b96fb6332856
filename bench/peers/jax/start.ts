/** jax-js beside the others, on a device of its own. */
import { defaultDevice, getWebGPUDevice, init } from '@jax-js/jax';
import type { Contender } from '../../contender';
import { prepareJax } from './problems';

/** Starts jax-js on WebGPU. */
export async function startJax(): Promise<Contender> {
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js does not start on WebGPU here.');
  defaultDevice('webgpu');
  return {
    name: 'jaxjs',
    device: getWebGPUDevice(),
    activate: async () => {},
    prepare: async (problem) => prepareJax(problem),
  };
}

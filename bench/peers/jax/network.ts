/** Weights and inputs as arrays of jax-js. */
import { numpy as np } from '@jax-js/jax';
import type { ParameterSpec, ParameterValues } from '../../../src/models/parameters';
import type { Values } from '../../workloads/problem';
import type { Tree } from './layers';

export const upload = ({ values, shape }: Values): np.Array => np.array(values, { shape });

/** Weights of linear layers and of patches become [inputs, outputs]; convolutions keep torch's layout. */
function arrange({ name, shape }: ParameterSpec, values: Float32Array): Values {
  const linear = shape.length === 2 || name.includes('patch_embed');
  if (!linear || !name.endsWith('.weight')) return { shape, values: values.slice() };
  const [outputs] = shape;
  const inputs = values.length / outputs;
  const turned = new Float32Array(values.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) turned[i * outputs + o] = values[o * inputs + i];
  }
  return { shape: [inputs, outputs], values: turned };
}

/** A network's arrays by their official names. */
export function uploadNetwork(specs: readonly ParameterSpec[], values: ParameterValues): Tree {
  return Object.fromEntries(
    specs.map((spec) => [spec.name, upload(arrange(spec, values.get(spec.name) as Float32Array))]),
  );
}

/** Reads an array, which is consumed. */
export const take = async (array: np.Array): Promise<Float32Array> => (await array.data()) as Float32Array;

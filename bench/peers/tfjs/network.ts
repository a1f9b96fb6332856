/** Weights as tfjs's layouts want them, and pictures channels last. */
import * as tf from '@tensorflow/tfjs-core';
import type { ParameterSpec, ParameterValues } from '../../../src/models/parameters';
import type { Values } from '../../workloads/problem';

/**
 * Weights of linear layers become [inputs, outputs], those of 3×3 and 1×1 convolutions [H, W, inputs, outputs],
 * those of patches [pixels, outputs] with the colours innermost.
 */
function arrange(name: string, value: tf.Tensor): tf.Tensor {
  if (name.includes('last_layer') || !name.endsWith('.weight')) return value;
  if (value.rank === 2) return tf.transpose(value);
  if (value.rank !== 4) return value;
  const kernel = tf.transpose(value, [2, 3, 1, 0]);
  return name.includes('patch_embed')
    ? tf.reshape(kernel, [value.size / value.shape[0], value.shape[0]])
    : kernel;
}

/** A network's variables by their official names. */
export class Network {
  private readonly variables: ReadonlyMap<string, tf.Variable>;

  constructor(specs: readonly ParameterSpec[], values: ParameterValues) {
    this.variables = new Map(
      specs.map(({ name, shape }) => [
        name,
        tf.tidy(() => tf.variable(arrange(name, tf.tensor(values.get(name) as Float32Array, shape)))),
      ]),
    );
  }

  readonly get = (name: string): tf.Variable => {
    const variable = this.variables.get(name);
    if (!variable) throw new Error(`There is no weight ${name}.`);
    return variable;
  };

  get all(): tf.Variable[] {
    return [...this.variables.values()];
  }

  dispose(): void {
    tf.dispose(this.all);
  }
}

/** Pictures [B, 3, H, W] → [B, H, W, 3]. */
export function images({ values, shape }: Values): tf.Tensor4D {
  return tf.tidy(() =>
    tf.transpose(tf.tensor4d(values, shape as [number, number, number, number]), [0, 2, 3, 1]),
  );
}

/** Reads a tensor that is then let go. */
export async function take(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  tensor.dispose();
  return values;
}

/**
 * Layers in jax-js. Its arrays are consumed by use, `.ref` keeps them; weights are read through `weights`, which
 * keeps them for whoever owns the tree. Kernels are [inputs, outputs], pictures [B, 3, H, W].
 */
import { nn, numpy as np } from '@jax-js/jax';

export type Tree = Record<string, np.Array>;

/** Each array of a tree through `f`. */
export const mapTree = (given: Tree, f: (array: np.Array, name: string) => np.Array): Tree =>
  Object.fromEntries(Object.entries(given).map(([name, array]) => [name, f(array, name)]));

/** A weight by its name, to be consumed. */
export type Weights = (name: string) => np.Array;

export const reader =
  (tree: Tree): Weights =>
  (name) =>
    tree[name].ref;

/** x [..., inputs] → [..., outputs] */
export const dense = (x: np.Array, weights: Weights, name: string): np.Array =>
  np.matmul(x, weights(`${name}.weight`)).add(weights(`${name}.bias`));

export const layerNorm = (x: np.Array, weights: Weights, name: string, epsilon: number): np.Array =>
  nn
    .standardize(x, -1, { epsilon })
    .mul(weights(`${name}.weight`))
    .add(weights(`${name}.bias`));

/** The exact GELU. */
export const gelu = (x: np.Array): np.Array => nn.gelu(x, { approximate: false });

/** Rows divided by their length. */
export function unitRows(x: np.Array): np.Array {
  const length = np.sqrt(np.sum(np.square(x.ref), -1, { keepdims: true }));
  return x.div(np.maximum(length, 1e-12));
}

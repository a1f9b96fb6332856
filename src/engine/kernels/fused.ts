/**
 * Operations with many inputs and their own gradient, by name instead of by position.
 */
import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '../gradient';

type Entry = tf.Tensor | readonly tf.Tensor[] | undefined;
type Named = Readonly<Record<string, Entry>>;

const flat = (named: Named): tf.Tensor[] => Object.values(named).flatMap((entry) => entry ?? []);

/** The record with its tensors replaced, in order. */
function like<T extends object>(named: T, tensors: readonly tf.Tensor[]): T {
  let next = 0;
  const entries = Object.entries(named as Named).map(([name, entry]) => [
    name,
    Array.isArray(entry) ? entry.map(() => tensors[next++]) : entry && tensors[next++],
  ]);
  return Object.fromEntries(entries) as T;
}

/**
 * Runs an operation over named inputs; entries may be missing (undefined) or lists.
 * @param forward gives the value, and what is saved for the gradient
 * @param backward dL/d every input that was given, from dL/d value; what else it makes is disposed
 */
export function fused<Inputs extends object, Saved extends object>(
  inputs: Inputs,
  forward: (inputs: Inputs) => { value: tf.Tensor; saved: Saved },
  backward: (dy: tf.Tensor, saved: Saved) => Record<keyof Inputs, Entry>,
): tf.Tensor {
  return withGradient(flat(inputs as Named), (given, save) => {
    const { value, saved } = forward(like(inputs, given));
    save(flat(saved as Named));
    const gradient = (dy: tf.Tensor, kept: tf.Tensor[]) =>
      tf.tidy(() => {
        const gradients = backward(dy, like(saved, kept)) as Named;
        return Object.keys(inputs).flatMap((name) => gradients[name] ?? []);
      });
    return { value, gradient };
  });
}

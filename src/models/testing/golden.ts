/** For parity tests of networks: their parameters, tensors and comparisons by the names of a golden file. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectClose, type Fixture } from '../../checkpoint/parity';
import { readBack } from '../../engine';
import { ParameterSet, type ParameterSpec } from '../parameters';

export const tensorOf = (fixture: Fixture, name: string): tf.Tensor =>
  tf.tensor(fixture.floats(name), fixture.shape(name));

/** Expects the values to lie within the file's tolerance. */
export async function check(fixture: Fixture, name: string, tensor: tf.Tensor): Promise<void> {
  expect(expectClose(fixture, name, await readBack(tensor))).toBeLessThanOrEqual(1);
}

/**
 * The network's parameters from the file. Expects just those that `specs` name, in the same shapes.
 * @param prefixes where parameters are stored, and running statistics where they stand apart
 */
export function parametersOf(
  fixture: Fixture,
  prefixes: readonly string[],
  specs: ParameterSpec[],
): ParameterSet {
  const stored = new Map(
    prefixes.flatMap((prefix) => fixture.names(prefix).map((name) => [name.slice(prefix.length), name])),
  );
  expect(specs.map(({ name }) => name).sort()).toEqual([...stored.keys()].sort());
  const values = new Map<string, Float32Array>();
  for (const { name, shape } of specs) {
    const at = stored.get(name) as string;
    expect(shape, name).toEqual(fixture.shape(at));
    values.set(name, fixture.floats(at));
  }
  return new ParameterSet(specs, values);
}

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { engineMemory, readBack, startEngine } from '../engine';
import { residence } from '../engine/arena';
import { randomStream } from '../platform/random';
import { initialise, ones, ParameterSet, type ParameterSpec, zeros } from './parameters';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const specs: ParameterSpec[] = [
  { name: 'conv.weight', shape: [5, 3, 3, 3], init: { kind: 'normal', std: 1 } },
  { name: 'bn.running_mean', shape: [5], init: zeros, kind: 'buffer' },
  { name: 'bn.weight', shape: [5], init: ones },
  { name: 'scale', shape: [5, 1], init: ones, kind: 'frozen' },
];
const drawn = () => {
  const rng = randomStream(1, 'parameters');
  return new Map(specs.map((spec) => [spec.name, initialise(spec, rng)]));
};

describe('the parameters of a network', () => {
  it('hold what was given, each kind in an arena of its own', async () => {
    const set = new ParameterSet(specs, drawn());
    for (const [name, values] of drawn()) expect(await readBack(set.get(name))).toEqual(values);
    const arenas = specs.map(({ name }) => residence(set.get(name))?.arena);
    expect(arenas[0]).toBe(arenas[2]);
    expect(new Set(arenas).size).toBe(3);
    expect(arenas).not.toContain(undefined);
    expect(specs.map(({ name }) => set.get(name).trainable)).toEqual([true, false, true, true]);
    set.dispose();
  });

  it('are variables that gradients are taken for', async () => {
    const set = new ParameterSet(specs, drawn());
    const weight = set.get('bn.weight');
    const { grads } = tf.variableGrads(() => tf.sum(tf.square(set.get('bn.weight'))) as tf.Scalar, [weight]);
    expect([...(await readBack(grads[weight.name]!))]).toEqual([2, 2, 2, 2, 2]);
    set.dispose();
  });

  it('take 256 bytes or a multiple each, and leave nothing behind', () => {
    const [before, tensors] = [engineMemory(), tf.memory().numTensors];
    const set = new ParameterSet(specs, drawn());
    expect(engineMemory().used - before.used).toBe(768 + 3 * 256);
    set.dispose();
    expect(engineMemory()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('are refused with the name of the tensor that is missing or of another size', () => {
    const before = engineMemory();
    const values = drawn();
    values.set('scale', new Float32Array(6));
    expect(() => new ParameterSet(specs, values)).toThrow(/"scale" of shape \[5, 1\]/);
    values.delete('scale');
    expect(() => new ParameterSet(specs, values)).toThrow(/"scale"/);
    expect(engineMemory()).toEqual(before);
  });

  it('answers a name it does not have with an error', () => {
    const set = new ParameterSet(specs, drawn());
    expect(() => set.get('bias')).toThrow(/no parameter "bias"/);
    set.dispose();
  });
});

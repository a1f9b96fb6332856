import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { computeOne, defineKernel, readBack, startEngine, webgpu } from './index';

const double = defineKernel({
  name: 'double',
  reads: ['x'],
  writes: ['y'],
  uniforms: [],
  body: 'y[index] = 2.0 * x[index];',
});
const addInPlace = defineKernel({
  name: 'add_in_place',
  reads: ['x'],
  writes: ['state'],
  uniforms: [],
  body: 'state[index] += x[index];',
});

describe('the engine', () => {
  it('really runs on WebGPU here, on our own backend', async () => {
    const info = await startEngine();
    expect(info.backend).toBe('webgpu');
    expect(webgpu()).not.toBeNull();
    expect(info.adapter.length).toBeGreaterThan(3);
  });

  it('keeps the order of tfjs operations and our kernels', async () => {
    await startEngine();
    const x = tf.tensor1d([1, 2, 3]);
    const y = computeOne(double, [tf.add(x, 1)], [3], {}, 3);
    expect([...(await readBack(tf.mul(y, 10)))]).toEqual([40, 60, 80]);
  });

  it('reads state as it is after an update in place, not as it was uploaded', async () => {
    await startEngine();
    const state = tf.tensor1d([1, 1, 1]);
    expect([...(await readBack(state))]).toEqual([1, 1, 1]);
    webgpu()?.dispatch(addInPlace, [tf.tensor1d([1, 2, 3])], [state], {}, 3);
    expect([...(await readBack(state))]).toEqual([2, 3, 4]);
    expect([...(await readBack(tf.add(state, 1)))]).toEqual([3, 4, 5]);
  });
});

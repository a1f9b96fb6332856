import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { computeOne, type PawsaurBackend, webgpu } from './backend';
import { defineKernel } from './kernel';
import { readBack } from './readback';
import { engineMemory, startEngine } from './start';

let backend: PawsaurBackend;

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
  backend = webgpu() as PawsaurBackend;
});

const addOne = defineKernel({
  name: 'add_one_in_place',
  reads: [],
  writes: ['x'],
  uniforms: [],
  body: 'x[index] += 1.0;',
});
const twice = defineKernel({
  name: 'twice',
  reads: ['x'],
  writes: ['y'],
  uniforms: [],
  body: 'y[index] = 2.0 * x[index];',
});

describe('views of one buffer', () => {
  it('are written, read and updated each at its own place, by our kernels and by tfjs', async () => {
    const buffer = backend.createBuffer(1024);
    const [a, b] = [backend.view(buffer, 0, [3]), backend.view(buffer, 512, [2, 2])];
    backend.writeBuffer(buffer, 0, new Float32Array([1, 2, 3]));
    backend.writeBuffer(buffer, 512, new Float32Array([5, 6, 7, 8]));
    backend.dispatch(addOne, [], [b], {}, b.size);
    expect([...(await readBack(b))]).toEqual([6, 7, 8, 9]);
    expect([...(await readBack(a))]).toEqual([1, 2, 3]);
    expect([...(await tf.add(b, 1).data())]).toEqual([7, 8, 9, 10]);
    expect([...(await readBack(computeOne(twice, [b], [4], {}, 4)))]).toEqual([12, 14, 16, 18]);
    expect([...(await b.data())]).toEqual([6, 7, 8, 9]);
    tf.dispose([a, b]);
    backend.destroyBuffer(buffer);
  });

  it('take copies of whole tensors', async () => {
    const buffer = backend.createBuffer(512);
    const place = backend.view(buffer, 256, [2]);
    backend.copy(tf.mul(tf.tensor1d([1, 2]), 3), place);
    expect([...(await readBack(place))]).toEqual([3, 6]);
    backend.destroyBuffer(buffer);
  });

  it('count in the memory in use until their buffer is freed', () => {
    const before = engineMemory();
    const buffer = backend.createBuffer(4096);
    expect(engineMemory().allocated - before.allocated).toBe(4096);
    expect(engineMemory().used - before.used).toBe(4096);
    backend.destroyBuffer(buffer);
    expect(engineMemory()).toEqual(before);
  });
});

describe('a kernel of groups', () => {
  it('reaches every group, in one row of workgroups or folded into several, and no more', async () => {
    const mark = defineKernel({
      name: 'mark_groups',
      mode: 'groups',
      workgroupSize: 1,
      reads: [],
      writes: ['marks'],
      uniforms: [],
      body: 'marks[group] += 1.0;',
    });
    for (const count of [1, 65_535, 65_536, 65_537, 131_071]) {
      const marks = tf.variable(tf.zeros([140_000]));
      backend.dispatch(mark, [], [marks], {}, count);
      const seen = await readBack(marks);
      expect(seen.subarray(0, count).every((times) => times === 1)).toBe(true);
      expect(seen.subarray(count).every((times) => times === 0)).toBe(true);
      marks.dispose();
    }
  });
});

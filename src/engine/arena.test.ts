import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Arena, ArenaLayout, maxChunkBytes, residence } from './arena';
import { type PawsaurBackend, webgpu } from './backend';
import { defineKernel } from './kernel';
import { readBack } from './readback';
import { engineMemory, startEngine } from './start';

let backend: PawsaurBackend;

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
  backend = webgpu() as PawsaurBackend;
});

const of = (...shapes: number[][]) => shapes.map((shape) => ({ shape }));

describe('an arena layout', () => {
  it('pads every tensor to 256 bytes and knows its bytes before a buffer exists', () => {
    const layout = new ArenaLayout(of([3, 5], [64], [65], []), 1 << 20);
    expect(layout.places.map(({ offset }) => offset)).toEqual([0, 256, 512, 1024]);
    expect(layout.bytes).toBe(1280);
    expect(layout.chunkBytes).toEqual([1280]);
  });

  it('starts a chunk when a tensor fits in none, and lets no tensor straddle two', () => {
    const layout = new ArenaLayout(of([64], [128], [64], [192]), 768);
    expect(layout.places).toEqual([
      { chunk: 0, offset: 0, bytes: 256 },
      { chunk: 0, offset: 256, bytes: 512 },
      { chunk: 1, offset: 0, bytes: 256 },
      { chunk: 2, offset: 0, bytes: 768 },
    ]);
    expect(layout.chunkBytes).toEqual([768, 256, 768]);
    // A later tensor fills the room that an earlier chunk still has.
    expect(new ArenaLayout(of([64], [192], [100]), 768).places[2]).toEqual({
      chunk: 0,
      offset: 256,
      bytes: 512,
    });
  });

  it('refuses a tensor that no binding can hold, by its name', () => {
    const wide = [{ name: 'head.last_layer.weight_v', shape: [1 << 16, 1 << 10] }];
    expect(() => new ArenaLayout(wide, 1 << 27)).toThrow(/"head.last_layer.weight_v" .* 268435456 bytes/);
  });

  it('matches one that puts the same sizes at the same places', () => {
    const layout = new ArenaLayout(of([3, 5], [7]), 1024);
    expect(layout.matches(new ArenaLayout(of([15], [7]), 1024))).toBe(true);
    expect(layout.matches(new ArenaLayout(of([15], [70]), 1024))).toBe(false);
    expect(layout.matches(new ArenaLayout(of([15]), 1024))).toBe(false);
  });
});

describe('an arena', () => {
  it('holds its values at their places with zeros between, chunk by chunk', async () => {
    const layout = new ArenaLayout([...of([2, 2], [63], [65]), { shape: [2], dtype: 'int32' }], 512);
    const values = [4, 63, 65].map((n) => Float32Array.from({ length: n }, (_, i) => n + i));
    const arena = new Arena(backend, layout, [...values, Int32Array.of(-1, 7)]);
    for (const [i, expected] of values.entries()) {
      expect(await readBack(arena.tensors[i]!)).toEqual(expected);
    }
    expect([...(await readBack(arena.tensors[3]!))]).toEqual([-1, 7]);
    const [first] = await Promise.all(arena.chunks.map((chunk) => readBack(chunk)));
    expect([...first!.subarray(0, 5), ...first!.subarray(62, 66)]).toEqual([4, 5, 6, 7, 0, 0, 0, 63, 64]);
    arena.dispose();
  });

  it('is all zeros without values', async () => {
    const arena = new Arena(backend, new ArenaLayout(of([3], [300]), maxChunkBytes(backend)));
    expect((await readBack(arena.chunks[0]!)).every((value) => value === 0)).toBe(true);
    arena.dispose();
  });

  it('is updated through its chunks under the variables made of its views', async () => {
    const addOne = defineKernel({
      name: 'add_one',
      reads: [],
      writes: ['x'],
      uniforms: [],
      body: 'x[index] += 1.0;',
    });
    const layout = new ArenaLayout(of([2], [3]), 1024);
    const made: Arena[] = [];
    tf.tidy(() => {
      made.push(new Arena(backend, layout, [new Float32Array(2), Float32Array.of(5, 6, 7)]));
    });
    const arena = made[0]!;
    const variable = tf.variable(arena.tensors[1]!);
    const [chunk] = arena.chunks;
    backend.dispatch(addOne, [], [chunk!], {}, chunk!.size);
    expect([...(await readBack(variable))]).toEqual([6, 7, 8]);
    expect([...(await tf.mul(variable, 2).data())]).toEqual([12, 14, 16]);
    expect(residence(variable)).toEqual({ arena, index: 1 });
    expect(residence(tf.tensor1d([1]))).toBeNull();
    variable.dispose();
    arena.dispose();
  });

  it('takes exactly the bytes of its layout, and gives them back', () => {
    const layout = new ArenaLayout(of([1000], [3], [700]), 4096);
    const [before, tensors] = [engineMemory(), tf.memory().numTensors];
    const arena = new Arena(backend, layout);
    expect(engineMemory().allocated - before.allocated).toBe(4096 + 256 + 2816);
    expect(layout.bytes).toBe(4096 + 256 + 2816);
    arena.dispose();
    expect(engineMemory()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

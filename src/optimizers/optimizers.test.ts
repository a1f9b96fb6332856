import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { captureStep, engineMemory, type PawsaurBackend, readBack, startEngine, webgpu } from '../engine';
import { Arena, ArenaLayout } from '../engine/arena';
import { randomStream } from '../platform/random';
import { AdamW } from './adamw';
import { Lars } from './lars';
import {
  control,
  followAll,
  isDecayed,
  OPTIMIZER_CONTROLS,
  type OptimizedParameter,
  type Optimizer,
} from './optimizer';
import { Sgd } from './sgd';

let backend: PawsaurBackend;

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
  backend = webgpu() as PawsaurBackend;
});

const draw = (name: string, shape: number[]): Float32Array => {
  const rng = randomStream(3, name);
  return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal());
};

function controlsOf(step: number, clip = 2): tf.Tensor {
  const values = new Float32Array(OPTIMIZER_CONTROLS);
  values[control.lr] = 0.05;
  values[control.weightDecay] = 0.1;
  values[control.momentum] = 0.9;
  values[control.clip] = clip;
  values[control.lastLayer] = step < 2 ? 0 : 1;
  values[control.always] = 1;
  return tf.tensor1d(values);
}

/** Odd and tiny ones, one that thaws late, one of several blocks, a scalar. */
const shapes = [[33, 5], [7], [12, 3], [70, 130], [], [64, 64]];
const THAWS = 2;
const WITHOUT_TEACHER = 1;

const arenas: Arena[] = [];
afterEach(() => {
  for (const arena of arenas.splice(0)) arena.dispose();
});

function arenaOf(name: string, maxChunkBytes: number): tf.Variable[] {
  const layout = new ArenaLayout(
    shapes.map((shape) => ({ shape })),
    maxChunkBytes,
  );
  const arena = new Arena(
    backend,
    layout,
    shapes.map((shape, i) => draw(`${name} ${i}`, shape)),
  );
  arenas.push(arena);
  return arena.tensors.map((tensor) => tf.variable(tensor));
}

type Build = (parameters: OptimizedParameter[]) => Optimizer;

const kinds: ReadonlyArray<readonly [string, Build]> = [
  ['AdamW', (p) => new AdamW(p)],
  ['SGD', (p) => new Sgd(p)],
  ['LARS of DINO', (p) => new Lars(p, { form: 'dino', trustCoefficient: 0.1 })],
  ['LARS of PAWS', (p) => new Lars(p, { form: 'paws', trustCoefficient: 0.1 })],
  ['LARS with Nesterov', (p) => new Lars(p, { form: 'paws', trustCoefficient: 0.1, nesterov: true })],
];

function build(make: Build, maxChunkBytes = 1 << 20, teachers = true) {
  const students = arenaOf('student', maxChunkBytes);
  const averages = teachers ? arenaOf('teacher', maxChunkBytes) : [];
  const parameters = shapes.map((shape, i) => ({
    name: `${i}`,
    student: students[i]!,
    teacher: i === WITHOUT_TEACHER ? null : (averages[i] ?? null),
    decay: shape.length > 1,
    active: i === THAWS ? control.lastLayer : control.always,
  }));
  return { parameters, optimizer: make(parameters) };
}

const gradientsOf = (step: number, scale = 1) =>
  shapes.map((shape, i) => tf.mul(tf.tensor(draw(`gradient ${i} ${step}`, shape), shape), scale));

async function expectEqualWithin(bound: number, got: tf.Tensor, wanted: tf.Tensor): Promise<void> {
  const [a, b] = [await readBack(got), await readBack(wanted)];
  const difference = Math.hypot(...a.map((value, i) => value - b[i]!));
  expect(difference / Math.hypot(...b)).toBeLessThan(bound);
}

describe.each(kinds)('%s', (_, make) => {
  it.each([
    ['in one buffer', 1 << 20, 2, true],
    ['in several buffers', 36608, 2, true],
    ['without clipping', 1 << 20, 0, true],
    ['without a teacher', 1 << 20, 2, false],
  ] as const)('does in its kernels what its twin does, %s', async (_, maxChunkBytes, clip, teachers) => {
    const [ours, twin] = [build(make, maxChunkBytes, teachers), build(make, maxChunkBytes, teachers)];
    for (let step = 0; step < 5; step++) {
      const controls = controlsOf(step, clip);
      ours.optimizer.step(gradientsOf(step), controls);
      twin.optimizer.stepComposed(gradientsOf(step), controls);
      if (step !== 1) continue;
      expect(await readBack(ours.parameters[THAWS]!.student)).toEqual(draw('student 2', shapes[THAWS]!));
    }
    for (const [i, { student, teacher }] of ours.parameters.entries()) {
      const other = twin.parameters[i]!;
      await expectEqualWithin(1e-5, student, other.student);
      if (teacher) await expectEqualWithin(1e-5, teacher, other.teacher!);
      expect(await readBack(student)).not.toEqual(draw(`student ${i}`, shapes[i]!));
    }
    await expectEqualWithin(1e-5, ours.optimizer.gradientNorms(), twin.optimizer.gradientNorms());
  });

  it('keeps the padding at zero, and what has no teacher out of the teachers', async () => {
    const { optimizer } = build(make);
    for (let step = 0; step < 4; step++) optimizer.step(gradientsOf(step), controlsOf(step));
    const [students, teachers] = arenas.slice(-2);
    for (const arena of [students!, teachers!]) {
      const all = await readBack(arena.chunks[0]!);
      for (const [i, { offset, bytes }] of arena.layout.places.entries()) {
        const size = tf.util.sizeFromShape(shapes[i]!);
        const padding = all.subarray(offset / 4 + size, (offset + bytes) / 4);
        expect(padding.every((value) => value === 0)).toBe(true);
      }
    }
    const alone = await readBack(teachers!.tensors[WITHOUT_TEACHER]!);
    expect(alone).toEqual(draw('teacher 1', shapes[WITHOUT_TEACHER]!));
  });

  it('gives the same bits twice', async () => {
    const runs = [build(make), build(make)];
    for (let step = 0; step < 4; step++) {
      for (const { optimizer } of runs) optimizer.step(gradientsOf(step), controlsOf(step));
    }
    const [first, second] = runs.map(({ parameters }) => parameters);
    for (const i of shapes.keys()) {
      expect(await readBack(first![i]!.student)).toEqual(await readBack(second![i]!.student));
    }
  });

  it('steps in three dispatches, and in two more for each further buffer', () => {
    for (const [maxChunkBytes, dispatches] of [
      [1 << 20, 3],
      [36608, 5],
    ] as const) {
      const { optimizer } = build(make, maxChunkBytes);
      const before = backend.counters.ours;
      const [gradients, controls] = [gradientsOf(0), controlsOf(0)];
      optimizer.step(gradients, controls);
      expect(backend.counters.ours - before).toBe(dispatches);
    }
  });

  it('holds exactly the bytes it names, and gives them back', () => {
    const { parameters } = build(make);
    const [before, tensors] = [engineMemory(), tf.memory().numTensors];
    const optimizer = make(parameters);
    expect(engineMemory().allocated - before.allocated).toBe(optimizer.bytes);
    const perKind = shapes.reduce(
      (sum, shape) => sum + 256 * Math.ceil(tf.util.sizeFromShape(shape) / 64),
      0,
    );
    const state = optimizer instanceof AdamW ? 2 : 1;
    expect(optimizer.bytes).toBeGreaterThan((1 + state) * perKind);
    expect(optimizer.bytes).toBeLessThan((1 + state) * perKind + 3000);
    optimizer.dispose();
    expect(engineMemory()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('an optimiser', () => {
  it('clips by the norm of each tensor: a gradient ten times as large moves SGD no further', async () => {
    const moved = await Promise.all(
      [10, 100].map(async (scale) => {
        const { parameters, optimizer } = build((p) => new Sgd(p));
        optimizer.step(gradientsOf(0, scale), controlsOf(0));
        return readBack(parameters[0]!.student);
      }),
    );
    for (let i = 0; i < moved[0]!.length; i++) expect(moved[0]![i]).toBeCloseTo(moved[1]![i]!, 5);
  });

  it('reports the norm of each gradient before clipping', async () => {
    const { optimizer } = build((p) => new AdamW(p));
    optimizer.step(gradientsOf(4), controlsOf(4));
    const norms = shapes.map((shape, i) => Math.hypot(...draw(`gradient ${i} 4`, shape)));
    const got = await readBack(optimizer.gradientNorms());
    for (const [i, norm] of norms.entries()) expect(got[i]! / norm).toBeCloseTo(1, 5);
  });

  it('steps in a captured step to the same bits, gradients computed straight into its arena', async () => {
    const trained = async (mode: 'eager' | 'captured') => {
      const { parameters, optimizer } = build((p) => new AdamW(p));
      const captured = await captureStep(
        {
          inputs: { scale: { shape: [1] }, controls: { shape: [OPTIMIZER_CONTROLS] } },
          step: ({ scale, controls }) => {
            const gradients = parameters.map(({ student }) => tf.mul(student, tf.reshape(scale, [])));
            optimizer.step(gradients, controls);
            return { norms: tf.neg(optimizer.gradientNorms()) };
          },
          read: ['norms'],
        },
        { mode },
      );
      const norms: number[] = [];
      for (let step = 0; step < 4; step++) {
        const controls = (await readBack(controlsOf(step))) as Float32Array<ArrayBuffer>;
        norms.push(...(await captured.run({ scale: Float32Array.of(step + 0.5), controls })).norms!);
      }
      const students = await Promise.all(parameters.map(({ student }) => readBack(student)));
      captured.dispose();
      return { norms, students, plan: captured.plan };
    };
    const [eager, replayed] = [await trained('eager'), await trained('captured')];
    expect(replayed.students).toEqual(eager.students);
    expect(replayed.norms).toEqual(eager.norms);
    // A product for each gradient, the three kernels, and the negative; only that needs room of its own.
    expect(replayed.plan?.dispatches).toBe(shapes.length + 3 + 1);
    expect(replayed.plan?.temporaryBytes).toBeLessThan(1024);
  });

  it('leaves alone what lies in the same arena but is not its own', async () => {
    const { parameters } = build((p) => new Sgd(p));
    const optimizer = new AdamW(parameters.slice(2, 4));
    optimizer.step(gradientsOf(3).slice(2, 4), controlsOf(3));
    for (const [i, { student, teacher }] of parameters.entries()) {
      const own = i === 2 || i === 3;
      for (const [name, tensor] of [['student', student] as const, ['teacher', teacher] as const]) {
        if (!tensor) continue;
        const [now, start] = [await readBack(tensor), draw(`${name} ${i}`, shapes[i]!)];
        expect(now.every((value, at) => value === start[at])).toBe(!own);
      }
    }
  });

  it('refuses a parameter outside any arena, and a teacher at another place than its student', () => {
    const { parameters } = build((p) => new Sgd(p));
    const outside = { ...parameters[0]!, student: tf.variable(tf.zeros([33, 5])) };
    expect(() => new Sgd([outside])).toThrow(/"0" lies in no arena/);
    const crossed = { ...parameters[0]!, teacher: parameters[2]!.teacher };
    const alone = { ...parameters[0]!, teacher: outside.student };
    for (const wrong of [crossed, alone]) expect(() => new Sgd([wrong])).toThrow(/teacher of "0"/);
  });
});

describe('the moving average of untrained parameters', () => {
  it.each([
    ['all of two arenas, in one dispatch', 6, 1],
    ['some of them, one by one', 4, 4],
  ] as const)('runs over %s', async (_, count, dispatches) => {
    const [teachers, students] = [arenaOf('teacher', 1 << 20), arenaOf('student', 1 << 20)];
    const before = backend.counters.ours;
    followAll(teachers.slice(0, count), students.slice(0, count), controlsOf(0));
    expect(backend.counters.ours - before).toBe(dispatches);
    for (const [i, shape] of shapes.entries()) {
      const [was, student] = [draw(`teacher ${i}`, shape), draw(`student ${i}`, shape)];
      const moved = was.map((value, at) => (i < count ? 0.9 * value + 0.1 * student[at]! : value));
      await expectEqualWithin(1e-6, teachers[i]!, tf.tensor(moved, shape));
    }
  });
});

describe('weight decay', () => {
  it('goes to tensors of two or more dimensions that are no biases', () => {
    expect(isDecayed('backbone.cls_token', [1, 1, 8])).toBe(true);
    expect(isDecayed('head.last_layer.weight_g', [64, 1])).toBe(true);
    expect(isDecayed('backbone.norm.weight', [8])).toBe(false);
    expect(isDecayed('some.bias', [8, 8])).toBe(false);
  });
});

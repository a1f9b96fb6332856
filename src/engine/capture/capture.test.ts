import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../platform/random';
import { computeOne, type PawsaurBackend, webgpu } from '../backend';
import { defineKernel } from '../kernel';
import { readBack } from '../readback';
import { engineMemory, startEngine } from '../start';
import { captureStep, planRun, type StepDefinition } from './capture';

let backend: PawsaurBackend;

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
  backend = webgpu() as PawsaurBackend;
});

const square = defineKernel({
  name: 'square',
  reads: ['x'],
  writes: ['y'],
  uniforms: [],
  body: 'y[index] = x[index] * x[index];',
});
const descend = defineKernel({
  name: 'descend',
  reads: ['gradient', 'rate'],
  writes: ['weight'],
  uniforms: [],
  body: 'weight[index] -= rate[0] * gradient[index];',
});

const [ROWS, IN, OUT] = [7, 5, 3];

const draw = (name: string, size: number) => {
  const rng = randomStream(1, name);
  return Float32Array.from({ length: size }, () => rng.normal());
};

/** A step of a small regression: weights in a buffer of their own, gradients copied into another. */
function regression(arena = backend.createBuffer(256), gradients = backend.createBuffer(256)) {
  backend.writeBuffer(arena, 0, draw('weight', IN * OUT));
  const weight = tf.tidy(() => tf.variable(backend.view(arena, 0, [IN, OUT])));
  const gradient = backend.view(gradients, 0, [IN, OUT]);
  const definition = {
    inputs: { x: { shape: [ROWS, IN] }, rate: { shape: [1] }, which: { shape: [ROWS], dtype: 'int32' } },
    step: ({ x, rate, which }) => {
      const { value, grads } = tf.variableGrads(() => {
        const y = tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D);
        const target = tf.oneHot(which as tf.Tensor1D, OUT);
        const doubled = tf.mul(tf.softmax(tf.add(y, 0.5)), tf.tensor1d([1, 2, 3]));
        return tf.mean(tf.squaredDifference(doubled, target)) as tf.Scalar;
      }, [weight]);
      backend.copy(grads[weight.name] as tf.Tensor, gradient);
      backend.dispatch(descend, [gradient, rate], [weight], {}, weight.size);
      tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D, false, true); // nothing depends on it
      return { loss: value as tf.Tensor, squared: computeOne(square, [x], x.shape, {}, x.size) };
    },
    read: ['loss'],
  } satisfies StepDefinition<'x' | 'rate' | 'which', 'loss' | 'squared'>;
  const dispose = () => {
    weight.dispose();
    gradient.dispose();
    backend.destroyBuffer(arena);
    backend.destroyBuffer(gradients);
  };
  return { weight, gradient, definition, dispose };
}

const valuesOf = (step: number) => ({
  x: draw(`x ${step}`, ROWS * IN),
  rate: new Float32Array([step < 3 ? 0 : 0.3]),
  which: Int32Array.from({ length: ROWS }, (_, i) => (i + step) % OUT),
});

describe('a captured step', () => {
  it('gives the bits of the eager one, step after step: losses, outputs and state', async () => {
    const [ours, eager] = [regression(), regression()];
    const captured = await captureStep(ours.definition);
    const twin = await captureStep(eager.definition, { mode: 'eager' });
    const losses: number[] = [];
    for (let step = 0; step < 8; step++) {
      const [a, b] = [await captured.run(valuesOf(step)), await twin.run(valuesOf(step))];
      expect(a.loss).toEqual(b.loss);
      losses.push(a.loss?.[0] as number);
      expect(await readBack(captured.outputs!.squared)).toEqual(await readBack(twin.outputs!.squared));
      expect(await readBack(ours.weight)).toEqual(await readBack(eager.weight));
      expect(await readBack(ours.gradient)).toEqual(await readBack(eager.gradient));
    }
    expect(new Set(losses).size).toBe(losses.length);
    for (const disposable of [captured, twin, ours, eager]) disposable.dispose();
  });

  it('computes nothing while it is recorded', async () => {
    const { weight, definition, dispose } = regression();
    const before = await readBack(weight);
    const captured = await captureStep(definition);
    expect(await readBack(weight)).toEqual(before);
    captured.dispose();
    dispose();
  });

  it('drops what nothing depends on, and makes a gradient where it would be copied to', async () => {
    const { definition, dispose } = regression();
    const issued = { ...backend.counters };
    const eager = await captureStep(definition, { mode: 'eager' });
    await eager.run(valuesOf(0));
    const sent = backend.counters.ours + backend.counters.tfjs - issued.ours - issued.tfjs;
    eager.dispose();
    const captured = await captureStep(definition);
    // The unused product is gone; the copy is none of the dispatches.
    expect(captured.plan?.dispatches).toBe(sent - 1);
    const times = await captured.profile(valuesOf(0));
    expect(times?.map(({ name }) => name)).not.toContain('copy');
    expect(times).toHaveLength(sent - 1);
    captured.dispose();
    dispose();
  });

  it('answers runs that are sent without waiting in order, each with its own values', async () => {
    const [ours, eager] = [regression(), regression()];
    const captured = await captureStep(ours.definition);
    const twin = await captureStep(eager.definition, { mode: 'eager' });
    const together = await Promise.all([0, 1, 2, 3, 4, 5].map((step) => captured.run(valuesOf(step + 3))));
    for (const [step, values] of together.entries()) {
      expect(values.loss).toEqual((await twin.run(valuesOf(step + 3))).loss);
    }
    for (const disposable of [captured, twin, ours, eager]) disposable.dispose();
  });

  it('takes as many bytes as planned, leaks nothing while it runs, and gives all back', async () => {
    const start = engineMemory();
    const tensors = tf.memory().numTensors;
    const { definition, dispose } = regression();
    const before = engineMemory();
    const captured = await captureStep(definition);
    const plan = captured.plan!;
    expect(engineMemory().allocated - before.allocated).toBe(plan.bytes);
    const held = { tensors: tf.memory().numTensors, bytes: engineMemory().allocated };
    for (let step = 0; step < 20; step++) await captured.run(valuesOf(step));
    expect({ tensors: tf.memory().numTensors, bytes: engineMemory().allocated }).toEqual(held);
    captured.dispose();
    dispose();
    expect(engineMemory().used).toBe(start.used);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('is planned to the byte without making a buffer', async () => {
    const { definition, dispose } = regression();
    const captured = await captureStep(definition);
    const before = { ...engineMemory(), tensors: tf.memory().numTensors };
    const planned = planRun(() => regression());
    expect({ ...engineMemory(), tensors: tf.memory().numTensors }).toEqual(before);
    expect(planned).toEqual({ ...captured.plan, stateBytes: 512 });
    captured.dispose();
    dispose();
  });

  it('runs beside eager operations between its runs', async () => {
    const { weight, definition, dispose } = regression();
    const captured = await captureStep(definition);
    await captured.run(valuesOf(3));
    const sum = tf.tidy(() => tf.sum(tf.mul(weight, 2)));
    const weights = await readBack(weight);
    await captured.run(valuesOf(4));
    const expected = 2 * weights.reduce((a, b) => a + b, 0);
    expect((await readBack(sum))[0]).toBeCloseTo(expected, 4);
    sum.dispose();
    captured.dispose();
    dispose();
  });

  it('refuses to be recorded while it reads numbers back or keeps a tensor', async () => {
    const reading = { inputs: { x: { shape: [2] } }, read: ['y'] } as const;
    const bytes = engineMemory().used;
    await expect(
      captureStep({
        ...reading,
        inputs: { x: { shape: [2] } },
        step: ({ x }) => ({ y: tf.mul(x, tf.neg(x).dataSync()[0] as number) }),
      }),
    ).rejects.toMatchObject({ code: 'engine/capture' });
    const kept: tf.Tensor[] = [];
    await expect(
      captureStep({
        inputs: { x: { shape: [2] } },
        step: ({ x }) => {
          kept.push(tf.keep(tf.neg(x)));
          return { y: tf.mul(x, 2) };
        },
        read: ['y'],
      }),
    ).rejects.toMatchObject({ code: 'engine/capture' });
    tf.dispose(kept);
    expect(engineMemory().used).toBe(bytes);
  });

  it('leaves nothing behind when it is refused, and eager operations as they were', async () => {
    const held = () => ({ used: engineMemory().used, tensors: tf.memory().numTensors });
    const before = held();
    const inputs = { x: { shape: [3] } };
    // tfjs compiles atan as it is recorded, and would refuse to run it until somebody asks.
    const reading = ({ x }: { x: tf.Tensor }) => ({ y: tf.mul(x, tf.atan(x).dataSync()[0] as number) });
    const refusal = { code: 'engine/capture' };
    await expect(captureStep({ inputs, step: reading, read: ['y'] })).rejects.toMatchObject(refusal);
    const one = tf.scalar(1);
    const eager = tf.atan(one);
    expect((await readBack(eager))[0]).toBeCloseTo(Math.PI / 4, 5);
    tf.dispose([one, eager]);
    const kept: tf.Tensor[] = [];
    const keeping = ({ x }: { x: tf.Tensor }) => {
      kept.push(tf.keep(tf.neg(x)));
      return { y: tf.mul(x, 2) };
    };
    await expect(captureStep({ inputs, step: keeping, read: ['y'] })).rejects.toMatchObject(refusal);
    tf.dispose(kept);
    const build = () => {
      const state = backend.allocate([5]);
      const definition = { inputs, step: reading, read: ['y' as const] };
      return { definition, dispose: () => state.dispose() };
    };
    expect(() => planRun(build)).toThrow('must not read numbers back');
    expect(held()).toEqual(before);
  });

  it('refuses to write over numbers that the step itself gives: only the first run would find them', async () => {
    await expect(
      captureStep({
        inputs: { x: { shape: [1] }, rate: { shape: [1] } },
        step: ({ x, rate }) => {
          const sum = tf.tensor1d([4]);
          backend.dispatch(descend, [x, rate], [sum], {}, 1);
          return { y: tf.mul(sum, 1) };
        },
        read: ['y'],
      }),
    ).rejects.toMatchObject({ code: 'engine/capture' });
  });

  it('tells uniforms apart that are not finite', async () => {
    const captured = await captureStep({
      inputs: { x: { shape: [1] } },
      step: ({ x }) => {
        const [most, least, none] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
        return {
          most: tf.add(x, tf.fill([1], most)),
          least: tf.add(x, tf.fill([1], least)),
          none: tf.add(x, tf.fill([1], none)),
        };
      },
      read: ['most', 'least', 'none'],
    });
    const { most, least, none } = await captured.run({ x: new Float32Array(1) });
    expect([most?.[0], least?.[0], none?.[0]]).toEqual([Infinity, -Infinity, NaN]);
    captured.dispose();
  });

  it('takes inputs of the right size alone, and numbers of either kind', async () => {
    const captured = await captureStep({
      inputs: { x: { shape: [2] }, n: { shape: [2], dtype: 'int32' } },
      step: ({ x, n }) => ({ y: tf.add(x, tf.cast(n, 'float32')) }),
      read: ['y'],
    });
    const n = new Float32Array([3, 4]);
    expect((await captured.run({ x: new Int32Array([1, 2]), n })).y).toEqual(new Float32Array([4, 6]));
    for (const x of [new Float32Array(1), new Float32Array(3)]) {
      await expect(captured.run({ x, n })).rejects.toMatchObject({ code: 'engine' });
    }
    captured.dispose();
  });

  it.each(['captured', 'eager'] as const)(
    'may give state as an output, %s, and leaves it alive',
    async (mode) => {
      const state = tf.tidy(() => tf.variable(tf.zeros([1])));
      const captured = await captureStep<'x' | 'rate', 'state'>(
        {
          inputs: { x: { shape: [1] }, rate: { shape: [1] } },
          step: ({ x, rate }) => {
            backend.dispatch(descend, [x, rate], [state], {}, 1);
            return { state };
          },
          read: ['state'],
        },
        { mode },
      );
      const values = { x: new Float32Array([1]), rate: new Float32Array([-1]) };
      for (const sum of [1, 2, 3]) expect((await captured.run(values)).state?.[0]).toBe(sum);
      captured.dispose();
      expect((await readBack(state))[0]).toBe(3);
      state.dispose();
    },
  );

  it('ends its runs under way when it is disposed', async () => {
    const { definition, dispose } = regression();
    const captured = await captureStep(definition);
    const used = engineMemory().used;
    const runs = [0, 1, 2].map((step) => captured.run(valuesOf(step)));
    captured.dispose();
    for (const run of await Promise.allSettled(runs)) expect(run.status).toBe('rejected');
    expect(engineMemory().used).toBeLessThan(used);
    dispose();
  });

  it('says so where the device has no room for it, and leaves nothing behind', async () => {
    const { weight, definition, dispose } = regression();
    const held = () => ({ ...engineMemory(), tensors: tf.memory().numTensors });
    const before = held();
    const { device } = backend;
    const answer = device.popErrorScope;
    device.popErrorScope = async () => ({ message: 'out of memory' });
    await expect(captureStep(definition)).rejects.toMatchObject({ code: 'memory/step' });
    device.popErrorScope = answer;
    await device.popErrorScope();
    expect(held()).toEqual(before);
    expect(await readBack(weight)).toEqual(draw('weight', IN * OUT));
    dispose();
  });

  it('takes no memory when it is given up while kernels compile', async () => {
    const { definition, dispose } = regression();
    const held = () => ({ ...engineMemory(), tensors: tf.memory().numTensors });
    const before = held();
    const controller = new AbortController();
    const taken: number[] = [];
    const create = backend.createBuffer.bind(backend);
    backend.createBuffer = (bytes, label, kind) => {
      if (label === 'slot') taken.push(bytes);
      return create(bytes, label, kind);
    };
    const given = captureStep(definition, { signal: controller.signal });
    controller.abort();
    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
    backend.createBuffer = create;
    expect(taken).toEqual([]);
    expect(held()).toEqual(before);
    dispose();
  });

  it('tells of its progress while kernels compile', async () => {
    const { definition, dispose } = regression();
    const progress: Array<[number, number]> = [];
    const captured = await captureStep(definition, { onProgress: (...news) => progress.push(news) });
    const total = progress[0]?.[1] as number;
    expect(progress[0]).toEqual([0, total]);
    expect(progress.at(-1)).toEqual([total, total]);
    expect(total).toBeGreaterThan(2);
    captured.dispose();
    dispose();
  });
});

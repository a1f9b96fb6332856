import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBack, startEngine } from '../engine';
import { randomStream } from '../platform/random';
import { AdamW } from './adamw';
import { control, isDecayed, OPTIMIZER_CONTROLS } from './optimizer';
import { Sgd } from './sgd';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const draw = (name: string, shape: number[]) => {
  const rng = randomStream(3, name);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal()),
    shape,
  );
};

function controlsOf(step: number): tf.Tensor {
  const values = new Float32Array(OPTIMIZER_CONTROLS);
  values[control.lr] = 0.05;
  values[control.weightDecay] = 0.1;
  values[control.momentum] = 0.9;
  values[control.clip] = 2;
  values[control.lastLayer] = step < 2 ? 0 : 1;
  values[control.always] = 1;
  return tf.tensor1d(values);
}

const shapes = [[33, 5], [7], [12, 3]];

function build(Kind: typeof AdamW | typeof Sgd) {
  const parameters = shapes.map((shape, i) => ({
    name: `${i}`,
    student: tf.variable(draw(`student ${i}`, shape)),
    teacher: i === 1 ? null : tf.variable(draw(`teacher ${i}`, shape)),
    decay: i !== 1,
    active: i === 2 ? control.lastLayer : control.always,
  }));
  return { parameters, optimizer: new Kind(parameters) };
}

describe.each([
  ['AdamW', AdamW],
  ['SGD', Sgd],
] as const)('%s', (_, Kind) => {
  it('does in its kernels what its twin does: clipping, decay, a frozen tensor, the teacher', async () => {
    const [ours, twin] = [build(Kind), build(Kind)];
    for (let step = 0; step < 5; step++) {
      const gradients = shapes.map((shape, i) => draw(`gradient ${i} ${step}`, shape));
      ours.optimizer.step(gradients, controlsOf(step));
      twin.optimizer.stepComposed(gradients, controlsOf(step));
      if (step === 1) {
        expect(await readBack(ours.parameters[2]!.student)).toEqual(
          await readBack(draw('student 2', shapes[2]!)),
        );
      }
    }
    for (const [i, { student, teacher }] of ours.parameters.entries()) {
      const other = twin.parameters[i]!;
      const pairs = [[student, other.student], ...(teacher ? [[teacher, other.teacher!]] : [])] as const;
      for (const [a, b] of pairs) {
        const difference = tf.norm(tf.sub(a!, b!));
        expect((await readBack(tf.div(difference, tf.norm(b!))))[0]).toBeLessThan(1e-5);
      }
      expect(await readBack(student)).not.toEqual(await readBack(draw(`student ${i}`, shapes[i]!)));
    }
    const norms = await readBack(ours.optimizer.gradientNorms());
    const expected = Math.hypot(...(await readBack(draw('gradient 0 4', shapes[0]!))));
    expect(norms[0]).toBeCloseTo(expected, 4);
  });

  it('clips by the norm of each tensor: a gradient ten times as large moves SGD no further', async () => {
    if (Kind !== Sgd) return;
    const moved = await Promise.all(
      [10, 100].map(async (scale) => {
        const { parameters, optimizer } = build(Kind);
        const gradients = shapes.map((shape, i) => tf.mul(draw(`gradient ${i} 0`, shape), scale));
        optimizer.step(gradients, controlsOf(0));
        return readBack(parameters[0]!.student);
      }),
    );
    for (let i = 0; i < moved[0]!.length; i++) expect(moved[0]![i]).toBeCloseTo(moved[1]![i]!, 5);
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

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, type Fixture, loadFixture } from '../checkpoint/parity';
import { readBack, startEngine } from '../engine';
import { AdamW } from './adamw';
import { control, OPTIMIZER_CONTROLS, type OptimizedParameter } from './optimizer';
import { cosineSchedule, teacherTemperatures } from './schedules';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

describe('schedules_dino', () => {
  const fixture = loadFixture('schedules_dino');
  interface Cosine {
    base: number;
    final: number;
    epochs: number;
    niter_per_ep: number;
    warmup_epochs: number;
    start: number;
  }
  interface Temperature {
    warm: number;
    final: number;
    warmup_epochs: number;
    epochs: number;
  }
  for (const name of fixture.names()) {
    it(name, () => {
      const options = fixture.json(name) as Cosine | Temperature;
      const values =
        'warm' in options
          ? teacherTemperatures(options.warm, options.final, options.warmup_epochs, options.epochs)
          : cosineSchedule(
              options.base,
              options.final,
              options.epochs * options.niter_per_ep,
              options.warmup_epochs * options.niter_per_ep,
              options.start,
            );
      expect(expectClose(fixture, name, values)).toBeLessThanOrEqual(1);
    });
  }
});

describe('adamw_unit', () => {
  const fixture: Fixture = loadFixture('adamw_unit');
  const shape = fixture.shape('param0');
  const size = shape.reduce((a, b) => a * b);

  for (const way of ['step', 'stepComposed'] as const) {
    it(`ten steps, one tensor frozen at first (${way})`, async () => {
      const [all, skip] = ['param0', 'skip_param0'].map((name) =>
        tf.variable(tf.tensor(fixture.floats(name), shape)),
      );
      const parameter = (student: tf.Variable, active: number): OptimizedParameter => ({
        name: 'tensor',
        student,
        teacher: null,
        decay: true,
        active,
      });
      const betas = fixture.numbers('betas') as [number, number];
      const optimizer = new AdamW([parameter(all!, control.always), parameter(skip!, control.lastLayer)], {
        betas,
        epsilon: fixture.number('eps'),
      });
      const frozen = fixture.numbers('skip_steps');
      const got: Record<string, number[]> = { param: [], skip_param: [], exp_avg: [], exp_avg_sq: [] };
      for (let step = 0; step < fixture.number('steps'); step++) {
        const controls = new Float32Array(OPTIMIZER_CONTROLS);
        controls[control.lr] = fixture.floats('lr')[step]!;
        controls[control.weightDecay] = fixture.floats('wd')[step]!;
        controls[control.lastLayer] = frozen.includes(step) ? 0 : 1;
        controls[control.always] = 1;
        const gradient = tf.tensor(fixture.floats('grads').slice(step * size, (step + 1) * size), shape);
        optimizer[way]([gradient, gradient], tf.tensor1d(controls));
        const { first, second } = optimizer.moments[0]!;
        got.param!.push(...(await readBack(all!)));
        got.skip_param!.push(...(await readBack(skip!)));
        got.exp_avg!.push(...(await readBack(first)));
        got.exp_avg_sq!.push(...(await readBack(second)));
      }
      for (const [name, values] of Object.entries(got)) {
        expect(expectClose(fixture, name, values)).toBeLessThanOrEqual(1);
      }
    });
  }
});

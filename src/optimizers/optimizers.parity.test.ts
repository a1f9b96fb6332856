import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, type Fixture, loadFixture } from '../checkpoint/parity';
import { type PawsaurBackend, readBack, startEngine, webgpu } from '../engine';
import { Arena, ArenaLayout } from '../engine/arena';
import { AdamW } from './adamw';
import { Lars, type LarsOptions } from './lars';
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

/** Variables that lie in one arena, as a network's parameters do. */
function variables(fixture: Fixture, names: readonly string[]): tf.Variable[] {
  const layout = new ArenaLayout(
    names.map((name) => ({ name, shape: fixture.shape(name) })),
    1 << 20,
  );
  const arena = new Arena(
    webgpu() as PawsaurBackend,
    layout,
    names.map((name) => fixture.floats(name)),
  );
  return arena.tensors.map((tensor) => tf.variable(tensor));
}

/** The gradient of one step from a tensor [steps, …]. */
function gradientAt(fixture: Fixture, name: string, step: number): tf.Tensor {
  const [, ...shape] = fixture.shape(name) as [number, ...number[]];
  const size = shape.reduce((a, b) => a * b);
  return tf.tensor(fixture.floats(name).slice(step * size, (step + 1) * size), shape);
}

const parameter = (
  student: tf.Variable,
  decay: boolean,
  active: number = control.always,
): OptimizedParameter => ({
  name: 'tensor',
  student,
  teacher: null,
  decay,
  active,
});

function controlsOf(lr: number, weightDecay: number, lastLayer = 1): tf.Tensor {
  const controls = new Float32Array(OPTIMIZER_CONTROLS);
  controls[control.lr] = lr;
  controls[control.weightDecay] = weightDecay;
  controls[control.lastLayer] = lastLayer;
  controls[control.always] = 1;
  return tf.tensor1d(controls);
}

const ways = ['step', 'stepComposed'] as const;

describe('adamw_unit', () => {
  const fixture: Fixture = loadFixture('adamw_unit');

  for (const way of ways) {
    it(`ten steps, one tensor frozen at first (${way})`, async () => {
      const [all, skip] = variables(fixture, ['param0', 'skip_param0']);
      const optimizer = new AdamW([parameter(all!, true), parameter(skip!, true, control.lastLayer)], {
        betas: fixture.numbers('betas') as [number, number],
        epsilon: fixture.number('eps'),
      });
      const frozen = fixture.numbers('skip_steps');
      const got: Record<string, number[]> = { param: [], skip_param: [], exp_avg: [], exp_avg_sq: [] };
      for (let step = 0; step < fixture.number('steps'); step++) {
        const [lr, wd] = [fixture.floats('lr')[step]!, fixture.floats('wd')[step]!];
        const gradient = gradientAt(fixture, 'grads', step);
        optimizer[way]([gradient, gradient], controlsOf(lr, wd, frozen.includes(step) ? 0 : 1));
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

/** Runs one trajectory per tensor; 1-D tensors are the ones the official code leaves out of LARS. */
async function larsTrajectories(
  fixture: Fixture,
  names: readonly string[],
  options: LarsOptions,
  way: (typeof ways)[number],
): Promise<Map<string, number[]>> {
  const students = variables(
    fixture,
    names.map((name) => `${name}/init`),
  );
  const optimizer = new Lars(
    students.map((student) => parameter(student, student.rank > 1)),
    { ...options, momentum: fixture.number('momentum') },
  );
  const got = new Map<string, number[]>(names.map((name) => [name, []]));
  const [lr, wd] = [fixture.numbers('lr'), fixture.numbers('weight_decay')];
  for (let step = 0; step < fixture.number('steps'); step++) {
    const gradients = names.map((name) => gradientAt(fixture, `${name}/grads`, step));
    optimizer[way](gradients, controlsOf(lr[step]!, wd[step]!));
    for (const [i, name] of names.entries()) got.get(name)!.push(...(await readBack(students[i]!)));
  }
  return got;
}

describe('lars_dino_unit', () => {
  const fixture = loadFixture('lars_dino_unit');
  const names = fixture.names().flatMap((name) => (name.endsWith('/init') ? [name.slice(0, -5)] : []));

  it.each(ways)('every tensor, the bias without decay or scale (%s)', async (way) => {
    const options = { form: 'dino', trustCoefficient: fixture.number('eta') } as const;
    const got = await larsTrajectories(fixture, names, options, way);
    expect(got.size).toBeGreaterThan(2);
    for (const [name, values] of got) {
      expect(expectClose(fixture, `${name}/param`, values)).toBeLessThanOrEqual(1);
    }
  });
});

describe('lars_paws_unit', () => {
  const fixture = loadFixture('lars_paws_unit');
  const names = fixture.names().flatMap((name) => (name.endsWith('/init') ? [name.slice(0, -5)] : []));
  const options = {
    form: 'paws',
    trustCoefficient: fixture.number('trust_coefficient'),
    epsilon: fixture.number('eps'),
  } as const;

  it.each(ways)('every tensor, one that starts at zero without decay at first (%s)', async (way) => {
    const got = await larsTrajectories(fixture, names, options, way);
    expect(got.size).toBeGreaterThan(2);
    for (const [name, values] of got) {
      expect(expectClose(fixture, `${name}/param`, values)).toBeLessThanOrEqual(1);
    }
  });

  it.each(ways)('with Nesterov momentum (%s)', async (way) => {
    const inputs = ['weight', 'bias'];
    const got = await larsTrajectories(fixture, inputs, { ...options, nesterov: true }, way);
    expect(expectClose(fixture, 'nesterov/param', got.get('weight')!)).toBeLessThanOrEqual(1);
    expect(expectClose(fixture, 'nesterov_bias/param', got.get('bias')!)).toBeLessThanOrEqual(1);
  });
});

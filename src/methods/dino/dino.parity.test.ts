import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, type Fixture, loadFixture } from '../../checkpoint/parity';
import { readBack, startEngine } from '../../engine';
import { vitTrunk } from '../../models/trunk';
import { AdamW } from '../../optimizers/adamw';
import { cosineSchedule, teacherTemperatures } from '../../optimizers/schedules';
import { Dino, dinoParameters } from './dino';
import { controlVector } from './dinoControls';
import { dinoLoss } from './dinoLoss';
import { teacherDistributions, updateCenter } from './dinoTeacher';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const tensorOf = (fixture: Fixture, name: string) => tf.tensor(fixture.floats(name), fixture.shape(name));

function check(fixture: Fixture, name: string, values: ArrayLike<number>) {
  expect(expectClose(fixture, name, values)).toBeLessThanOrEqual(1);
}

describe('dino_loss', () => {
  const fixture = loadFixture('dino_loss');

  it('losses, terms, gradients and the centre over all calls', async () => {
    const views = fixture.number('ncrops');
    const temperatures = teacherTemperatures(
      fixture.number('warmup_teacher_temp'),
      fixture.number('teacher_temp'),
      fixture.number('warmup_teacher_temp_epochs'),
      fixture.number('nepochs'),
    );
    check(fixture, 'teacher_temp_schedule', temperatures);
    const center = tf.variable(tensorOf(fixture, 'center_init'));
    const epochs = fixture.numbers('epochs_of_calls');
    for (const [call, epoch] of epochs.entries()) {
      const student = tensorOf(fixture, `${call}/student`);
      const teacher = tensorOf(fixture, `${call}/teacher`);
      const controls = tf.tensor1d(
        controlVector({
          ...{ lr: 0, weightDecay: 0, momentum: 1, clip: 0, trainLastLayer: true },
          teacherTemp: temperatures[epoch]!,
          studentTemp: fixture.number('student_temp'),
          centerMomentum: fixture.number('center_momentum'),
          centering: 'ema',
        }),
      );
      const { q } = teacherDistributions(teacher, center, controls);
      const { loss, terms } = dinoLoss(student, q, controls, views);
      check(fixture, `${call}/loss`, await readBack(loss));
      check(fixture, `${call}/terms`, await readBack(terms));
      const gradient = tf.grad((x: tf.Tensor) => dinoLoss(x, q, controls, views).loss)(student);
      check(fixture, `${call}/grad_student`, await readBack(gradient));
      updateCenter(center, teacher, q, controls);
      check(fixture, `${call}/center_after`, await readBack(center));
    }
  });
});

describe('dino_train', () => {
  const fixture = loadFixture('dino_train');
  const steps = fixture.number('steps');
  const perEpoch = fixture.number('iterations_per_epoch');
  const total = fixture.number('epochs') * perEpoch;
  const lr = cosineSchedule(
    fixture.number('lr_scaled'),
    fixture.number('min_lr'),
    total,
    fixture.number('warmup_epochs') * perEpoch,
  );
  const wd = cosineSchedule(fixture.number('weight_decay'), fixture.number('weight_decay_end'), total);
  const momentum = cosineSchedule(fixture.number('momentum_teacher'), 1, total);
  const temperatures = teacherTemperatures(
    fixture.number('warmup_teacher_temp'),
    fixture.number('teacher_temp'),
    fixture.number('warmup_teacher_temp_epochs'),
    fixture.number('epochs'),
  );
  const epochs = fixture.numbers('epoch_of_step');

  it('schedules', () => {
    check(fixture, 'lr', lr.slice(0, steps));
    check(fixture, 'wd', wd.slice(0, steps));
    check(fixture, 'momentum', momentum.slice(0, steps));
    check(
      fixture,
      'teacher_temp',
      epochs.map((epoch) => temperatures[epoch]!),
    );
  });

  it('five whole steps: losses, gradients, weights, centre, teacher', async () => {
    const trunk = vitTrunk(
      {
        imageSize: fixture.number('img_size'),
        patchSize: fixture.number('patch_size'),
        embedDim: fixture.number('embed_dim'),
        depth: fixture.number('depth'),
        numHeads: fixture.number('num_heads'),
        mlpRatio: fixture.number('mlp_ratio'),
        qkvBias: fixture.boolean('qkv_bias'),
        layerNormEpsilon: fixture.number('ln_eps'),
        dropPathRate: fixture.number('drop_path'),
        convStem: false,
      },
      'official',
    );
    const head = {
      inDim: fixture.number('embed_dim'),
      outDim: fixture.number('head_out_dim'),
      hiddenDim: fixture.number('head_hidden_dim'),
      bottleneckDim: fixture.number('head_bottleneck_dim'),
      nLayers: fixture.number('head_nlayers'),
      useBatchNorm: false,
      normLastLayer: fixture.boolean('norm_last_layer'),
    };
    const views = fixture.number('global_crops') + fixture.number('local_crops');
    const specs = dinoParameters(trunk, head, 'official');
    const values = (prefix: string) =>
      new Map(specs.map(({ name }) => [name, fixture.floats(prefix + name)]));
    const dino = new Dino(
      {
        trunk,
        head,
        batch: fixture.number('batch'),
        views,
        optimizer: 'adamw',
        adamw: {
          betas: fixture.numbers('adamw_betas') as [number, number],
          epsilon: fixture.number('adamw_eps'),
        },
      },
      specs,
      values('student_init/'),
      values('teacher_init/'),
    );
    expect(dino.optimizer).toBeInstanceOf(AdamW);
    const inputsOf = (step: number) => {
      const concat = (kind: string) =>
        tf.concat(fixture.names(`step${step}/${kind}`).map((name) => tensorOf(fixture, name)));
      const controls = controlVector({
        lr: lr[step]!,
        weightDecay: wd[step]!,
        momentum: momentum[step]!,
        clip: fixture.number('clip_grad'),
        trainLastLayer: epochs[step]! >= fixture.number('freeze_last_layer'),
        teacherTemp: temperatures[epochs[step]!]!,
        studentTemp: fixture.number('student_temp'),
        centerMomentum: fixture.number('center_momentum'),
        centering: 'ema',
      });
      return {
        groups: [{ crops: concat('global') }, { crops: concat('local') }],
        controls: tf.tensor1d(controls),
      };
    };

    const first = inputsOf(0);
    check(fixture, 'step0_student_out', await readBack(dino.forward(dino.student.get, first.groups)));
    check(
      fixture,
      'step0_teacher_out',
      await readBack(dino.forward(dino.teacher.get, first.groups.slice(0, 1))),
    );
    const { gradients } = dino.gradients(first);
    for (const [i, name] of dino.trained.entries()) {
      check(fixture, `grad_step0/${name}`, await readBack(gradients[i]!));
    }

    const got: Record<string, number[]> = {
      loss: [],
      center: [],
      grad_norms: [],
      student_norms: [],
      teacher_norms: [],
    };
    const gradNames = fixture.json('grad_norm_param_names') as string[];
    const normNames = fixture.json('norm_param_names') as string[];
    const norm = async (variable: tf.Variable) => Math.hypot(...(await readBack(variable)));
    for (let step = 0; step < steps; step++) {
      const { metrics } = dino.step(inputsOf(step));
      got.loss!.push((await readBack(metrics))[0]!);
      got.center!.push(...(await readBack(dino.center)));
      const norms = await readBack(dino.optimizer.gradientNorms());
      for (const name of gradNames) got.grad_norms!.push(norms[dino.trained.indexOf(name)]!);
      for (const name of normNames) {
        got.student_norms!.push(await norm(dino.student.get(name)));
        got.teacher_norms!.push(await norm(dino.teacher.get(name)));
      }
    }
    for (const [name, numbers] of Object.entries(got)) check(fixture, name, numbers);
    for (const { name } of specs) {
      check(fixture, `student_final/${name}`, await readBack(dino.student.get(name)));
      check(fixture, `teacher_final/${name}`, await readBack(dino.teacher.get(name)));
    }
  });
});

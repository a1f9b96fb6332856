/** Golden numbers of the official PAWS: label matrices, loss, schedule, whole training steps. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, type Fixture, loadFixture } from '../../checkpoint/parity';
import { readBack, startEngine } from '../../engine';
import { resnetTrunk, type Trunk, wideResnetTrunk } from '../../models/trunk';
import { warmupCosineSchedule } from '../../optimizers/schedules';
import { cyclingColumns, labelsMatrix } from './labelsMatrix';
import { Paws, type PawsConfig, pawsParameters } from './paws';
import { controlVector } from './pawsControls';
import { pawsLoss } from './pawsLoss';
import { part } from './pawsLossKernels';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const tensorOf = (fixture: Fixture, name: string) => tf.tensor(fixture.floats(name), fixture.shape(name));

function check(fixture: Fixture, name: string, values: ArrayLike<number>) {
  expect(expectClose(fixture, name, values)).toBeLessThanOrEqual(1);
}

describe('schedules_paws', () => {
  const fixture = loadFixture('schedules_paws');

  it.each(fixture.names())('%s', (name) => {
    const { warmup_steps, start_lr, ref_lr, final_lr, T_max } = fixture.json(name) as Record<string, number>;
    check(fixture, name, warmupCosineSchedule(ref_lr!, final_lr!, T_max!, warmup_steps!, start_lr!));
  });
});

describe('paws_loss', () => {
  const fixture = loadFixture('paws_loss');

  it('label matrices', () => {
    const rows = fixture.shape('support_labels')[0]!;
    const classes = fixture.number('classes_per_batch');
    const smoothing = fixture.number('label_smoothing');
    check(fixture, 'support_labels', labelsMatrix(cyclingColumns(rows, classes), classes, smoothing));
    const matrix = (
      name: string,
      label: (row: number, classes: number) => number,
      over: number,
      s = smoothing,
    ) => {
      const [length, width] = fixture.shape(`labels_matrix/${name}`) as [number, number];
      const columns = Int32Array.from({ length }, (_, row) => label(row, width));
      check(fixture, `labels_matrix/${name}`, labelsMatrix(columns, width, s, width / over));
      return length;
    };
    matrix('hard', (row, width) => row % width, 1, 0);
    matrix('smooth', (row, width) => row % width, 1);
    // Two workers that sample the same classes leave the columns of the second one unused.
    const both = matrix('two_workers', (row, width) => row % (width / 2), 2);
    const ofSecond = (row: number, width: number) => (row < both / 2 ? 0 : width / 2);
    matrix('two_workers_unique', (row, width) => (row % (width / 2)) + ofSecond(row, width), 1);
  });

  interface Run {
    multicrop: number;
    me_max: boolean;
    tau: number;
    T: number;
  }
  const runs = Object.entries(fixture.json('runs') as Record<string, Run>);

  it.each(runs)('run %s: probabilities, targets, losses, gradients', async (run, settings) => {
    const at = (name: string) => `${run}/${name}`;
    const labels = tensorOf(
      fixture,
      fixture.has(at('support_labels')) ? at('support_labels') : 'support_labels',
    );
    const [supports, classes] = labels.shape as [number, number];
    const views = settings.multicrop + 2;
    const anchors = fixture.shape(at('anchor_views'))[0]!;
    const batch = anchors / views;
    // The targets are there in the order of the anchors they are for: the other view's first.
    const [second, first] = tf.split(tensorOf(fixture, at('target_views')), 2);
    const h = tf.concat([tensorOf(fixture, at('target_supports')), first!, second!]);
    const z = tf.concat([tensorOf(fixture, at('anchor_supports')), tensorOf(fixture, at('anchor_views'))]);
    const inputs = (meMaxWeight: number) => ({
      ...{ z, h, labels, views },
      truth: tf.fill([batch], -1),
      controls: tf.tensor1d(
        controlVector({
          ...{ lr: 0, weightDecay: 0, clip: 0, supportCeWeight: 0, labelSmoothing: 0, pawsWeight: 1 },
          temperature: settings.tau,
          sharpen: settings.T,
          meMaxWeight,
        }),
      ),
    });
    const meMaxWeight = settings.me_max ? 1 : 0;
    const { parts, predictions } = pawsLoss(inputs(meMaxWeight));
    const numbers = await readBack(parts);
    check(fixture, at('ploss'), [numbers[part.pawsLoss]!]);
    check(fixture, at('rloss'), [numbers[part.loss]! - numbers[part.pawsLoss]!]);

    const rows = (kind: 0 | 1, from: number, count: number) =>
      readBack(tf.slice(predictions, [kind, from, 0], [1, count, classes]));
    check(fixture, at('anchor_probs'), await rows(0, 0, anchors));
    const swapped = async (kind: 0 | 1) => [
      ...(await rows(kind, anchors + batch, batch)),
      ...(await rows(kind, anchors, batch)),
    ];
    check(fixture, at('target_probs'), await swapped(0));
    check(fixture, at('target_sharp'), await swapped(1));

    for (const [weight, suffix] of [
      [meMaxWeight, ''],
      [0, '_ploss'],
    ] as const) {
      const gradient = tf.grad((x: tf.Tensor) => pawsLoss({ ...inputs(weight), z: x }).loss)(z);
      const dim = z.shape[1] as number;
      check(fixture, at(`grad_supports${suffix}`), await readBack(tf.slice(gradient, 0, supports)));
      const ofViews = await readBack(tf.slice(gradient, [supports, 0], [anchors, dim]));
      check(fixture, at(`grad_views${suffix}`), ofViews);
    }
  });
});

/** The trunk that a file names: "wide_resnet(10,1)" or "resnet bottleneck [1,1,1,1], widths 4,8,16,32, …". */
function trunkOf(net: string): Trunk {
  const wide = /^wide_resnet\((\d+),(\d+)\)$/.exec(net);
  if (wide) return wideResnetTrunk({ depth: Number(wide[1]), widen: Number(wide[2]) });
  const residual = /^resnet (basic|bottleneck) \[([\d,]+)\], widths (\d+),/.exec(net);
  if (!residual) throw new Error(`no trunk is called ${net}`);
  const [, block, layers, width] = residual as unknown as [string, 'basic' | 'bottleneck', string, string];
  return resnetTrunk({
    block,
    layers: layers.split(',').map(Number),
    width: Number(width),
    stem: 'imagenet',
  });
}

describe.each(['paws_train', 'paws_train_pred'])('%s', (name) => {
  const fixture = loadFixture(name);
  const steps = fixture.number('nsteps');
  const perEpoch = fixture.number('ipe');
  const lr = warmupCosineSchedule(
    fixture.number('lr'),
    fixture.number('final_lr'),
    fixture.number('epochs') * perEpoch,
    fixture.number('warmup') * perEpoch,
    fixture.number('start_lr'),
  );
  const trunk = trunkOf(fixture.text('net'));
  const [inDim, hiddenDim, , outDim] = fixture.text('proj_head').split('-').map(Number) as number[];
  const config: PawsConfig = {
    trunk,
    head: {
      inDim: inDim!,
      hiddenDim: hiddenDim!,
      outDim: outDim!,
      usePredHead: fixture.text('pred_head') !== 'none',
    },
    views: 2 + fixture.number('mc'),
    classifier: 0,
    optimizer: { optimizer: 'lars', nesterov: fixture.boolean('nesterov') },
  };
  const build = () => {
    const specs = pawsParameters(config);
    const trained = specs.filter(({ kind }) => kind !== 'buffer');
    expect(trained.map((spec) => spec.name).sort()).toEqual(
      [...(fixture.json('param_names') as string[])].sort(),
    );
    const start = ({ name: at, kind, shape }: (typeof specs)[number]) =>
      kind === 'buffer'
        ? new Float32Array(tf.util.sizeFromShape(shape)).fill(at.endsWith('var') ? 1 : 0)
        : fixture.floats(`init/${at}`);
    return { specs, paws: new Paws(config, new Map(specs.map((spec) => [spec.name, start(spec)]))) };
  };
  const classes = fixture.number('C');
  const supports = classes * fixture.number('spc') * fixture.number('views');
  const weightDecay = fixture.number('wd');

  const inputsOf = (step: number) => {
    const groups = [['support', 'global'], ['small']].flatMap((kinds) => {
      const views = kinds.flatMap((kind) => fixture.names(`step${step}/${kind}`));
      return views.length > 0 ? [{ crops: tf.concat(views.map((view) => tensorOf(fixture, view))) }] : [];
    });
    const controls = controlVector({
      lr: lr[step]!,
      weightDecay,
      clip: 0,
      temperature: fixture.number('tau'),
      sharpen: fixture.number('T'),
      pawsWeight: 1,
      meMaxWeight: fixture.boolean('me') ? 1 : 0,
      supportCeWeight: 0,
      labelSmoothing: 0,
    });
    const matrix = labelsMatrix(cyclingColumns(supports, classes), classes, fixture.number('sm'));
    return {
      groups,
      labels: tf.tensor2d(matrix, [supports, classes]),
      truth: tf.fill([fixture.number('B')], -1),
      supportClasses: tf.zeros([supports]),
      controls: tf.tensor1d(controls),
    };
  };

  it('the first step: embeddings and gradients', async () => {
    const { paws } = build();
    const inputs = inputsOf(0);
    const { h, z } = paws.forward(inputs.groups);
    check(fixture, 'step0_h', await readBack(h));
    check(fixture, 'step0_z', await readBack(z));
    const { gradients } = paws.gradients(inputs);
    expect(paws.trained.map((at) => `grad_step0/${at}`).sort()).toEqual(fixture.names('grad_step0/').sort());
    for (const [i, at] of paws.trained.entries()) {
      check(fixture, `grad_step0/${at}`, await readBack(gradients[i]!));
    }
    paws.dispose();
  });

  it('all steps: losses, norms, adaptation, weights, running statistics', async () => {
    const { specs, paws } = build();
    check(fixture, 'lr', lr.slice(0, steps));
    const got = {
      ...{ loss: [] as number[], ploss: [] as number[], rloss: [] as number[] },
      ...{ grad_norms: [] as number[], param_norms: [] as number[], trust: [] as number[] },
    };
    const named = fixture.json('norm_param_names') as string[];
    const excluded = fixture.json('lars_excluded') as string[];
    const lengths = async () => {
      const found = new Map<string, number>();
      for (const at of paws.trained) found.set(at, Math.hypot(...(await readBack(paws.network.get(at)))));
      return found;
    };
    let weights = await lengths();
    for (let step = 0; step < steps; step++) {
      const { parts, norms } = paws.step(inputsOf(step));
      const numbers = await readBack(parts);
      got.loss.push(numbers[part.loss]!);
      got.ploss.push(numbers[part.pawsLoss]!);
      got.rloss.push(numbers[part.loss]! - numbers[part.pawsLoss]!);
      const gradientNorms = await readBack(norms);
      const slopeOf = (at: string) => gradientNorms[paws.trained.indexOf(at)]!;
      got.grad_norms.push(...named.map(slopeOf));
      const adapted = paws.trained.filter((at) => !excluded.includes(at));
      const factors = adapted.map((at) => {
        const weight = weights.get(at)!;
        const below = slopeOf(at) + weight * weightDecay + fixture.number('lars_eps');
        return (fixture.number('trust_coefficient') * weight) / below;
      });
      const mean = factors.reduce((a, b) => a + b) / factors.length;
      got.trust.push(mean, Math.min(...factors), Math.max(...factors));
      weights = await lengths();
      got.param_norms.push(...named.map((at) => weights.get(at)!));
    }
    for (const [at, numbers] of Object.entries(got)) check(fixture, at, numbers);
    for (const { name: at, kind } of specs) {
      const prefix = kind === 'buffer' ? 'running_final/' : 'final/';
      check(fixture, prefix + at, await readBack(paws.network.get(at)));
    }
    paws.dispose();
  });
});

/** Golden numbers of the official PAWS: label matrices, loss, schedules. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, type Fixture, loadFixture } from '../../checkpoint/parity';
import { readBack, startEngine } from '../../engine';
import { warmupCosineSchedule } from '../../optimizers/schedules';
import { cyclingColumns, labelsMatrix } from './labelsMatrix';
import { controlVector } from './pawsControls';
import { part, pawsLoss } from './pawsLoss';

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
    check(fixture, 'labels_matrix/hard', labelsMatrix(cyclingColumns(12, 4), 4, 0));
    check(fixture, 'labels_matrix/smooth', labelsMatrix(cyclingColumns(6, 3), 3, 0.1));
    // Two workers that sample the same classes leave the columns of the second one unused.
    check(fixture, 'labels_matrix/two_workers', labelsMatrix(cyclingColumns(12, 3), 6, 0.1, 3));
    const own = cyclingColumns(12, 3).map((column, row) => column + (row < 6 ? 0 : 3));
    check(fixture, 'labels_matrix/two_workers_unique', labelsMatrix(own, 6, 0.1));
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

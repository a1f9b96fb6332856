/** Golden numbers of SwAV: assignments, loss and gradients, with the queue and without it. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, type Fixture, loadFixture } from '../../checkpoint/parity';
import { readBack, startEngine } from '../../engine';
import { assignments } from './assignments';
import { enqueue, normaliseRows } from './queue';
import { type ObjectiveInputs, swavObjective } from './swav';
import { controlVector } from './swavControls';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const tensorOf = (fixture: Fixture, name: string) => tf.tensor(fixture.floats(name), fixture.shape(name));

describe('swav', () => {
  const fixture = loadFixture('swav');
  const check = (name: string, values: ArrayLike<number>) =>
    expect(expectClose(fixture, name, values)).toBeLessThanOrEqual(1);
  const batch = fixture.number('batch');
  const views = fixture.number('global_crops') + fixture.number('local_crops');
  const iterations = fixture.number('sinkhorn_iterations');
  const controlsOf = (useQueue: boolean) =>
    tf.tensor1d(
      controlVector({
        ...{ lr: 0, weightDecay: 0, clip: 0, trainLast: true, useQueue },
        epsilon: fixture.number('epsilon'),
        temperature: fixture.number('temperature'),
      }),
    );
  const prototypes = () => {
    const variable = tf.variable(tensorOf(fixture, 'prototypes'));
    normaliseRows(variable);
    return variable;
  };

  it('Sinkhorn-Knopp by itself', async () => {
    const scores = tensorOf(fixture, 'sinkhorn/scores');
    const rows = scores.shape[0] as number;
    const { q } = assignments({
      ...{ scores, queued: null, controls: controlsOf(false), crops: 1, batch: rows, iterations },
    });
    check('sinkhorn/q', await readBack(q));
  });

  it('prototypes and scores', async () => {
    const unit = prototypes();
    check('prototypes_normalised', await readBack(unit));
    const inputs = { prototypes: unit, queue: null, controls: controlsOf(false), views, iterations };
    const { scores } = swavObjective({ ...inputs, embeddings: tensorOf(fixture, 'features') });
    check('scores', await readBack(scores));
  });

  it.each([
    ['noqueue', 'without a queue', null, false],
    ['noqueue', 'with a queue that does not count yet', 'queue', false],
    ['queue', 'with a queue', 'queue', true],
  ] as const)('%s: %s', async (run, _, queueName, useQueue) => {
    const queue = queueName && tensorOf(fixture, queueName);
    const shared: Omit<ObjectiveInputs, 'embeddings' | 'prototypes'> = {
      ...{ queue, controls: controlsOf(useQueue), views, iterations },
    };
    const given = [tensorOf(fixture, 'features'), prototypes()] as [tf.Tensor, tf.Tensor];
    const { q, loss } = swavObjective({ ...shared, embeddings: given[0], prototypes: given[1] });
    check(`${run}/q`, await readBack(q));
    check(`${run}/loss`, await readBack(loss));
    const objective = (embeddings: tf.Tensor, c: tf.Tensor) =>
      swavObjective({ ...shared, embeddings, prototypes: c }).loss;
    const [toFeatures, toPrototypes] = tf.grads(objective)(given) as [tf.Tensor, tf.Tensor];
    check(`${run}/grad_features`, await readBack(toFeatures));
    check(`${run}/grad_prototypes`, await readBack(toPrototypes));
  });

  it('the queue after the step', async () => {
    const queue = tf.variable(tensorOf(fixture, 'queue'));
    const inputs = { prototypes: prototypes(), queue, controls: controlsOf(true), views, iterations };
    const { z } = swavObjective({ ...inputs, embeddings: tensorOf(fixture, 'features') });
    enqueue(queue, z, batch);
    check('queue/queue_after', await readBack(queue));
  });
});

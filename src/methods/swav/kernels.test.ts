import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBack, startEngine } from '../../engine';
import { forceRowKernels, type RowKernel } from '../../engine/kernels/rowKernel';
import { distance, normals } from '../../engine/testing/twins';
import { assignments, assignmentsComposed } from './assignments';
import { enqueue, enqueueComposed, normaliseRows } from './queue';
import { controlVector } from './swavControls';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => {
  forceRowKernels(null);
  tf.engine().endScope();
});

const draw = normals('swav kernels');
const controlsOf = (useQueue: boolean, epsilon = 0.2) =>
  tf.tensor1d(
    controlVector({
      ...{ lr: 0, weightDecay: 0, clip: 0, trainLast: true, temperature: 0.1, epsilon, useQueue },
    }),
  );

const forms: Array<keyof RowKernel> = ['serial', 'parallel'];
const sizes = [
  { batch: 1, queue: 0, prototypes: 1, iterations: 1 },
  { batch: 3, queue: 5, prototypes: 7, iterations: 3 },
  { batch: 16, queue: 64, prototypes: 300, iterations: 3 },
  { batch: 5, queue: 3, prototypes: 33, iterations: 10 },
];

describe.each(forms)('assignments against their composed twin, rows %s', (form) => {
  beforeEach(() => forceRowKernels(form));

  describe.each(sizes)(
    '$batch images, a queue of $queue, $prototypes prototypes, $iterations rounds',
    ({ batch, queue, prototypes, iterations }) => {
      it.each([true, false])('queue in use: %s', async (useQueue) => {
        const inputs = {
          scores: draw([5 * batch, prototypes]),
          queued: queue > 0 ? draw([2, queue, prototypes]) : null,
          controls: controlsOf(useQueue),
          ...{ crops: 2, batch, iterations },
        };
        const [ours, theirs] = [assignments(inputs), assignmentsComposed(inputs)];
        for (const name of ['q', 'entropies', 'meanEntropies'] as const) {
          expect(await distance(ours[name], theirs[name]), name).toBeLessThan(1e-5);
        }
      });
    },
  );
});

const BATCH = 24;
const WIDTH = 8;

describe('Sinkhorn-Knopp', () => {
  const assign = (scores: tf.Tensor, queued: tf.Tensor | null, useQueue: boolean, epsilon = 0.2) =>
    assignments({
      ...{ scores, queued, controls: controlsOf(useQueue, epsilon), crops: 2, batch: BATCH, iterations: 3 },
    });

  it('uses every prototype about equally often, even where one is ahead everywhere', async () => {
    const ahead = tf.mul(tf.oneHot(tf.fill([2 * BATCH], 2, 'int32'), WIDTH), 20);
    const { q, meanEntropies } = assign(tf.add(draw([2 * BATCH, WIDTH]), ahead), null, false);
    for (const sum of await readBack(tf.sum(q, 1))) expect(sum).toBeCloseTo(1, 5);
    for (const use of await readBack(tf.mean(q, 0))) {
      expect(use).toBeGreaterThan(0.5 / WIDTH);
      expect(use).toBeLessThan(2 / WIDTH);
    }
    expect((await readBack(tf.sum(meanEntropies)))[0]).toBeGreaterThan(0.95 * Math.log(WIDTH));
  });

  it('assigns each view by itself', async () => {
    const [first, second, other] = [draw([BATCH, WIDTH]), draw([BATCH, WIDTH]), draw([BATCH, WIDTH])];
    const ofFirst = async (beside: tf.Tensor) =>
      (await readBack(assign(tf.concat([first, beside]), null, false).q)).slice(0, BATCH * WIDTH);
    expect(await ofFirst(second)).toEqual(await ofFirst(other));
  });

  it('lets the queue change the assignments only while it counts', async () => {
    const scores = draw([2 * BATCH, WIDTH]);
    const queued = draw([2, 7, WIDTH], 3);
    const plain = await readBack(assign(scores, null, false).q);
    expect(await readBack(assign(scores, queued, false).q)).toEqual(plain);
    const changed = await readBack(assign(scores, queued, true).q);
    expect(Math.max(...changed.map((value, i) => Math.abs(value - plain[i]!)))).toBeGreaterThan(0.05);
  });

  it('stays finite where scores lie thousands of ε apart', async () => {
    const { q } = assign(draw([2 * BATCH, WIDTH], 50), draw([2, 7, WIDTH], 50), true, 0.01);
    expect((await readBack(q)).every(Number.isFinite)).toBe(true);
  });
});

describe('the queue', () => {
  it.each([
    { length: 8, batch: 4, width: 5 },
    { length: 7, batch: 3, width: 33 },
    { length: 2, batch: 5, width: 1 },
    { length: 1, batch: 1, width: 2 },
  ])('of $length takes batches of $batch as its composed twin does, three times over', async (size) => {
    const { length, batch, width } = size;
    const start = draw([2, length, width]);
    const [ours, theirs] = [tf.variable(tf.add(start, 0)), tf.variable(tf.add(start, 0))];
    for (let step = 0; step < 3; step++) {
      const z = draw([4 * batch, width]);
      enqueue(ours, z, batch);
      enqueueComposed(theirs, z, batch);
      expect(await readBack(ours)).toEqual(await readBack(theirs));
    }
  });
});

describe('prototypes', () => {
  it.each(forms)('are brought to length 1 in place, rows %s', async (form) => {
    forceRowKernels(form);
    const drawn = draw([5, 40], 3);
    const prototypes = tf.variable(tf.add(drawn, 0));
    normaliseRows(prototypes);
    for (const length of await readBack(tf.norm(prototypes, 2, 1))) expect(length).toBeCloseTo(1, 5);
    const along = await readBack(tf.div(tf.sum(tf.mul(prototypes, drawn), 1), tf.norm(drawn, 2, 1)));
    for (const cosine of along) expect(cosine).toBeCloseTo(1, 5);
  });
});

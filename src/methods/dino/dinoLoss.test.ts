import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBack, startEngine } from '../../engine';
import { forceRowKernels, type RowKernel } from '../../engine/kernels/rowKernel';
import { randomStream } from '../../platform/random';
import { type Centering, controlVector } from './dinoControls';
import { dinoLoss, dinoLossComposed } from './dinoLoss';
import { firstImage, firstImageComposed, stepMetrics, stepMetricsComposed } from './dinoMetrics';
import {
  teacherDistributions,
  teacherDistributionsComposed,
  updateCenter,
  updateCenterComposed,
} from './dinoTeacher';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => {
  forceRowKernels(null);
  tf.engine().endScope();
});

const rng = randomStream(5, 'loss tests');
const normal = (shape: number[], scale = 1) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => scale * rng.normal()),
    shape,
  );
const controlsOf = (centering: Centering, teacherTemp = 0.5) =>
  tf.tensor1d(
    controlVector({
      ...{ lr: 0, weightDecay: 0, momentum: 1, clip: 0, trainLastLayer: true },
      teacherTemp,
      studentTemp: 0.2,
      centerMomentum: 0.9,
      centering,
    }),
  );

async function distance(a: tf.Tensor, b: tf.Tensor): Promise<number> {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [await readBack(a), await readBack(b)];
  const difference = Math.hypot(...x.map((value, i) => value - y[i]!));
  return difference / Math.max(Math.hypot(...y), 1e-30);
}

async function expectSame(ours: object, theirs: object) {
  for (const [name, tensor] of Object.entries(theirs)) {
    const mine = (ours as Record<string, tf.Tensor>)[name]!;
    expect(await distance(mine, tensor), name).toBeLessThan(1e-5);
  }
}

const forms: Array<keyof RowKernel> = ['serial', 'parallel'];
const sizes = [
  { batch: 1, views: 2, outputs: 1 },
  { batch: 3, views: 5, outputs: 7 },
  { batch: 2, views: 2, outputs: 33 },
  { batch: 16, views: 6, outputs: 300 },
];

describe.each(forms)('kernels of the loss against their composed twins, rows %s', (form) => {
  beforeEach(() => forceRowKernels(form));

  describe.each(sizes)('$batch images in $views views, $outputs outputs', ({ batch, views, outputs }) => {
    const makeQ = () => tf.softmax(normal([2 * batch, outputs], 2));

    it.each(['none', 'ema', 'sinkhorn'] as const)('teacher, centring %s', async (centering) => {
      const [raw, center] = [normal([2 * batch, outputs], 2), normal([1, outputs])];
      const controls = controlsOf(centering);
      await expectSame(
        teacherDistributions(raw, center, controls),
        teacherDistributionsComposed(raw, center, controls),
      );
    });

    it('centre and the entropy of the mean', async () => {
      const [raw, q, start] = [normal([2 * batch, outputs], 2), makeQ(), normal([1, outputs])];
      const [ours, theirs] = [tf.variable(tf.clone(start)), tf.variable(tf.add(start, 0))];
      const controls = controlsOf('ema');
      const theirEntropies = updateCenterComposed(theirs, raw, q, controls);
      const entropies = updateCenter(ours, raw, q, controls);
      await expectSame({ center: ours, entropies }, { center: theirs, entropies: theirEntropies });
    });

    it('loss, terms and gradient', async () => {
      const [student, q, controls] = [normal([views * batch, outputs], 2), makeQ(), controlsOf('none')];
      await expectSame(dinoLoss(student, q, controls, views), dinoLossComposed(student, q, controls, views));
      const gradient = (loss: typeof dinoLoss) =>
        tf.grad((x: tf.Tensor) => tf.mul(3, loss(x, q, controls, views).loss))(student);
      if (outputs > 1) await expectSame([gradient(dinoLoss)], [gradient(dinoLossComposed)]);
    });

    it('metrics and the first image', async () => {
      const entropies = [normal([2 * batch]), normal([outputs]), normal([11])] as const;
      const loss = tf.scalar(2);
      await expectSame([stepMetrics(loss, ...entropies)], [stepMetricsComposed(loss, ...entropies)]);
      const [student, q, controls] = [normal([views * batch, outputs]), makeQ(), controlsOf('none')];
      const { levels } = dinoLossComposed(student, q, controls, views);
      await expectSame(
        firstImage(q, student, levels, controls, views),
        firstImageComposed(q, student, levels, controls, views),
      );
    });
  });
});

const ROWS = 24;
const OUTPUTS = 8;

describe('Sinkhorn-Knopp', () => {
  const sinkhorn = (scores: tf.Tensor) =>
    teacherDistributions(scores, tf.zeros([1, OUTPUTS]), controlsOf('sinkhorn', 1)).q;

  it('gives distributions that use every output about equally often, even from sharp scores', async () => {
    // One output is far ahead everywhere: a plain softmax would answer with it alone.
    const lopsided = tf.add(
      normal([ROWS, OUTPUTS], 3),
      tf.mul(tf.oneHot(tf.fill([ROWS], 2, 'int32'), OUTPUTS), 20),
    );
    const q = sinkhorn(lopsided);
    for (const sum of await readBack(tf.sum(q, 1))) expect(sum).toBeCloseTo(1, 5);
    const plain = await readBack(tf.mean(tf.softmax(lopsided), 0));
    expect(plain[2]).toBeGreaterThan(0.99);
    for (const use of await readBack(tf.mean(q, 0))) {
      expect(use).toBeGreaterThan(0.5 / OUTPUTS);
      expect(use).toBeLessThan(2 / OUTPUTS);
    }
  });

  it('stays finite where scores lie hundreds apart', async () => {
    const q = await readBack(sinkhorn(normal([ROWS, OUTPUTS], 300)));
    expect(q.every(Number.isFinite)).toBe(true);
  });
});

describe('centring', () => {
  it.each(['ema', 'sinkhorn'] as const)('of kind %s changes what the teacher says', async (kind) => {
    const raw = normal([ROWS, OUTPUTS]);
    const center = tf.tensor2d([[3, 0, 0, 0, 0, 0, 0, 0]]);
    const off = await readBack(teacherDistributions(raw, center, controlsOf('none')).q);
    const plain = await readBack(tf.softmax(tf.div(raw, 0.5)));
    const on = await readBack(teacherDistributions(raw, center, controlsOf(kind)).q);
    for (const [i, value] of off.entries()) expect(value).toBeCloseTo(plain[i]!, 6);
    expect(Math.max(...on.map((value, i) => Math.abs(value - plain[i]!)))).toBeGreaterThan(0.05);
  });
});

describe('the loss', () => {
  it('is ln K for a student that says nothing, whatever the teacher says', async () => {
    const q = tf.softmax(normal([ROWS, OUTPUTS], 4));
    const { loss } = dinoLoss(tf.zeros([2 * ROWS, OUTPUTS]), q, controlsOf('ema'), 4);
    expect((await readBack(loss))[0]).toBeCloseTo(Math.log(OUTPUTS), 5);
  });
});

describe('entropies of the teacher', () => {
  it('lie between 0 and ln K', async () => {
    const center = tf.variable(tf.zeros([1, OUTPUTS]), false);
    const both = async (raw: tf.Tensor) => {
      const controls = controlsOf('none', 0.01);
      const { q, entropies } = teacherDistributions(raw, center, controls);
      const ofMean = tf.sum(updateCenter(center, raw, q, controls));
      return [(await readBack(entropies))[0]!, (await readBack(ofMean))[0]!];
    };
    for (const entropy of await both(tf.zeros([ROWS, OUTPUTS])))
      expect(entropy).toBeCloseTo(Math.log(OUTPUTS), 5);
    // Every row is sure, each output in its turn.
    const turns = Float32Array.from({ length: ROWS * OUTPUTS }, (_, i) =>
      i % OUTPUTS === Math.floor(i / OUTPUTS) % OUTPUTS ? 1 : 0,
    );
    const [each, ofMean] = await both(tf.tensor2d(turns, [ROWS, OUTPUTS]));
    expect(each).toBeCloseTo(0, 5);
    expect(ofMean).toBeCloseTo(Math.log(OUTPUTS), 5);
  });
});

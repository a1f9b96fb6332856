import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBack, startEngine } from '../../engine';
import { forceRowKernels, type RowKernel } from '../../engine/kernels/rowKernel';
import { distance, normals } from '../../engine/testing/twins';
import { answersOf } from './answers';
import { cyclingColumns, labelsMatrix } from './labelsMatrix';
import { controlVector, type PawsControls } from './pawsControls';
import { type PawsLossInputs, pawsLoss, pawsLossComposed } from './pawsLoss';
import { part } from './pawsLossKernels';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => {
  forceRowKernels(null);
  tf.engine().endScope();
});

const normal = normals('paws loss');
const official = { temperature: 0.1, sharpen: 0.25, pawsWeight: 1, meMaxWeight: 1 };
const controlsOf = (changes: Partial<PawsControls> = {}) =>
  tf.tensor1d(
    controlVector({
      ...{ lr: 0, weightDecay: 0, clip: 0, supportCeWeight: 0, labelSmoothing: 0.1 },
      ...official,
      ...changes,
    }),
  );

interface Sizes {
  classes: number;
  perClass: number;
  batch: number;
  views: number;
  dim: number;
}

function inputsOf(
  { classes, perClass, batch, views, dim }: Sizes,
  { smoothing = 0.1, separate = false, controls = controlsOf() } = {},
): PawsLossInputs {
  const supports = classes * perClass;
  const rows = supports + views * batch;
  const matrix = labelsMatrix(cyclingColumns(supports, classes), classes, smoothing);
  return {
    z: normal([rows, dim]),
    h: separate ? normal([rows, dim + 1]) : null,
    labels: tf.tensor2d(matrix, [supports, classes]),
    truth: tf.tensor1d(Float32Array.from({ length: batch }, (_, i) => (i % 3 === 2 ? -1 : i % classes))),
    views,
    controls,
  };
}

/** With a classifier over more classes than vote. */
function withSupport(inputs: PawsLossInputs, width: number): PawsLossInputs {
  const supports = inputs.labels.shape[0] as number;
  const logits = normal([inputs.z.shape[0] as number, width], 3);
  const classes = tf.tensor1d(Float32Array.from({ length: supports }, (_, i) => (7 * i) % width));
  return { ...inputs, support: { logits, classes } };
}

type Loss = typeof pawsLoss;

function gradients(loss: Loss, inputs: PawsLossInputs): tf.Tensor[] {
  const { z, support } = inputs;
  const scaled = (x: tf.Tensor, logits?: tf.Tensor) =>
    tf.mul(
      3,
      loss({ ...inputs, z: x, ...(support && logits ? { support: { ...support, logits } } : {}) }).loss,
    );
  return tf.grads((...xs: tf.Tensor[]) => scaled(xs[0]!, xs[1]))([z, ...(support ? [support.logits] : [])]);
}

async function expectTwins(inputs: PawsLossInputs) {
  const [ours, theirs] = [pawsLoss(inputs), pawsLossComposed(inputs)];
  for (const name of ['loss', 'parts', 'predictions'] as const) {
    expect(await distance(ours[name], theirs[name]), name).toBeLessThan(1e-5);
  }
  const [mine, twins] = [gradients(pawsLoss, inputs), gradients(pawsLossComposed, inputs)];
  for (const [i, gradient] of mine.entries()) {
    expect(await distance(gradient, twins[i]!), `gradient of input ${i}`).toBeLessThan(2e-5);
  }
}

const sizes: Sizes[] = [
  { classes: 2, perClass: 1, batch: 1, views: 2, dim: 3 },
  { classes: 5, perClass: 3, batch: 4, views: 5, dim: 24 },
  { classes: 37, perClass: 2, batch: 3, views: 3, dim: 7 },
  { classes: 10, perClass: 10, batch: 48, views: 2, dim: 64 },
];
const forms: Array<keyof RowKernel> = ['serial', 'parallel'];

describe.each(forms)('kernels of the PAWS loss against their composed twins, rows %s', (form) => {
  beforeEach(() => forceRowKernels(form));

  it.each(sizes)('$classes classes × $perClass, $batch pictures in $views views', async (size) => {
    await expectTwins(inputsOf(size));
    await expectTwins(inputsOf(size, { separate: true }));
  });

  it('with the classifier, half the weight of PAWS and other temperatures', async () => {
    const weights = { pawsWeight: 0.5, meMaxWeight: 0.3, supportCeWeight: 2, temperature: 0.2, sharpen: 0.5 };
    const controls = controlsOf(weights);
    await expectTwins(withSupport(inputsOf(sizes[1]!, { controls }), 5));
    await expectTwins(withSupport(inputsOf(sizes[1]!, { controls, separate: true }), 40));
  });

  it('stays finite, value and gradient, where hard labels make p vanish', async () => {
    const controls = controlsOf({ temperature: 0.005 });
    const inputs = inputsOf(sizes[1]!, { smoothing: 0, controls });
    const { loss, predictions } = pawsLoss(inputs);
    expect((await readBack(predictions)).some((p) => p === 0)).toBe(true);
    expect(Number.isFinite((await readBack(loss))[0])).toBe(true);
    const [gradient] = gradients(pawsLoss, inputs);
    expect((await readBack(gradient!)).every(Number.isFinite)).toBe(true);
    expect(await distance(loss, pawsLossComposed(inputs).loss)).toBeLessThan(1e-5);
  });
});

describe('the PAWS loss', () => {
  const size = sizes[1]!;
  const numbers = async (inputs: PawsLossInputs) => [...(await readBack(pawsLoss(inputs).parts))];

  it('is ln C with nothing to tell views apart, and me-max − ln C', async () => {
    const inputs = inputsOf(size);
    const parts = await numbers({ ...inputs, z: tf.ones(inputs.z.shape) });
    expect(parts[part.pawsLoss]).toBeCloseTo(Math.log(5), 5);
    expect(parts[part.meanEntropy]).toBeCloseTo(Math.log(5), 5);
    expect(parts[part.targetEntropy]).toBeCloseTo(Math.log(5), 5);
    expect(parts[part.loss]).toBeCloseTo(0, 5);
  });

  it('trains the anchors and their supports, and nothing through the targets', async () => {
    const inputs = inputsOf(size, { separate: true });
    const [z] = gradients(pawsLoss, inputs);
    const rows = Array.from({ length: inputs.z.shape[0] as number }, (_, i) => tf.slice(z!, [i, 0], [1, 24]));
    for (const row of rows) expect(Math.hypot(...(await readBack(row)))).toBeGreaterThan(0);
    const towards = tf.grad((h: tf.Tensor) => tf.add(pawsLoss({ ...inputs, h }).loss, tf.mul(0, tf.sum(h))));
    expect((await readBack(towards(inputs.h!))).every((value) => value === 0)).toBe(true);
  });

  it('counts pseudo-labels that are right among the pictures whose label is known', async () => {
    const { classes, perClass, batch } = size;
    const supports = classes * perClass;
    const inputs = inputsOf(size, { controls: controlsOf({ temperature: 0.02 }) });
    // Every support points along its class's own axis; the first three pictures look like classes 0, 1 and 2.
    const axes = [
      ...Array.from({ length: supports }, (_, i) => i % classes),
      ...Array.from({ length: 5 * batch }, (_, i) => i % batch),
    ];
    const z = tf.tensor2d(labelsMatrix(axes, 24, 0), [axes.length, 24]);
    const told = (truth: number[]) => numbers({ ...inputs, z, truth: tf.tensor1d(truth) });
    expect((await told([0, 1, 2, 3]))[part.pseudoCorrect]).toBe(100);
    expect((await told([0, 1, 4, -1]))[part.pseudoCorrect]).toBeCloseTo(200 / 3, 3);
    expect((await told([-1, -1, -1, -1]))[part.pseudoCorrect]).toBe(-1);
  });

  it('weighs its parts as it reports them', async () => {
    const controls = controlsOf({ pawsWeight: 0.25, meMaxWeight: 0.5, supportCeWeight: 3 });
    const parts = await numbers(withSupport(inputsOf(size, { controls }), 5));
    const paws = parts[part.pawsLoss]! - 0.5 * parts[part.meanEntropy]!;
    expect(parts[part.loss]).toBeCloseTo(0.25 * paws + 3 * parts[part.supportCe]!, 4);
    expect(parts[part.supportCorrect]).toBeGreaterThanOrEqual(0);
    expect((await numbers(inputsOf(size)))[part.supportCorrect]).toBe(-1);
  });

  it('changes with the labels', async () => {
    const inputs = inputsOf(size);
    const columns = cyclingColumns(15, 5);
    columns[0] = 3;
    const relabelled = tf.tensor2d(labelsMatrix(columns, 5, 0.1), [15, 5]);
    const [before] = await numbers(inputs);
    const [after] = await numbers({ ...inputs, labels: relabelled });
    expect(Math.abs(after! - before!)).toBeGreaterThan(1e-3);
  });
});

describe('the answers shown', () => {
  it.each([false, true])('add up to the loss, targets from rows of their own: %s', async (separate) => {
    const size = { classes: 4, perClass: 2, batch: 3, views: 4, dim: 6 };
    const { predictions, parts } = pawsLoss(inputsOf(size, { separate }));
    const { terms, targets, predictions: said } = answersOf(await readBack(predictions), size);
    const views = terms.length / 2;
    // Small views learn the mean of both targets; only the cut at 1e-4 is taken elsewhere.
    let sum = 0;
    for (let v = 0; v < views; v++) sum += (terms[v]! + terms[views + v]!) * (v < 2 ? 1 : 0.5);
    expect(sum / views).toBeCloseTo((await readBack(parts))[part.pawsLoss]!, 3);
    expect([terms[0], terms[views + 1]]).toEqual([0, 0]);
    expect([targets.length, said.length]).toEqual([2 * 4, 4 * 4]);
    for (const rows of [targets.slice(0, 4), said.slice(8, 12)]) {
      expect(rows.reduce((a, b) => a + b)).toBeCloseTo(1, 3);
    }
  });
});

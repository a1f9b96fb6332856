/**
 * The frozen workloads of the benchmark, as one training step each.
 *
 * W1: ViT at 32 px, patch 8, dim 96, depth 4, 3 heads, batch 8; mean squared error to fixed targets; SGD.
 * W2: DINO step: ViT at 64 px, patch 8, dim 96, depth 4, 4 heads; head 256/64/128; batch 16, 2 × 64 px and
 *     4 × 32 px crops; AdamW and the teacher's moving average.
 */
import * as tf from '@tensorflow/tfjs-core';
import { readBack } from '../src/engine';
import { controlVector, Dino, dinoParameters, drawParameters } from '../src/methods/dino';
import { ParameterSet } from '../src/models/parameters';
import { vitTrunk } from '../src/models/trunk';
import { vitForward, vitParameters } from '../src/models/vit';
import { control, isDecayed, OPTIMIZER_CONTROLS } from '../src/optimizers/optimizer';
import { Sgd } from '../src/optimizers/sgd';
import { randomStream } from '../src/platform/random';

/** One step of a workload; `issue` sends all work to the device and gives the loss still there. */
export interface Workload {
  issue(): tf.Tensor;
  /** The loss of a step, once the device has done it. */
  loss(issued: tf.Tensor): Promise<number>;
}

function noise(name: string, shape: number[]): tf.Tensor {
  const rng = randomStream(0, name);
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal()),
    shape,
  );
}

const vit = (imageSize: number, numHeads: number) => ({
  imageSize,
  patchSize: 8,
  embedDim: 96,
  depth: 4,
  numHeads,
  mlpRatio: 4,
  qkvBias: true,
  layerNormEpsilon: 1e-6,
  dropPathRate: 0,
  convStem: false,
});

async function scalar(issued: tf.Tensor): Promise<number> {
  const [loss] = await readBack(issued);
  issued.dispose();
  return loss as number;
}

function w1(): Workload {
  const config = vit(32, 3);
  const specs = vitParameters(config, 'fan_in');
  const network = new ParameterSet(specs, drawParameters(specs, randomStream(0, 'W1')));
  const optimizer = new Sgd(
    specs.map(({ name, shape }) => ({
      name,
      student: network.get(name),
      teacher: null,
      decay: isDecayed(name, shape),
      active: control.always,
    })),
  );
  const [images, targets] = [noise('W1 images', [8, 3, 32, 32]), noise('W1 targets', [8, 96])];
  const values = new Float32Array(OPTIMIZER_CONTROLS);
  values[control.lr] = 0.01;
  values[control.always] = 1;
  const variables = specs.map(({ name }) => network.get(name));
  return {
    loss: scalar,
    issue: () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => tf.mean(tf.squaredDifference(vitForward(network.get, config, images), targets)) as tf.Scalar,
          variables,
        );
        optimizer.step(
          variables.map(({ name }) => grads[name] as tf.Tensor),
          tf.tensor1d(values),
        );
        return value;
      }),
  };
}

function w2(): Workload {
  const trunk = vitTrunk(vit(64, 4), 'fan_in');
  const head = {
    inDim: 96,
    outDim: 128,
    hiddenDim: 256,
    bottleneckDim: 64,
    nLayers: 3,
    useBatchNorm: false,
    normLastLayer: true,
  };
  const specs = dinoParameters(trunk, head, 'fan_in');
  const dino = new Dino(
    { trunk, head, batch: 16, views: 6, optimizer: 'adamw' },
    specs,
    drawParameters(specs, randomStream(0, 'W2')),
  );
  const groups = [
    { crops: noise('W2 global', [32, 3, 64, 64]) },
    { crops: noise('W2 local', [64, 3, 32, 32]) },
  ];
  const values = controlVector({
    lr: 1e-3,
    weightDecay: 0.04,
    momentum: 0.99,
    clip: 3,
    trainLastLayer: true,
    teacherTemp: 0.04,
    studentTemp: 0.1,
    centerMomentum: 0.9,
    centeringOn: true,
  });
  return {
    loss: scalar,
    issue: () =>
      tf.tidy(() => {
        const { metrics, terms, teacher, student } = dino.step(
          { groups, controls: tf.tensor1d(values) },
          'ema',
        );
        tf.dispose([terms, teacher, student]);
        return metrics;
      }),
  };
}

export const workloads: Record<string, () => Workload> = { W1: w1, W2: w2 };

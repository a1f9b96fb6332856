/** The workloads on our engine. */
import * as tf from '@tensorflow/tfjs-core';
import { captureStep, HIDDEN_SUBMIT_MS, setSubmitTarget, startEngine, webgpu } from '../src/engine';
import { gemm } from '../src/engine/kernels/gemm';
import { tuneKernels } from '../src/engine/tuning';
import { Dino } from '../src/methods/dino/dino';
import { CONTROLS, controlVector } from '../src/methods/dino/dinoControls';
import { Paws } from '../src/methods/paws/paws';
import {
  CONTROLS as PAWS_CONTROLS,
  controlVector as pawsControlVector,
} from '../src/methods/paws/pawsControls';
import { part } from '../src/methods/paws/pawsLossKernels';
import { ParameterSet } from '../src/models/parameters';
import { cnnTrunk, type Trunk, vitTrunk, wideResnetTrunk } from '../src/models/trunk';
import { vitForward, vitLastAttention } from '../src/models/vit';
import { control, isDecayed, OPTIMIZER_CONTROLS } from '../src/optimizers/optimizer';
import { Sgd } from '../src/optimizers/sgd';
import type { Contender, Runner } from './contender';
import {
  type AttentionProblem,
  type DinoProblem,
  type Makers,
  type MatmulProblem,
  makeWith,
  type PawsProblem,
  type RegressionProblem,
  type TrunkConfig,
  type Values,
} from './workloads/problem';

const OUR_FLAGS = { WEBGPU_CPU_FORWARD: false, WEBGPU_MATMUL_PROGRAM_TYPE: 3 };

const upload = ({ values, shape }: Values) => tf.tensor(values, shape);

/** Captures a step with one output, which is what contenders are compared by. */
async function capture(
  step: (inputs: { controls: tf.Tensor }) => tf.Tensor,
  controls: Float32Array,
  dispose: () => void,
): Promise<Runner> {
  const captured = await captureStep({
    inputs: { controls: { shape: [controls.length] } },
    step: (inputs) => ({ result: step(inputs) }),
    read: ['result'],
  });
  return {
    step: async () => (await captured.run({ controls })).result,
    dispose: () => {
      captured.dispose();
      dispose();
    },
  };
}

function regressionRunner({
  vit,
  images,
  targets,
  lr,
  specs,
  parameters,
}: RegressionProblem): Promise<Runner> {
  const network = new ParameterSet(specs, parameters);
  const optimizer = new Sgd(
    specs.map(({ name, shape }) => ({
      name,
      student: network.get(name),
      teacher: null,
      decay: isDecayed(name, shape),
      active: control.always,
    })),
  );
  const [pixels, wanted] = [upload(images), upload(targets)];
  const values = new Float32Array(OPTIMIZER_CONTROLS);
  values[control.lr] = lr;
  values[control.always] = 1;
  const variables = specs.map(({ name }) => network.get(name));
  const step = ({ controls }: { controls: tf.Tensor }) => {
    const { value, grads } = tf.variableGrads(
      () => tf.mean(tf.squaredDifference(vitForward(network.get, vit, pixels), wanted)) as tf.Scalar,
      variables,
    );
    optimizer.step(
      variables.map(({ name }) => grads[name]),
      controls,
    );
    return value;
  };
  return capture(step, values, () => {
    network.dispose();
    optimizer.dispose();
    tf.dispose([pixels, wanted]);
  });
}

function build(trunk: TrunkConfig): Trunk {
  if (trunk.kind === 'vit') return vitTrunk(trunk.config, 'fan_in');
  if (trunk.kind === 'wide_resnet') return wideResnetTrunk(trunk.config);
  return cnnTrunk(trunk.config);
}

async function dinoRunner(problem: DinoProblem): Promise<Runner> {
  const { head, batch, views, specs, parameters } = problem;
  const trunk = build(problem.trunk);
  const dino = new Dino({ trunk, head, batch, views, optimizer: 'adamw' }, specs, parameters);
  const groups = problem.groups.map((crops) => ({ crops: upload(crops) }));
  // All that a run of the app asks of a step, its gauges too.
  const captured = await captureStep({
    inputs: { controls: { shape: [CONTROLS] } },
    step: ({ controls }) => ({ ...dino.step({ groups, controls }) }),
    read: ['metrics'],
  });
  const controls = controlVector(problem.controls);
  return {
    step: async () => (await captured.run({ controls })).metrics.subarray(0, 1),
    dispose: () => {
      captured.dispose();
      dino.dispose();
      tf.dispose(groups.map(({ crops }) => crops));
    },
  };
}

async function pawsRunner(problem: PawsProblem): Promise<Runner> {
  const { head, batch, views, classifier, parameters, labels, optimizer } = problem;
  const trunk = build(problem.trunk);
  const paws = new Paws(
    { trunk, head, views, classifier, optimizer: { optimizer, nesterov: false } },
    parameters,
  );
  const groups = problem.groups.map((crops) => ({ crops: upload(crops) }));
  const [supports, classes] = labels.shape;
  const votes = upload(labels);
  const supportClasses = tf.tensor1d(Array.from({ length: supports }, (_, row) => row % classes));
  const truth = tf.fill([batch], -1);
  const captured = await captureStep({
    inputs: { controls: { shape: [PAWS_CONTROLS] } },
    step: ({ controls }) => ({ ...paws.step({ groups, labels: votes, truth, supportClasses, controls }) }),
    read: ['parts'],
  });
  const controls = pawsControlVector(problem.controls);
  return {
    step: async () => (await captured.run({ controls })).parts.subarray(part.loss, part.loss + 1),
    dispose: () => {
      captured.dispose();
      paws.dispose();
      tf.dispose([votes, supportClasses, truth, ...groups.map(({ crops }) => crops)]);
    },
  };
}

function attentionRunner({ vit, image, specs, parameters }: AttentionProblem): Promise<Runner> {
  const network = new ParameterSet(specs, parameters);
  const input = upload(image);
  return capture(
    () => vitLastAttention(network.get, vit, input),
    new Float32Array(1),
    () => {
      network.dispose();
      input.dispose();
    },
  );
}

function matmulRunner({ a, b, size }: MatmulProblem): Promise<Runner> {
  const [left, right] = [upload(a), upload(b)];
  const shape = { rows: size, columns: size, depth: size };
  const strides = { row: size, column: 1 };
  return capture(
    () => tf.slice(gemm([size, size], shape, left, strides, right, strides), [size - 1, 0], [1, size]),
    new Float32Array(1),
    () => tf.dispose([left, right]),
  );
}

const makers: Makers<Promise<Runner>> = {
  regression: regressionRunner,
  dino: dinoRunner,
  paws: pawsRunner,
  attention: attentionRunner,
  matmul: matmulRunner,
};

/** Starts our engine. */
export async function startOurs(): Promise<Contender> {
  await startEngine({ backend: 'webgpu' });
  const backend = webgpu();
  if (!backend) throw new Error('The benchmark needs WebGPU.');
  // As in headless runs: nobody looks at a page.
  setSubmitTarget(HIDDEN_SUBMIT_MS);
  return {
    name: 'ours',
    device: backend.device,
    activate: async () => {
      for (const [flag, value] of Object.entries(OUR_FLAGS)) tf.env().set(flag, value);
      await tf.setBackend('webgpu');
    },
    tune: tuneKernels,
    prepare: (problem) => makeWith(makers, problem),
  };
}

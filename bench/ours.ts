/** The workloads on our engine. */
import * as tf from '@tensorflow/tfjs-core';
import { readBack, startEngine, webgpu } from '../src/engine';
import { gemm } from '../src/engine/kernels/gemm';
import { controlVector, Dino } from '../src/methods/dino';
import { ParameterSet } from '../src/models/parameters';
import { cnnTrunk, type Trunk, vitTrunk } from '../src/models/trunk';
import { vitForward, vitLastAttention } from '../src/models/vit';
import { control, isDecayed, OPTIMIZER_CONTROLS } from '../src/optimizers/optimizer';
import { Sgd } from '../src/optimizers/sgd';
import type { Contender, Runner } from './contender';
import type {
  AttentionProblem,
  DinoProblem,
  MatmulProblem,
  Problem,
  RegressionProblem,
  TrunkConfig,
  Values,
} from './workloads/problem';

const OUR_FLAGS = { WEBGPU_CPU_FORWARD: false, WEBGPU_MATMUL_PROGRAM_TYPE: 3 };

const upload = ({ values, shape }: Values) => tf.tensor(values, shape);

/** Reads a tensor that is then let go. */
async function take(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await readBack(tensor);
  tensor.dispose();
  return values;
}

function regressionRunner({ vit, images, targets, lr, specs, parameters }: RegressionProblem): Runner {
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
  const controls = new Float32Array(OPTIMIZER_CONTROLS);
  controls[control.lr] = lr;
  controls[control.always] = 1;
  const variables = specs.map(({ name }) => network.get(name));
  const step = () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => tf.mean(tf.squaredDifference(vitForward(network.get, vit, pixels), wanted)) as tf.Scalar,
        variables,
      );
      optimizer.step(
        variables.map(({ name }) => grads[name]),
        tf.tensor1d(controls),
      );
      return value;
    });
  return {
    step: () => take(step()),
    dispose: () => {
      network.dispose();
      optimizer.dispose();
      tf.dispose([pixels, wanted]);
    },
  };
}

function build(trunk: TrunkConfig): Trunk {
  if (trunk.kind === 'vit') return vitTrunk(trunk.config, 'fan_in');
  return cnnTrunk(trunk.config);
}

function dinoRunner(problem: DinoProblem): Runner {
  const { head, batch, views, specs, parameters, controls } = problem;
  const trunk = build(problem.trunk);
  const dino = new Dino({ trunk, head, batch, views, optimizer: 'adamw' }, specs, parameters);
  const groups = problem.groups.map((crops) => ({ crops: upload(crops) }));
  const values = controlVector(controls);
  const step = () =>
    tf.tidy(() => {
      const outputs = dino.step({ groups, controls: tf.tensor1d(values) });
      tf.dispose([outputs.terms, outputs.teacher, outputs.student]);
      return outputs.metrics;
    });
  return {
    step: async () => (await take(step())).subarray(0, 1),
    dispose: () => {
      dino.dispose();
      tf.dispose(groups.map(({ crops }) => crops));
    },
  };
}

function attentionRunner({ vit, image, specs, parameters }: AttentionProblem): Runner {
  const network = new ParameterSet(specs, parameters);
  const input = upload(image);
  return {
    step: () => take(tf.tidy(() => vitLastAttention(network.get, vit, input))),
    dispose: () => {
      network.dispose();
      input.dispose();
    },
  };
}

function matmulRunner({ a, b, size }: MatmulProblem): Runner {
  const [left, right] = [upload(a), upload(b)];
  const shape = { rows: size, columns: size, depth: size };
  const strides = { row: size, column: 1 };
  const product = () => gemm([size, size], shape, left, strides, right, strides);
  return {
    step: () => take(tf.tidy(() => tf.slice(product(), [size - 1, 0], [1, size]))),
    dispose: () => tf.dispose([left, right]),
  };
}

function prepare(problem: Problem): Runner {
  switch (problem.kind) {
    case 'regression':
      return regressionRunner(problem);
    case 'dino':
      return dinoRunner(problem);
    case 'attention':
      return attentionRunner(problem);
    case 'matmul':
      return matmulRunner(problem);
  }
}

/** Starts our engine. */
export async function startOurs(): Promise<Contender> {
  await startEngine({ backend: 'webgpu' });
  const backend = webgpu();
  if (!backend) throw new Error('The benchmark needs WebGPU.');
  return {
    name: 'ours',
    device: backend.device,
    activate: async () => {
      for (const [flag, value] of Object.entries(OUR_FLAGS)) tf.env().set(flag, value);
      await tf.setBackend('webgpu');
    },
    prepare: async (problem) => prepare(problem),
  };
}

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, loadFixture } from '../checkpoint/parity';
import { startEngine } from '../engine';
import { linear } from '../engine/kernels/linear';
import { convolutionInit, type ParameterSpec, type Reader } from './parameters';
import { type PawsHeadConfig, pawsForward, pawsHeadParameters } from './pawsHead';
import type { ResnetConfig } from './resnet';
import { check, parametersOf, tensorOf } from './testing/golden';
import { resnetTrunk, type Trunk, wideResnetTrunk } from './trunk';
import { joinGroups, type TrunkOptions, type ViewBatch } from './viewBatch';
import { LAST_MOMENTUM } from './wideResnet';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

/** Neighbours of one width go through a network together, as in the official forward of a list. */
function groupsOf(inputs: tf.Tensor[]): ViewBatch[] {
  const groups: tf.Tensor[][] = [];
  for (const input of inputs) {
    const last = groups.at(-1);
    if (last?.[0]?.shape[3] === input.shape[3]) last?.push(input);
    else groups.push([input]);
  }
  return groups.map((group) => ({ crops: joinGroups(group) }));
}

interface Network {
  specs: ParameterSpec[];
  /** Groups of images → h, where the network has one, and its output z. */
  forward(read: Reader, groups: ViewBatch[], options: TrunkOptions): { h?: tf.Tensor; z: tf.Tensor };
}

function resnetConfigOf(fixture: Fixture): ResnetConfig {
  const block = fixture.text('block');
  if (block !== 'basic' && block !== 'bottleneck') throw new Error(`no block is called ${block}`);
  const [width] = fixture.numbers('widths') as [number];
  return { block, layers: fixture.numbers('layers'), width, stem: 'imagenet' };
}

/** torchvision's ResNet ends with a classifier. */
function classifier(fixture: Fixture): Network {
  const { parameters, featureDim, forward } = resnetTrunk(resnetConfigOf(fixture));
  const [classes, init] = [fixture.number('num_classes'), convolutionInit(featureDim)];
  return {
    specs: [
      ...parameters,
      { name: 'fc.weight', shape: [classes, featureDim], init },
      { name: 'fc.bias', shape: [classes], init },
    ],
    forward: (read, groups, options) => ({
      z: linear(forward(read, groups, options), read('fc.weight'), read('fc.bias')),
    }),
  };
}

/** A trunk under the heads of the official PAWS, as wide as the file's parameters are. */
function pawsNetwork(fixture: Fixture, trunk: Trunk): Network {
  const [hiddenDim, inDim] = fixture.shape('param/fc.fc1.weight') as [number, number];
  const [outDim] = fixture.shape('param/fc.fc3.weight') as [number];
  const config: PawsHeadConfig = {
    inDim,
    hiddenDim,
    outDim,
    usePredHead: fixture.has('param/pred.fc1.weight'),
  };
  expect(inDim).toBe(trunk.featureDim);
  return {
    specs: [...trunk.parameters, ...pawsHeadParameters(config)],
    forward: (read, groups, options) => {
      const { h, z } = pawsForward(read, trunk, config, groups, options);
      return { h, z };
    },
  };
}

describe.each([
  ['resnet_tv_basic', classifier],
  ['resnet_tv_bottleneck', classifier],
  ['resnet_paws', (fixture: Fixture) => pawsNetwork(fixture, resnetTrunk(resnetConfigOf(fixture)))],
  [
    'wide_resnet',
    (fixture: Fixture) => {
      expect(fixture.number('final_bn_momentum')).toBe(LAST_MOMENTUM);
      const config = { depth: fixture.number('depth'), widen: fixture.number('widen_factor') };
      return pawsNetwork(fixture, wideResnetTrunk(config));
    },
  ],
] as const)('%s', (name, build) => {
  const fixture = loadFixture(name);
  const start = () => {
    const network = build(fixture);
    const parameters = parametersOf(fixture, ['param/', 'running_before/'], network.specs);
    const inputs = fixture.names('input/').map((input) => tensorOf(fixture, input));
    return { network, parameters, inputs };
  };
  const loss = (z: tf.Tensor) => tf.sum(tf.square(z)) as tf.Scalar;

  it('in training: outputs, running statistics after, gradients of every parameter and of the images', async () => {
    const { network, parameters, inputs } = start();
    const trained = network.specs.filter(({ kind }) => kind !== 'buffer').map((spec) => spec.name);
    const outputs: Record<string, tf.Tensor> = {};
    const { value, grads } = tf.engine().gradients(() => {
      const given = network.forward(parameters.get, groupsOf(inputs), {
        mode: 'train',
        inputGradient: true,
      });
      for (const [key, tensor] of Object.entries(given)) outputs[key] = tf.keep(tensor);
      return loss(given.z);
    }, [...trained.map(parameters.get), ...inputs]);
    for (const [key, tensor] of Object.entries(outputs)) await check(fixture, `train/${key}`, tensor);
    await check(fixture, 'train/scalar', value);
    const after = fixture.names('train/running_after/');
    expect(after).toHaveLength(network.specs.length - trained.length);
    for (const at of after) await check(fixture, at, parameters.get(at.slice('train/running_after/'.length)));
    expect(trained.map((at) => `train/grad/${at}`).sort()).toEqual(fixture.names('train/grad/').sort());
    for (const [i, at] of trained.entries()) await check(fixture, `train/grad/${at}`, grads[i] as tf.Tensor);
    for (const i of inputs.keys())
      await check(fixture, `train/grad_input/${i}`, grads[trained.length + i] as tf.Tensor);
    parameters.dispose();
  });

  it('in evaluation: outputs, with the running statistics left alone', async () => {
    const { network, parameters, inputs } = start();
    const given = network.forward(parameters.get, groupsOf(inputs), { mode: 'eval' });
    for (const [key, tensor] of Object.entries(given)) await check(fixture, `eval/${key}`, tensor);
    await check(fixture, 'eval/scalar', loss(given.z));
    for (const before of fixture.names('running_before/')) {
      const kept = await parameters.get(before.slice('running_before/'.length)).data();
      expect(kept).toEqual(fixture.floats(before));
    }
    parameters.dispose();
  });
});

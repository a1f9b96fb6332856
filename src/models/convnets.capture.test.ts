import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { captureStep, readBack, type StepDefinition, startEngine } from '../engine';
import { randomStream } from '../platform/random';
import { initialise, ParameterSet, type ParameterSpec } from './parameters';
import { pawsForward, pawsHeadParameters } from './pawsHead';
import { resnetConfig } from './resnet';
import { resnetTrunk, type Trunk, wideResnetTrunk } from './trunk';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const sizes = { large: [6, 3, 16, 16], small: [5, 3, 9, 9] };

/** A network of its own, and a step that gives its outputs and all its gradients. */
function networkOf(trunk: Trunk) {
  const head = { inDim: trunk.featureDim, hiddenDim: 24, outDim: 16, usePredHead: true };
  const specs: ParameterSpec[] = [...trunk.parameters, ...pawsHeadParameters(head)];
  const rng = randomStream(3, 'network');
  const parameters = new ParameterSet(
    specs,
    new Map(specs.map((spec) => [spec.name, initialise(spec, rng)])),
  );
  const trained = specs.filter(({ kind }) => kind !== 'buffer').map(({ name }) => name);
  const definition: StepDefinition<keyof typeof sizes, string> = {
    inputs: { large: { shape: sizes.large }, small: { shape: sizes.small } },
    step: ({ large, small }) => {
      const groups = [{ crops: large as tf.Tensor }, { crops: small as tf.Tensor }];
      const outputs: Record<string, tf.Tensor> = {};
      const forward = () => {
        const { h, z } = pawsForward(parameters.get, trunk, head, groups, { mode: 'train' });
        Object.assign(outputs, { h: tf.keep(h), z: tf.keep(z) });
        return tf.mean(tf.square(tf.add(z, h))) as tf.Scalar;
      };
      const { value, grads } = tf.engine().gradients(forward, trained.map(parameters.get), tf.scalar(1));
      trained.forEach((name, i) => {
        outputs[name] = grads[i] as tf.Tensor;
      });
      return { loss: value, ...outputs };
    },
    read: ['loss'],
  };
  return { parameters, definition, specs, trained };
}

const imagesAt = (step: number) => {
  const rng = randomStream(step, 'images');
  const draw = (shape: number[]) =>
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal());
  return { large: draw(sizes.large), small: draw(sizes.small) };
};

describe.each([
  ['a Wide ResNet 10-1', () => wideResnetTrunk({ depth: 10, widen: 1 }), 9],
  ['a ResNet 18', () => resnetTrunk(resnetConfig(18, 4, 'imagenet')), 0],
] as const)('%s under the PAWS heads, captured', (_, build, biases) => {
  it('gives the bits of the eager one: outputs, every gradient, running statistics', async () => {
    const [ours, twin] = [networkOf(build()), networkOf(build())];
    const captured = await captureStep(ours.definition);
    const eager = await captureStep(twin.definition, { mode: 'eager' });
    const losses = new Set<number>();
    for (const step of [0, 1, 2]) {
      const [a, b] = [await captured.run(imagesAt(step)), await eager.run(imagesAt(step))];
      expect(a.loss).toEqual(b.loss);
      losses.add(a.loss?.[0] as number);
      for (const name of ['h', 'z', ...ours.trained]) {
        const [mine, theirs] = [captured.outputs?.[name], eager.outputs?.[name]];
        expect(await readBack(mine as tf.Tensor), name).toEqual(await readBack(theirs as tf.Tensor));
      }
      for (const { name, kind } of ours.specs) {
        if (kind !== 'buffer') continue;
        const kept = await readBack(ours.parameters.get(name));
        expect(kept, name).toEqual(await readBack(twin.parameters.get(name)));
        expect(kept.some((value) => value !== 0 && value !== 1)).toBe(true);
      }
    }
    expect(losses.size).toBe(3);
    for (const disposable of [captured, eager, ours.parameters, twin.parameters]) disposable.dispose();
  });

  it('gives biases that a batch norm takes out a gradient of exactly zero', async () => {
    const { definition, parameters, trained } = networkOf(build());
    const captured = await captureStep(definition);
    await captured.run(imagesAt(0));
    const sizeOf = async (name: string) =>
      (await readBack(captured.outputs?.[name] as tf.Tensor)).reduce((sum, v) => sum + Math.abs(v), 0);
    const ofConvolutions = trained.filter((name) => /(conv\d|shortcut\.0)\.bias$/.test(name));
    expect(ofConvolutions).toHaveLength(biases);
    for (const name of ofConvolutions) expect(await sizeOf(name), name).toBe(0);
    expect(await sizeOf('conv1.weight')).toBeGreaterThan(0);
    captured.dispose();
    parameters.dispose();
  });

  it('leaves nothing to tfjs but moving and adding up tensors, and the loss', async () => {
    const { definition, parameters } = networkOf(build());
    const captured = await captureStep(definition);
    const names = (await captured.profile(imagesAt(0)))?.map(({ name }) => name) as string[];
    const [square, mean] = ['UnaryOpProgram', 'ReduceProgram'];
    const ofTfjs = new Set(names.filter((name) => name.endsWith('Program')));
    expect([...ofTfjs].sort()).toEqual(
      ['BinaryOpProgram', 'ConcatProgram', 'SliceProgram', square, mean].sort(),
    );
    expect(names.filter((name) => name === square || name === mean)).toHaveLength(2);
    captured.dispose();
    parameters.dispose();
  });
});

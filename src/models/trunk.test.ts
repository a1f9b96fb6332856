import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { readBack, startEngine } from '../engine';
import { randomStream } from '../platform/random';
import { officialRecipeOf, type Recipe } from '../recipe';
import { backboneCost } from '../recipe/networkCost';
import { initialise, ParameterSet } from './parameters';
import { createTrunk } from './trunk';

const recipeOf = (changes: Partial<Recipe>): Recipe => ({ ...officialRecipeOf('paws'), ...changes });
const resnet = (depth: 18 | 34 | 50, changes: Partial<Recipe> = {}) =>
  recipeOf({ arch: 'resnet', resnet_depth: depth, resnet_width: 64, resnet_stem: 'imagenet', ...changes });
const wide = (depth: 10 | 16 | 28, widen: number) =>
  recipeOf({ arch: 'wide_resnet', wrn_depth: depth, wrn_widen: widen });

/** Numbers in all parameters; running statistics are none. */
const sizeOf = ({ parameters }: ReturnType<typeof createTrunk>) =>
  parameters
    .filter(({ kind }) => kind !== 'buffer')
    .reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape), 0);

describe('the trunk of a recipe', () => {
  it.each([
    // torchvision's counts, less the classifier of 1000 classes.
    ['ResNet 18', resnet(18), 11_689_512 - 513_000, 512],
    ['ResNet 34', resnet(34), 21_797_672 - 513_000, 512],
    ['ResNet 50', resnet(50), 25_557_032 - 2_049_000, 2048],
    ['Wide ResNet 28-2', wide(28, 2), 1_468_352, 128],
    ['Wide ResNet 10-1', wide(10, 1), 77_536, 64],
  ])('has as many parameters and features as the official %s', (_, recipe, parameters, features) => {
    const trunk = createTrunk(recipe);
    expect(sizeOf(trunk)).toBe(parameters);
    expect(trunk.featureDim).toBe(features);
  });

  it.each([
    ['a bottleneck with the small stem', resnet(50, { resnet_stem: 'small', resnet_width: 12 })],
    ['pairs with another width', resnet(34, { resnet_width: 20 })],
    ['a Wide ResNet 16-3', wide(16, 3)],
    ['the small network', recipeOf({ arch: 'cnn' })],
    ['a Vision Transformer', recipeOf({ arch: 'vit' })],
  ])('costs what the recipe is told that it does: %s', (_, recipe) => {
    const trunk = createTrunk(recipe);
    const { parameters, featureDim } = backboneCost(recipe);
    expect(parameters).toBe(sizeOf(trunk));
    expect(featureDim).toBe(trunk.featureDim);
  });

  it('starts as the official ones: ResNets by their fan-out, Wide ResNets by their fan-in', () => {
    const initOf = (recipe: Recipe, name: string) =>
      createTrunk(recipe).parameters.find((spec) => spec.name === name)?.init;
    expect(initOf(resnet(18), 'layer2.0.conv1.weight')).toEqual({
      kind: 'normal',
      std: Math.sqrt(2 / (128 * 9)),
    });
    expect(initOf(resnet(50), 'layer1.0.conv3.weight')).toEqual({ kind: 'normal', std: Math.sqrt(2 / 256) });
    for (const part of ['weight', 'bias']) {
      const bound = (32 * 9) ** -0.5;
      expect(initOf(wide(28, 2), `layer2.0.conv1.${part}`)).toEqual({ kind: 'uniform', bound });
    }
  });
});

/** Features of two groups in training mode, all gradients, and the running statistics after. */
async function run(recipe: Recipe, backend: 'webgpu' | 'cpu') {
  await startEngine({ backend });
  expect(tf.getBackend()).toBe(backend);
  const trunk = createTrunk(recipe);
  const rng = randomStream(5, 'weights');
  const values = new Map(trunk.parameters.map((spec) => [spec.name, initialise(spec, rng)]));
  const parameters = new ParameterSet(trunk.parameters, values);
  const draw = (shape: number[]) =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal()),
      shape,
    );
  const groups = [{ crops: draw([4, 3, 9, 9]) }, { crops: draw([6, 3, 6, 6]) }];
  const probe = draw([10, trunk.featureDim]);
  const trained = trunk.parameters.filter(({ kind }) => kind !== 'buffer').map(({ name }) => name);
  const buffers = trunk.parameters.filter(({ kind }) => kind === 'buffer').map(({ name }) => name);
  const { value, grads } = tf.variableGrads(
    () => tf.sum(tf.mul(trunk.forward(parameters.get, groups, { mode: 'train' }), probe)) as tf.Scalar,
    trained.map(parameters.get),
  );
  const found = new Map<string, Float32Array>([['loss', await readBack(value)]]);
  for (const name of trained)
    found.set(`gradient of ${name}`, await readBack(grads[parameters.get(name).name] as tf.Tensor));
  for (const name of buffers) found.set(name, await readBack(parameters.get(name)));
  const evaluated = trunk.forward(parameters.get, groups, { mode: 'eval' });
  expect(evaluated.shape).toEqual([10, trunk.featureDim]);
  found.set('in evaluation', await readBack(evaluated));
  parameters.dispose();
  return found;
}

describe('without WebGPU', () => {
  it.each([
    ['a ResNet 18', resnet(18, { resnet_width: 4 })],
    ['a ResNet 50 with the small stem', resnet(50, { resnet_width: 4, resnet_stem: 'small' })],
    ['a Wide ResNet 10-1', wide(10, 1)],
  ])('%s computes the same on the CPU', async (_, recipe) => {
    const [cpu, gpu] = [await run(recipe, 'cpu'), await run(recipe, 'webgpu')];
    expect([...gpu.keys()]).toEqual([...cpu.keys()]);
    for (const [name, wanted] of cpu) {
      const got = gpu.get(name) as Float32Array;
      // Long gradients come with long rounding errors: the biases whose gradient is zero, too.
      const most = wanted.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
      for (const [i, v] of wanted.entries()) {
        expect(Math.abs(v - (got[i] as number)), `${name} ${i}`).toBeLessThan(2e-3 * most);
      }
    }
  });
});

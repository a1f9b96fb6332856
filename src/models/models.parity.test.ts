import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, type Fixture, loadFixture } from '../checkpoint/parity';
import { readBack, startEngine } from '../engine';
import { gelu } from '../engine/kernels/gelu';
import { l2Normalise } from '../engine/kernels/l2Norm';
import { mapPositionsComposed } from '../engine/kernels/transformerTokens';
import {
  type DinoHeadConfig,
  dinoHeadBottleneck,
  dinoHeadForward,
  dinoHeadParameters,
  lastLayerWeight,
} from './dinoHead';
import { ParameterSet, type ParameterSpec } from './parameters';
import { positionMap } from './positionEmbedding';
import {
  dropPathCalls,
  type VitConfig,
  vitForward,
  vitIntermediateLayers,
  vitLastAttention,
  vitParameters,
} from './vit';
import { vitEmbed } from './vitEmbedding';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

const tensorOf = (fixture: Fixture, name: string) => tf.tensor(fixture.floats(name), fixture.shape(name));

async function check(fixture: Fixture, name: string, tensor: tf.Tensor) {
  expect(expectClose(fixture, name, await readBack(tensor))).toBeLessThanOrEqual(1);
}

function parametersOf(fixture: Fixture, prefix: string, specs: ParameterSpec[]) {
  const stored = fixture.names(prefix).map((name) => name.slice(prefix.length));
  expect(specs.map(({ name }) => name).sort()).toEqual(stored.sort());
  for (const { name, shape } of specs) expect(shape).toEqual(fixture.shape(prefix + name));
  return new ParameterSet(specs, new Map(specs.map(({ name }) => [name, fixture.floats(prefix + name)])));
}

function vitConfigOf(fixture: Fixture, overrides: Partial<VitConfig> = {}): VitConfig {
  return {
    imageSize: fixture.number('img_size'),
    patchSize: fixture.number('patch_size'),
    embedDim: fixture.number('embed_dim'),
    depth: fixture.number('depth'),
    numHeads: fixture.number('num_heads'),
    mlpRatio: fixture.number('mlp_ratio'),
    qkvBias: true,
    layerNormEpsilon: fixture.number('ln_eps'),
    dropPathRate: 0,
    convStem: false,
    ...overrides,
  };
}

describe('vit_forward', () => {
  const fixture = loadFixture('vit_forward');
  const config = vitConfigOf(fixture, { qkvBias: fixture.boolean('qkv_bias') });
  const parameters = () => parametersOf(fixture, 'param/', vitParameters(config, 'official'));

  for (const size of fixture.json('resolutions_HxW') as string[]) {
    it(`positions, tokens, features and attention at ${size}`, async () => {
      const { get } = parameters();
      const images = tensorOf(fixture, `input/${size}`);
      const [height, width] = images.shape.slice(2) as [number, number];
      const [rows, columns] = [Math.floor(height / config.patchSize), Math.floor(width / config.patchSize)];
      const side = Math.sqrt(get('pos_embed').shape[1]! - 1);
      const positions = mapPositionsComposed(get('pos_embed'), positionMap(side, rows, columns));
      await check(fixture, `pos_embed/${size}`, positions);
      await check(fixture, `tokens_in/${size}`, vitEmbed(get, config, [images]));
      await check(fixture, `cls/${size}`, vitForward(get, config, images));
      const layers = vitIntermediateLayers(get, config, images, config.depth);
      for (const name of fixture.names(`layer/${size}/`)) {
        await check(fixture, name, layers[Number(name.split('/').at(-1))]!);
      }
      if (fixture.has(`attn/${size}`))
        await check(fixture, `attn/${size}`, vitLastAttention(get, config, images));
    });
  }

  it('gradients of every parameter and of the image, through the interpolated positions', async () => {
    const network = parameters();
    const size = fixture.text('grad_resolution');
    const probe = tensorOf(fixture, 'grad_probe');
    const images = tensorOf(fixture, `input/${size}`);
    const scalar = (x: tf.Tensor) =>
      tf.sum(tf.mul(vitForward(network.get, config, x, { inputGradient: true }), probe)) as tf.Scalar;
    await check(fixture, 'grad_input', tf.grad(scalar)(images));
    const names = network.specs.map(({ name }) => name);
    const { grads } = tf.variableGrads(() => scalar(images), names.map(network.get));
    for (const name of names) await check(fixture, `grad/${name}`, grads[network.get(name).name]!);
  });
});

describe('vit_variants', () => {
  const fixture = loadFixture('vit_variants');
  const images = () => tensorOf(fixture, 'input');
  for (const [variant, overrides] of [
    ['a', { qkvBias: false }],
    ['b', {}],
  ] as const) {
    it(`variant ${variant}`, async () => {
      const config = vitConfigOf(fixture, overrides);
      const { get } = parametersOf(fixture, `${variant}/param/`, vitParameters(config, 'official'));
      await check(fixture, `${variant}/cls`, vitForward(get, config, images()));
      await check(fixture, `${variant}/attn`, vitLastAttention(get, config, images()));
    });
  }

  it('stochastic depth with given draws', async () => {
    const config = vitConfigOf(fixture, { dropPathRate: fixture.number('c_drop_path_rate') });
    const { get } = parametersOf(fixture, 'c/param/', vitParameters(config, 'official'));
    const dropPath = tensorOf(fixture, 'c/uniform');
    expect(dropPathCalls(config)).toBe(dropPath.shape[0]);
    await check(fixture, 'c/cls', vitForward(get, config, images(), { dropPath }));
  });
});

describe('dino_head_forward', () => {
  const fixture = loadFixture('dino_head_forward');
  const configOf = (variant: string): DinoHeadConfig => ({
    inDim: fixture.number('in_dim'),
    outDim: fixture.number('out_dim'),
    hiddenDim: fixture.number('hidden_dim'),
    bottleneckDim: fixture.number('bottleneck_dim'),
    nLayers: Number(
      /nlayers (\d)/.exec(
        fixture
          .text('variants')
          .split(';')
          .find((v) => v.trim().startsWith(variant))!,
      )![1],
    ),
    useBatchNorm: variant === 'bn',
    normLastLayer: variant !== 'freeg',
  });

  it('exact GELU and its derivative', async () => {
    const x = tensorOf(fixture, 'gelu/x');
    await check(fixture, 'gelu/y', gelu(x));
    await check(fixture, 'gelu/dy', tf.grad((v: tf.Tensor) => tf.sum(gelu(v)))(x));
  });

  for (const variant of ['main', 'freeg', 'one', 'bn']) {
    it(`variant ${variant}`, async () => {
      const config = configOf(variant);
      const network = parametersOf(fixture, `${variant}/param/`, dinoHeadParameters(config, 'official'));
      const input = tensorOf(fixture, 'input');
      const probe = tensorOf(fixture, 'grad_probe');
      // Batch norm counts the forward that is checked, so the gradients come first.
      const after = fixture.names(`${variant}/after/`);
      const trained = network.specs
        .filter(({ kind }) => (kind ?? 'trained') === 'trained')
        .map(({ name }) => name);
      const scalar = (x: tf.Tensor) =>
        tf.sum(tf.mul(dinoHeadForward(network.get, config, x), probe)) as tf.Scalar;
      const { grads } = tf.variableGrads(() => scalar(input), trained.map(network.get));
      for (const name of after)
        await check(fixture, name, network.get(name.slice(`${variant}/after/`.length)));
      expect(trained.map((name) => `${variant}/grad/${name}`).sort()).toEqual(
        fixture.names(`${variant}/grad/`).sort(),
      );
      for (const name of trained)
        await check(fixture, `${variant}/grad/${name}`, grads[network.get(name).name]!);
      await check(fixture, `${variant}/grad_input`, tf.grad(scalar)(input));
      await check(fixture, `${variant}/last_weight`, lastLayerWeight(network.get));
      await check(fixture, `${variant}/logits`, dinoHeadForward(network.get, config, input));
      if (!fixture.has(`${variant}/bottleneck`)) return;
      const bottleneck = dinoHeadBottleneck(network.get, config, input);
      await check(fixture, `${variant}/bottleneck`, bottleneck);
      await check(fixture, `${variant}/bottleneck_l2`, l2Normalise(bottleneck));
    });
  }
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, loadFixture } from '../checkpoint/parity';
import { startEngine } from '../engine';
import { mapPositionsComposed } from '../engine/kernels/transformerTokens';
import { positionMap } from './positionEmbedding';
import { check, parametersOf, tensorOf } from './testing/golden';
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
  const parameters = () => parametersOf(fixture, ['param/'], vitParameters(config, 'official'));

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
      const { get } = parametersOf(fixture, [`${variant}/param/`], vitParameters(config, 'official'));
      await check(fixture, `${variant}/cls`, vitForward(get, config, images()));
      await check(fixture, `${variant}/attn`, vitLastAttention(get, config, images()));
    });
  }

  it('stochastic depth with given draws', async () => {
    const config = vitConfigOf(fixture, { dropPathRate: fixture.number('c_drop_path_rate') });
    const { get } = parametersOf(fixture, ['c/param/'], vitParameters(config, 'official'));
    const dropPath = tensorOf(fixture, 'c/uniform');
    expect(dropPathCalls(config)).toBe(dropPath.shape[0]);
    await check(fixture, 'c/cls', vitForward(get, config, images(), { dropPath }));
  });
});

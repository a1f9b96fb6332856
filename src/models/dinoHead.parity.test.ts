import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadFixture } from '../checkpoint/parity';
import { startEngine } from '../engine';
import { gelu } from '../engine/kernels/gelu';
import { l2Normalise } from '../engine/kernels/l2Norm';
import {
  type DinoHeadConfig,
  dinoHeadBottleneck,
  dinoHeadForward,
  dinoHeadParameters,
  lastLayerWeight,
} from './dinoHead';
import { check, parametersOf, tensorOf } from './testing/golden';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
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
      const network = parametersOf(fixture, [`${variant}/param/`], dinoHeadParameters(config, 'official'));
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

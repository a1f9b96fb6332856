/** Golden numbers of the supervised Vision Transformer: losses, gradients, one step of AdamW. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, loadFixture } from '../../checkpoint/parity';
import { readBack, startEngine } from '../../engine';
import { vitTrunk } from '../../models/trunk';
import { labelControls } from './labelLoss';
import { Supervised, type SupervisedConfig, supervisedParameters } from './supervised';

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

describe('supervised_vit', () => {
  const fixture = loadFixture('supervised_vit');
  const check = (name: string, values: ArrayLike<number>) =>
    expect(expectClose(fixture, name, values)).toBeLessThanOrEqual(1);
  /** The official network calls its classifier `head`. */
  const official = (name: string) => name.replace('classifier.', 'head.');

  const trunk = vitTrunk(
    {
      imageSize: fixture.number('img_size'),
      patchSize: fixture.number('patch_size'),
      embedDim: fixture.number('embed_dim'),
      depth: fixture.number('depth'),
      numHeads: fixture.number('num_heads'),
      mlpRatio: fixture.number('mlp_ratio'),
      qkvBias: fixture.boolean('qkv_bias'),
      layerNormEpsilon: fixture.number('ln_eps'),
      dropPathRate: 0,
      convStem: false,
    },
    'official',
  );
  const config: SupervisedConfig = {
    trunk,
    classes: fixture.number('num_classes'),
    optimizer: { optimizer: 'adamw', nesterov: false },
    adamw: {
      betas: fixture.numbers('betas') as [number, number],
      epsilon: fixture.number('eps'),
    },
  };
  const specs = supervisedParameters(config);
  const build = () =>
    new Supervised(
      config,
      new Map(specs.map(({ name }) => [name, fixture.floats(`param/${official(name)}`)])),
    );
  const inputsOf = (smoothing: number) => ({
    groups: [{ crops: tf.tensor(fixture.floats('input'), fixture.shape('input')) }],
    classes: tf.tensor1d(Float32Array.from(fixture.integers('labels'))),
    controls: tf.tensor1d(
      labelControls(
        { lr: fixture.number('lr'), weightDecay: fixture.number('weight_decay'), clip: 0, trainLast: true },
        smoothing,
      ),
    ),
  });

  it('logits, losses, gradients', async () => {
    const supervised = build();
    const smooth = supervised.gradients(inputsOf(fixture.number('label_smoothing_second_loss')));
    check('loss_smooth', await readBack(smooth.loss));
    const { logits, loss, gradients } = supervised.gradients(inputsOf(0));
    check('logits', await readBack(logits));
    check('loss', await readBack(loss));
    expect(supervised.trained.map((name) => `grad/${official(name)}`).sort()).toEqual(
      fixture.names('grad/').sort(),
    );
    for (const [i, name] of supervised.trained.entries()) {
      check(`grad/${official(name)}`, await readBack(gradients[i]!));
    }
  });

  it('one step', async () => {
    const supervised = build();
    supervised.step(inputsOf(0));
    for (const { name } of specs) {
      check(`after/${official(name)}`, await readBack(supervised.network.get(name)));
    }
  });
});

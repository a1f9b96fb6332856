/** The workloads in plain tfjs. */
import * as tf from '@tensorflow/tfjs-core';
import type { Runner } from '../../contender';
import {
  type AttentionProblem,
  type Makers,
  type MatmulProblem,
  makeWith,
  type Problem,
  type RegressionProblem,
} from '../../workloads/problem';
import { dinoRunner } from './dino';
import { images, Network, take } from './network';
import { Sgd } from './optimizers';
import { pawsRunner } from './paws';
import { vitAttention, vitFeatures } from './vit';

function regressionRunner({
  vit,
  images: pixels,
  targets,
  lr,
  specs,
  parameters,
}: RegressionProblem): Runner {
  const network = new Network(specs, parameters);
  const inputs = images(pixels);
  const wanted = tf.tensor(targets.values, targets.shape);
  const optimizer = new Sgd(network.all);
  const step = () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => tf.mean(tf.squaredDifference(vitFeatures(network.get, vit, inputs), wanted)) as tf.Scalar,
        network.all,
      );
      optimizer.step(
        network.all.map(({ name }) => grads[name]),
        lr,
      );
      return value;
    });
  return {
    step: () => take(step()),
    dispose: () => {
      network.dispose();
      optimizer.dispose();
      tf.dispose([inputs, wanted]);
    },
  };
}

function attentionRunner({ vit, image, specs, parameters }: AttentionProblem): Runner {
  const network = new Network(specs, parameters);
  const input = images(image);
  return {
    step: () => take(tf.tidy(() => vitAttention(network.get, vit, input))),
    dispose: () => {
      network.dispose();
      input.dispose();
    },
  };
}

function matmulRunner({ a, b, size }: MatmulProblem): Runner {
  const [left, right] = [a, b].map(({ values }) => tf.tensor2d(values, [size, size]));
  return {
    step: () => take(tf.tidy(() => tf.slice(tf.matMul(left, right), [size - 1, 0], [1, size]))),
    dispose: () => tf.dispose([left, right]),
  };
}

const makers: Makers<Runner | null> = {
  regression: regressionRunner,
  dino: dinoRunner,
  paws: pawsRunner,
  attention: attentionRunner,
  matmul: matmulRunner,
};

/** Makes a problem ready in plain tfjs; null where it is not expressed. */
export const prepareTfjs = (problem: Problem): Runner | null => makeWith(makers, problem);

/** A PAWS step (Assran et al. 2021) as a good tfjs user writes it, with the classifier on the support's features. */
import * as tf from '@tensorflow/tfjs-core';
import { isDecayed } from '../../../src/optimizers/optimizer';
import type { Runner } from '../../contender';
import type { PawsProblem } from '../../workloads/problem';
import { batchNorm } from './cnn';
import { dense, unitRows, type Weights } from './layers';
import { images, Network, take } from './network';
import { AdamW } from './optimizers';
import { hasTrunk, trunkFeatures } from './trunk';

/** Embeddings of features. */
function projection(weights: Weights, features: tf.Tensor2D): tf.Tensor2D {
  const first = tf.relu(batchNorm(dense(features, weights, 'fc.fc1'), weights, 'fc.bn1'));
  const second = tf.relu(batchNorm(dense(first, weights, 'fc.fc2'), weights, 'fc.bn2'));
  return dense(second, weights, 'fc.fc3');
}

/** p^(1/T), rows summing to 1. */
function sharpened(p: tf.Tensor2D, temperature: number): tf.Tensor2D {
  const power = tf.pow(p, 1 / temperature) as tf.Tensor2D;
  return tf.div(power, tf.sum(power, 1, true));
}

/** Pseudo-labels of both views, each made from the other; the gradient stops here. */
function pseudoLabels(p: tf.Tensor2D, temperature: number): tf.Tensor2D {
  const constant = tf.customGrad((rows) => {
    const [one, two] = tf.split(sharpened(rows as tf.Tensor2D, temperature), 2);
    const swapped = tf.concat([two, one]);
    const value = tf.mul(swapped, tf.cast(tf.greaterEqual(swapped, 1e-4), 'float32'));
    return { value, gradFunc: () => tf.zerosLike(value) };
  });
  return constant(p) as tf.Tensor2D;
}

const crossEntropy = (target: tf.Tensor, logs: tf.Tensor) => tf.neg(tf.mean(tf.sum(tf.mul(target, logs), 1)));

function lossOf(problem: PawsProblem, weights: Weights, crops: tf.Tensor4D, labels: tf.Tensor2D): tf.Scalar {
  const { temperature, sharpen, pawsWeight, meMaxWeight, supportCeWeight } = problem.controls;
  const features = trunkFeatures(weights, problem.trunk, crops);
  const embeddings: tf.Tensor2D = unitRows(projection(weights, features));
  const [supports] = labels.shape;
  const [support, views] = tf.split<tf.Tensor2D>(embeddings, [supports, embeddings.shape[0] - supports]);
  const scores = tf.div(tf.matMul(views, support, false, true), temperature);
  const p: tf.Tensor2D = tf.matMul(tf.softmax(scores) as tf.Tensor2D, labels);
  const votes = crossEntropy(pseudoLabels(p, sharpen), tf.log(p));
  const mean = tf.mean(sharpened(p, sharpen), 0);
  const meMax = tf.sum(tf.mul(mean, tf.log(mean)));
  const paws = tf.mul(tf.add(votes, tf.mul(meMax, meMaxWeight)), pawsWeight);
  const logits = dense(tf.slice(features, 0, supports), weights, 'classifier');
  return tf.add(paws, tf.mul(crossEntropy(labels, tf.logSoftmax(logits)), supportCeWeight)) as tf.Scalar;
}

export function pawsRunner(problem: PawsProblem): Runner | null {
  const { specs, parameters, controls, labels, trunk, views, optimizer: kind, classifier } = problem;
  // Written for what W5 asks.
  if (!hasTrunk(trunk) || views > 2 || kind !== 'adamw' || classifier === 0) return null;
  const network = new Network(specs, parameters);
  const crops = images(problem.groups[0]);
  const votes = tf.tensor2d(labels.values, labels.shape as [number, number]);
  const trained = specs.filter((spec) => spec.kind !== 'buffer');
  const variables = trained.map(({ name }) => network.get(name));
  const optimizer = new AdamW(
    variables,
    trained.map(({ name, shape }) => isDecayed(name, shape)),
  );
  const step = () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => lossOf(problem, network.get, crops, votes), variables);
      optimizer.step(
        variables.map(({ name }) => grads[name]),
        controls,
      );
      return value;
    });
  return {
    step: () => take(step()),
    dispose: () => {
      network.dispose();
      optimizer.dispose();
      tf.dispose([votes, crops]);
    },
  };
}

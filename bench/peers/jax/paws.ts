/** A PAWS step (Assran et al. 2021) in jax-js, with the classifier on the support's features, under `jit`. */
import { jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { isDecayed } from '../../../src/optimizers/optimizer';
import type { Runner } from '../../contender';
import type { PawsProblem } from '../../workloads/problem';
import { adamw, type Moments, startingMoments } from './adamw';
import { batchNorm } from './cnn';
import { dense, reader, type Tree, unitRows, type Weights } from './layers';
import { take, upload, uploadNetwork } from './network';
import { hasTrunk, trunkFeatures } from './trunk';

type State = { trained: Tree; moments: Moments };

/** Embeddings of features. */
function projection(weights: Weights, features: np.Array): np.Array {
  // Running statistics play no part in a step.
  const norm = (x: np.Array, name: string) => {
    const statistics: Tree = {};
    const [rows, width] = x.shape;
    const normed = batchNorm(x.reshape([rows, width, 1, 1]), weights, name, statistics).reshape([
      rows,
      width,
    ]);
    tree.dispose(statistics);
    return normed;
  };
  const first = nn.relu(norm(dense(features, weights, 'fc.fc1'), 'fc.bn1'));
  const second = nn.relu(norm(dense(first, weights, 'fc.fc2'), 'fc.bn2'));
  return dense(second, weights, 'fc.fc3');
}

/** p^(1/T), rows summing to 1. */
function sharpened(p: np.Array, temperature: number): np.Array {
  const power = np.exp(np.log(p).div(temperature));
  return power.div(np.sum(power.ref, -1, { keepdims: true }));
}

const crossEntropy = (target: np.Array, logs: np.Array): np.Array =>
  np.mean(np.sum(target.mul(logs), -1)).mul(-1);

/** Consumes its arrays. */
function lossOf(problem: PawsProblem, trained: Tree, crops: np.Array, labels: np.Array): np.Array {
  const { controls, trunk, labels: sizes } = problem;
  const weights = reader(trained);
  const statistics: Tree = {};
  const features = trunkFeatures(weights, trunk, crops, statistics);
  tree.dispose(statistics);
  const [supports] = sizes.shape;
  const embeddings = unitRows(projection(weights, features.ref));
  const rows = embeddings.shape[0];
  const support = embeddings.ref.slice([0, supports]);
  const views = embeddings.slice([supports, rows]);
  const scores = np.matmul(views, support.transpose()).div(controls.temperature);
  const p = np.matmul(nn.softmax(scores, -1), labels.ref);
  const sharp = sharpened(p.ref, controls.sharpen);
  const [one, two] = np.split(lax.stopGradient(sharp.ref), 2);
  const swapped = np.concatenate([two, one]);
  const target = np.where(swapped.ref.less(1e-4), np.zeros(swapped.shape), swapped);
  const votes = crossEntropy(target, np.log(p));
  const mean = np.mean(sharp, 0);
  const meMax = np.sum(mean.ref.mul(np.log(mean)));
  const paws = votes.add(meMax.mul(controls.meMaxWeight)).mul(controls.pawsWeight);
  const logits = dense(features.slice([0, supports]), weights, 'classifier');
  const labelLoss = crossEntropy(labels, nn.logSoftmax(logits, -1));
  tree.dispose(trained);
  return paws.add(labelLoss.mul(controls.supportCeWeight));
}

export function pawsRunner(problem: PawsProblem): Runner | null {
  const { specs, parameters, controls, trunk, views, optimizer, classifier } = problem;
  // Written for what W5 asks.
  if (!hasTrunk(trunk) || views > 2 || optimizer !== 'adamw' || classifier === 0) return null;
  const own = specs.filter(({ kind }) => kind !== 'buffer');
  const decayed = new Set(own.filter(({ name, shape }) => isDecayed(name, shape)).map(({ name }) => name));
  const [crops, labels] = [upload(problem.groups[0]), upload(problem.labels)];
  const trained = uploadNetwork(own, parameters);
  let state: State = { trained, moments: startingMoments(trained) };
  const step = jit(({ trained: weights, moments }: State, pictures: np.Array, given: np.Array) => {
    const [value, gradients] = valueAndGrad((at: Tree, x: np.Array, y: np.Array) =>
      lossOf(problem, at, x, y),
    )(tree.ref(weights), pictures, given);
    return { value, next: adamw(weights, gradients as Tree, moments, decayed, controls) };
  });
  return {
    step: () => {
      const { value, next } = step(state, crops.ref, labels.ref) as { value: np.Array; next: State };
      state = next;
      return take(value);
    },
    dispose: () => {
      tree.dispose([state, crops, labels]);
      step.dispose();
    },
  };
}

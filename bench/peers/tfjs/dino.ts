/** A DINO step (main_dino.py) as a good tfjs user writes it. */
import * as tf from '@tensorflow/tfjs-core';
import { isDecayed } from '../../../src/optimizers/optimizer';
import type { Runner } from '../../contender';
import type { DinoProblem } from '../../workloads/problem';
import { dense, gelu, scope, unitRows, type Weights } from './layers';
import { images, Network, take } from './network';
import { AdamW, follow } from './optimizers';
import { trunkFeatures } from './trunk';

/** Scores [rows, K] of features [rows, inDim]. */
function head(weights: Weights, layers: number, features: tf.Tensor2D): tf.Tensor2D {
  let x = features;
  for (let i = 0; i < layers; i++) {
    x = dense(x, weights, `mlp.${2 * i}`);
    if (i < layers - 1) x = gelu(x);
  }
  const rows = tf.mul(
    unitRows(weights('last_layer.weight_v') as tf.Tensor2D),
    weights('last_layer.weight_g'),
  );
  return tf.matMul(unitRows(x), rows as tf.Tensor2D, false, true);
}

/** Scores of all views, each group of one size through the trunk, all features through the head at once. */
function forward(problem: DinoProblem, weights: Weights, groups: readonly tf.Tensor4D[]): tf.Tensor2D {
  const { trunk } = problem;
  const backbone = scope(weights, 'backbone.');
  const features = groups.map((crops) => trunkFeatures(backbone, trunk, crops));
  return head(scope(weights, 'head.'), problem.head.nLayers, tf.concat(features));
}

function teacherDistributions(problem: DinoProblem, scores: tf.Tensor2D, center: tf.Tensor): tf.Tensor2D {
  const { teacherTemp, centering } = problem.controls;
  if (centering === 'ema') return tf.softmax(tf.div(tf.sub(scores, center), teacherTemp));
  let logs: tf.Tensor2D = tf.div(scores, teacherTemp);
  for (let i = 0; i < 3; i++) {
    logs = tf.sub(logs, tf.logSumExp(logs, 0, true));
    logs = tf.sub(logs, tf.logSumExp(logs, 1, true));
  }
  return tf.exp(logs);
}

/** Cross-entropy over all pairs of a teacher's and another student's view. */
function crossEntropy(
  { batch, views, controls }: DinoProblem,
  scores: tf.Tensor2D,
  q: tf.Tensor2D,
): tf.Scalar {
  const student = tf.split(tf.logSoftmax(tf.div(scores, controls.studentTemp)) as tf.Tensor2D, views);
  const terms = tf
    .split(q, 2)
    .flatMap((target, t) =>
      student.filter((_, v) => v !== t).map((logs) => tf.neg(tf.sum(tf.mul(target, logs)))),
    );
  const sum = terms.reduce((total, term) => tf.add(total, term));
  return tf.div(sum, terms.length * batch) as tf.Scalar;
}

export function dinoRunner(problem: DinoProblem): Runner {
  const student = new Network(problem.specs, problem.parameters);
  const teacher = new Network(problem.specs, problem.parameters);
  const center = tf.variable(tf.zeros([1, problem.head.outDim]), false);
  const groups = problem.groups.map(images);
  const trained = problem.specs.filter(({ kind }) => kind === undefined || kind === 'trained');
  const variables = trained.map(({ name }) => student.get(name));
  const followers = problem.specs.filter(({ kind }) => kind !== 'buffer').map(({ name }) => name);
  const optimizer = new AdamW(
    variables,
    trained.map(({ name, shape }) => isDecayed(name, shape)),
  );
  const { controls } = problem;
  const step = () =>
    tf.tidy(() => {
      const scores = forward(problem, teacher.get, [groups[0]]);
      const q = teacherDistributions(problem, scores, center);
      const { value, grads } = tf.variableGrads(
        () => crossEntropy(problem, forward(problem, student.get, groups), q),
        variables,
      );
      follow(center, tf.mean(scores, 0, true), controls.centerMomentum);
      optimizer.step(
        variables.map(({ name }) => grads[name]),
        controls,
      );
      for (const name of followers) follow(teacher.get(name), student.get(name), controls.momentum);
      return value;
    });
  return {
    step: () => take(step()),
    dispose: () => {
      for (const network of [student, teacher]) network.dispose();
      optimizer.dispose();
      tf.dispose([center, ...groups]);
    },
  };
}

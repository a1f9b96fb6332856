/** A DINO step (main_dino.py) in jax-js: one function from state and crops to the next state, under `jit`. */
import { jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { isDecayed } from '../../../src/optimizers/optimizer';
import type { Runner } from '../../contender';
import type { DinoProblem } from '../../workloads/problem';
import { cnnFeatures } from './cnn';
import { dense, gelu, type Tree, unitRows, type Weights } from './layers';
import { take, upload, uploadNetwork } from './network';
import { vitFeatures } from './vit';

/** One network's arrays: what is trained, what never is, and batch norm's running statistics. */
type NetworkState = { trained: Tree; frozen: Tree; running: Tree };

type State = {
  student: NetworkState;
  teacher: NetworkState;
  center: np.Array;
  mean: Tree;
  square: Tree;
  /** 1 − βᵗ of both moments. */
  corrections: np.Array[];
};

const BETAS = [0.9, 0.999];
const EPSILON = 1e-8;
const BATCH_NORM_MOMENTUM = 0.1;
const BACKBONE = 'backbone.';

const mapTree = (given: Tree, f: (array: np.Array, name: string) => np.Array): Tree =>
  Object.fromEntries(Object.entries(given).map(([name, array]) => [name, f(array, name)]));

const readerOf =
  (trained: Tree, frozen: Tree, prefix: string): Weights =>
  (name) =>
    (trained[prefix + name] ?? frozen[prefix + name]).ref;

/** kept·old + (1 − kept)·fresh */
const blend = (old: np.Array, fresh: np.Array, kept: number): np.Array =>
  old.mul(kept).add(fresh.mul(1 - kept));

/** Scores [rows, K] of features [rows, inDim]. */
function head(weights: Weights, layers: number, features: np.Array): np.Array {
  let x = features;
  for (let i = 0; i < layers; i++) {
    x = dense(x, weights, `mlp.${2 * i}`);
    if (i < layers - 1) x = gelu(x);
  }
  const rows = unitRows(weights('last_layer.weight_v')).mul(weights('last_layer.weight_g'));
  return np.matmul(unitRows(x), rows.transpose());
}

/** Scores of all views, and the statistics of the last group in batch norm; consumes the crops only. */
function forward({ trunk, head: { nLayers } }: DinoProblem, trained: Tree, frozen: Tree, groups: np.Array[]) {
  const backbone = readerOf(trained, frozen, BACKBONE);
  const statistics: Tree = {};
  const features = groups.map((crops) =>
    trunk.kind === 'vit'
      ? vitFeatures(backbone, trunk.config, crops)
      : cnnFeatures(backbone, trunk.config, crops, statistics),
  );
  const scores = head(readerOf(trained, frozen, 'head.'), nLayers, np.concatenate(features));
  return { scores, statistics };
}

function teacherDistributions({ controls }: DinoProblem, scores: np.Array, center: np.Array): np.Array {
  if (controls.centering === 'ema') return nn.softmax(scores.sub(center).div(controls.teacherTemp), -1);
  center.dispose();
  let logs = scores.div(controls.teacherTemp);
  for (const axis of [0, 1, 0, 1, 0, 1]) {
    logs = logs.ref.sub(nn.logsumexp(logs, axis, { keepdims: true }));
  }
  return np.exp(logs);
}

/** Cross-entropy over all pairs of a teacher's and another student's view. */
function crossEntropy({ batch, views, controls }: DinoProblem, scores: np.Array, q: np.Array): np.Array {
  const student = np.split(nn.logSoftmax(scores.div(controls.studentTemp), -1), views);
  const terms = np.split(q, 2).flatMap((target, t) => {
    const others = student.filter((_, v) => v !== t).map((logs) => np.sum(target.ref.mul(logs.ref)));
    target.dispose();
    return others;
  });
  tree.dispose(student);
  return terms.reduce((total, term) => total.add(term)).div(-terms.length * batch);
}

function updateRunning(running: Tree, statistics: Tree): Tree {
  return mapTree(running, (old, name) =>
    blend(old, statistics[name.slice(BACKBONE.length)], 1 - BATCH_NORM_MOMENTUM),
  );
}

/** One step: the next state and the loss. Consumes the state and the crops. */
function dinoStep(problem: DinoProblem, state: State, groups: np.Array[]): { value: np.Array; next: State } {
  const { controls, specs } = problem;
  const { student, teacher, center, mean, square } = state;
  const looked = forward(problem, teacher.trained, teacher.frozen, [groups[0].ref]);
  const q = teacherDistributions(problem, looked.scores.ref, center.ref);
  const loss = (trained: Tree, frozen: Tree, target: np.Array, crops: np.Array[]) => {
    const { scores, statistics } = forward(problem, trained, frozen, crops);
    tree.dispose([trained, frozen]);
    return [crossEntropy(problem, scores, target), statistics] as [np.Array, Tree];
  };
  const [[value, statistics], gradients] = valueAndGrad(loss, { hasAux: true })(
    tree.ref(student.trained),
    tree.ref(student.frozen),
    q,
    groups,
  ) as unknown as [[np.Array, Tree], Tree];
  const decayed = new Set(specs.filter(({ name, shape }) => isDecayed(name, shape)).map(({ name }) => name));
  const corrections = state.corrections.map((old, i) => old.mul(BETAS[i]).add(1 - BETAS[i]));
  const next: State = {
    student: { trained: {}, frozen: student.frozen, running: updateRunning(student.running, statistics) },
    teacher: { trained: {}, frozen: {}, running: updateRunning(teacher.running, looked.statistics) },
    center: blend(center, np.mean(looked.scores, 0, { keepdims: true }), controls.centerMomentum),
    mean: {},
    square: {},
    corrections,
  };
  for (const [name, raw] of Object.entries(gradients)) {
    const norm = np.sqrt(np.sum(np.square(raw.ref)));
    const clip = np.minimum(np.array(controls.clip).div(norm.add(1e-6)), 1);
    const g = raw.mul(clip);
    const first = blend(mean[name], g.ref, BETAS[0]);
    const second = blend(square[name], np.square(g), BETAS[1]);
    const denominator = np.sqrt(second.ref.div(corrections[1].ref)).add(EPSILON);
    const update = first.ref.div(corrections[0].ref).div(denominator).mul(controls.lr);
    const old = student.trained[name];
    const kept = decayed.has(name) ? old.mul(1 - controls.lr * controls.weightDecay) : old;
    next.student.trained[name] = kept.sub(update);
    next.teacher.trained[name] = blend(
      teacher.trained[name],
      next.student.trained[name].ref,
      controls.momentum,
    );
    next.mean[name] = first;
    next.square[name] = second;
  }
  next.teacher.frozen = mapTree(teacher.frozen, (old, name) =>
    blend(old, student.frozen[name].ref, controls.momentum),
  );
  return { value, next };
}

function startingState(problem: DinoProblem): State {
  const network = (): NetworkState => {
    const all = uploadNetwork(problem.specs, problem.parameters);
    const of = (kind: 'frozen' | 'buffer' | undefined) =>
      Object.fromEntries(
        problem.specs
          .filter((spec) => (spec.kind === 'trained' ? undefined : spec.kind) === kind)
          .map(({ name }) => [name, all[name]]),
      );
    return { trained: of(undefined), frozen: of('frozen'), running: of('buffer') };
  };
  const [student, teacher] = [network(), network()];
  const zerosLike = () => mapTree(student.trained, ({ shape }) => np.zeros(shape));
  return {
    student,
    teacher,
    center: np.zeros([1, problem.head.outDim]),
    mean: zerosLike(),
    square: zerosLike(),
    corrections: BETAS.map(() => np.zeros([])),
  };
}

export function dinoRunner(problem: DinoProblem): Runner {
  const step = jit((state: State, groups: np.Array[]) => dinoStep(problem, state, groups));
  const groups = problem.groups.map(upload);
  let state = startingState(problem);
  return {
    step: () => {
      const { value, next } = step(state, tree.ref(groups)) as { value: np.Array; next: State };
      state = next;
      return take(value);
    },
    dispose: () => {
      tree.dispose([state, groups]);
      step.dispose();
    },
  };
}

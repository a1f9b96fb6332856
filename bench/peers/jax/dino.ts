/** A DINO step (main_dino.py) in jax-js: one function from state and crops to the next state, under `jit`. */
import { jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { isDecayed } from '../../../src/optimizers/optimizer';
import type { Runner } from '../../contender';
import type { DinoProblem } from '../../workloads/problem';
import { adamw, blend, type Moments, startingMoments } from './adamw';
import { dense, gelu, mapTree, type Tree, unitRows, type Weights } from './layers';
import { take, upload, uploadNetwork } from './network';
import { trunkFeatures } from './trunk';

/** One network's arrays: what is trained, what never is, and batch norm's running statistics. */
type NetworkState = { trained: Tree; frozen: Tree; running: Tree };

type State = {
  student: NetworkState;
  teacher: NetworkState;
  center: np.Array;
  moments: Moments;
};

const BATCH_NORM_MOMENTUM = 0.1;
const BACKBONE = 'backbone.';

const readerOf =
  (trained: Tree, frozen: Tree, prefix: string): Weights =>
  (name) =>
    (trained[prefix + name] ?? frozen[prefix + name]).ref;

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
  const features = groups.map((crops) => trunkFeatures(backbone, trunk, crops, statistics));
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
  const { student, teacher, center, moments } = state;
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
  const moved = adamw(student.trained, gradients, moments, decayed, controls);
  const next: State = {
    student: {
      trained: moved.trained,
      frozen: student.frozen,
      running: updateRunning(student.running, statistics),
    },
    teacher: { trained: {}, frozen: {}, running: updateRunning(teacher.running, looked.statistics) },
    center: blend(center, np.mean(looked.scores, 0, { keepdims: true }), controls.centerMomentum),
    moments: moved.moments,
  };
  next.teacher.trained = mapTree(teacher.trained, (old, name) =>
    blend(old, moved.trained[name].ref, controls.momentum),
  );
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
  return {
    student,
    teacher,
    center: np.zeros([1, problem.head.outDim]),
    moments: startingMoments(student.trained),
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

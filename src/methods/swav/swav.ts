/**
 * SwAV: swapping assignments between views (Caron et al. 2020), from the paper's formulas.
 *
 *   z = l2(head(trunk(x)))    scores = z · Cᵀ    q = Sinkhorn-Knopp(scores of a global view)    p = softmax(scores / T)
 *   L = mean over the two global views t, mean over the other views v, of mean over the batch of −Σ_k q_t log p_v
 *
 * The loss has the form of DINO's, and its kernels. One step: prototypes C back to length 1 → all views forward →
 * assignments, with the queue once it counts → loss → the queue takes the batch → backward → the prototypes'
 * gradient is dropped while they are frozen → optimiser. All that changes comes in through tensors, all state is
 * updated in place.
 */
import * as tf from '@tensorflow/tfjs-core';
import { l2Normalise } from '../../engine/kernels/l2Norm';
import { linear } from '../../engine/kernels/linear';
import {
  ParameterSet,
  type ParameterSpec,
  type ParameterValues,
  prefixed,
  scoped,
} from '../../models/parameters';
import type { Trunk } from '../../models/trunk';
import type { ViewBatch } from '../../models/viewBatch';
import type { Optimizer } from '../../optimizers/optimizer';
import type { Recipe } from '../../recipe';
import { dinoLoss } from '../dino/dinoLoss';
import { firstImage, stepMetrics } from '../dino/dinoMetrics';
import { optimizerOf } from '../singleNetwork';
import { type Assignments, assignments } from './assignments';
import { enqueue, normaliseRows } from './queue';
import { type SwavHeadConfig, swavHeadForward, swavHeadParameters } from './swavHead';

/** Views that are assigned to prototypes: the two global ones. */
const ASSIGNED = 2;

const BACKBONE = 'backbone.';
const HEAD = 'head.';
const PROTOTYPES = 'prototypes.weight';
const QUEUE = 'queue';

export interface SwavConfig {
  trunk: Trunk;
  head: SwavHeadConfig;
  prototypes: number;
  /** L, embeddings kept of each global view; 0 for none. */
  queueLength: number;
  /** Rounds of Sinkhorn-Knopp. */
  iterations: number;
  /** Images per batch. */
  batch: number;
  /** Views in all, global ones included. */
  views: number;
  optimizer: Pick<Recipe, 'optimizer' | 'nesterov'>;
}

export interface SwavInputs {
  /** Groups of equal size; the two global views are the first two. */
  groups: ViewBatch[];
  controls: tf.Tensor;
}

/** Declared outputs of a step. */
export interface SwavOutputs {
  /** [loss, assignment entropy, entropy of the mean assignment, squared gradient norm] */
  metrics: tf.Tensor;
  /** [2, V] */
  terms: tf.Tensor;
  /** Of the first image: assignments [2, K], predictions [V, K]. */
  targets: tf.Tensor;
  predictions: tf.Tensor;
}

/** What the loss is made of. */
export interface ObjectiveInputs {
  /** [V·B, D] embeddings of any length, view-major, the global views first. */
  embeddings: tf.Tensor;
  /** [K, D], rows of length 1. */
  prototypes: tf.Tensor;
  /** [2, L, D], rows of length 1; null without a queue. */
  queue: tf.Tensor | null;
  controls: tf.Tensor;
  views: number;
  iterations: number;
}

export interface Objective extends Assignments {
  /** Scalar; the only one with a gradient, towards embeddings and prototypes. */
  loss: tf.Tensor;
  /** [2, V] cross-entropies, 0 where views are not compared. */
  terms: tf.Tensor;
  /** [V·B, D] of length 1. */
  z: tf.Tensor;
  /** [V·B, K] */
  scores: tf.Tensor;
  /** [V·B] log Σ exp of the scores over T. */
  levels: tf.Tensor;
}

/** Swapped prediction: assignments of the global views, and how well all other views say them. */
export function swavObjective(inputs: ObjectiveInputs): Objective {
  const { embeddings, prototypes, queue, controls, views, iterations } = inputs;
  const z = l2Normalise(embeddings);
  const scores = linear(z, prototypes, null);
  const queued = queue && linear(queue, prototypes, null);
  const batch = (scores.shape[0] as number) / views;
  const assigned = assignments({ scores, queued, controls, crops: ASSIGNED, batch, iterations });
  return { ...assigned, ...dinoLoss(scores, assigned.q, controls, views), z, scores };
}

/** All of SwAV's tensors: networks, prototypes, and the queue where there is one. */
export function swavParameters(config: SwavConfig): ParameterSpec[] {
  const { trunk, head, prototypes, queueLength } = config;
  const init = { kind: 'uniform', bound: head.outDim ** -0.5 } as const;
  const queue: ParameterSpec = {
    name: QUEUE,
    shape: [ASSIGNED, queueLength, head.outDim],
    init: { kind: 'constant', value: 0 },
    kind: 'buffer',
  };
  return [
    ...prefixed(BACKBONE, trunk.parameters),
    ...prefixed(HEAD, swavHeadParameters(head)),
    { name: PROTOTYPES, shape: [prototypes, head.outDim], init },
    ...(queueLength > 0 ? [queue] : []),
  ];
}

export class Swav {
  readonly network: ParameterSet;
  readonly optimizer: Optimizer;
  /** Names of the trained parameters, in the order of the optimiser's gradient norms. */
  readonly trained: readonly string[];
  private readonly queue: tf.Variable | null;

  constructor(
    private readonly config: SwavConfig,
    values: ParameterValues,
  ) {
    this.network = new ParameterSet(swavParameters(config), values);
    this.queue = config.queueLength > 0 ? this.network.get(QUEUE) : null;
    const late = (name: string) => name === PROTOTYPES;
    const { optimizer, trained } = optimizerOf(config.optimizer, this.network, { late });
    this.optimizer = optimizer;
    this.trained = trained;
  }

  /** The trunk's parameters. */
  readonly backbone = scoped((name) => this.network.get(name), BACKBONE);

  /** The projection head's. */
  readonly head = scoped((name) => this.network.get(name), HEAD);

  /** Features → embeddings of any length. */
  project(features: tf.Tensor, mode: 'train' | 'eval', batchNormMomentum?: number): tf.Tensor {
    const options = batchNormMomentum === undefined ? { mode } : { mode, batchNormMomentum };
    return swavHeadForward(this.head, features, options);
  }

  /**
   * Loss and the gradients of the trained parameters, in their order; prototypes are brought to length 1, batch
   * norm and the queue are updated. What else is given is kept: the caller disposes it.
   */
  gradients({ groups, controls }: SwavInputs) {
    const { trunk, views, iterations, batch } = this.config;
    const prototypes = this.network.get(PROTOTYPES);
    normaliseRows(prototypes);
    const kept = {} as Omit<Objective, 'loss'>;
    const forward = () => {
      const embeddings = this.project(trunk.forward(this.backbone, groups, { mode: 'train' }), 'train');
      const { loss, ...rest } = swavObjective({
        ...{ embeddings, prototypes, queue: this.queue, controls, views, iterations },
      });
      for (const [name, tensor] of Object.entries(rest)) kept[name as keyof typeof rest] = tf.keep(tensor);
      return loss;
    };
    const variables = this.trained.map(this.network.get);
    // As tf.variableGrads, with dL/dL given as a constant: otherwise tfjs fills a tensor in every step.
    const { value, grads } = tf.engine().gradients(forward, variables, tf.scalar(1));
    if (this.queue) enqueue(this.queue, kept.z, batch);
    return { loss: value, gradients: grads, kept };
  }

  /** One training step. */
  step(inputs: SwavInputs): SwavOutputs {
    const { controls } = inputs;
    return tf.tidy(() => {
      const { loss, gradients, kept } = this.gradients(inputs);
      this.optimizer.step(gradients, controls);
      const { q, entropies, meanEntropies, scores, levels, z, terms } = kept;
      const metrics = stepMetrics(loss, entropies, meanEntropies, this.optimizer.gradientNorms());
      const first = firstImage(q, scores, levels, controls, this.config.views);
      tf.dispose([q, entropies, meanEntropies, scores, levels, z]);
      return { metrics, terms, targets: first.teacher, predictions: first.student };
    });
  }

  dispose(): void {
    this.network.dispose();
    this.optimizer.dispose();
  }
}

/**
 * DINO: self-distillation with no labels (Caron et al. 2021, algorithm 1; train_one_epoch of main_dino.py).
 *
 * One step, in the official order: teacher on the global views, student on all views → loss with the old
 * centre → centre moves → backward → clip → last layer's gradient dropped while frozen → optimiser → teacher
 * follows the student. All that changes from step to step comes in through tensors and all state is updated in
 * place, so that the step can be recorded once and replayed.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type DinoHeadConfig, dinoHeadForward, dinoHeadParameters } from '../../models/dinoHead';
import {
  type InitScheme,
  ParameterSet,
  type ParameterSpec,
  type ParameterValues,
  prefixed,
  type Reader,
  scoped,
} from '../../models/parameters';
import type { Trunk } from '../../models/trunk';
import type { ViewBatch } from '../../models/viewBatch';
import { AdamW, type AdamWOptions } from '../../optimizers/adamw';
import { Lars } from '../../optimizers/lars';
import {
  control,
  followAll,
  isDecayed,
  type OptimizedParameter,
  type Optimizer,
} from '../../optimizers/optimizer';
import { Sgd } from '../../optimizers/sgd';
import type { Recipe } from '../../recipe';
import { dinoLoss } from './dinoLoss';
import { firstImage, stepMetrics } from './dinoMetrics';
import { teacherDistributions, updateCenter } from './dinoTeacher';

export interface DinoInputs {
  /** Groups of equal size in official order; the two global views are the first two. */
  groups: ViewBatch[];
  controls: tf.Tensor;
}

/** Declared outputs of a step; the caller disposes them. */
export interface DinoOutputs {
  /** [loss, teacher entropy, entropy of the mean teacher output, squared gradient norm] */
  metrics: tf.Tensor;
  /** [2, V] */
  terms: tf.Tensor;
  /** Distributions of the first image: [2, K] and [V, K]. */
  teacher: tf.Tensor;
  student: tf.Tensor;
}

export interface DinoConfig {
  trunk: Trunk;
  head: DinoHeadConfig;
  /** Images per batch. */
  batch: number;
  /** Views in all, global ones included. */
  views: number;
  optimizer: Recipe['optimizer'];
  /** AdamW's moments and epsilon; torch's defaults unless told. */
  adamw?: AdamWOptions;
}

const HEAD = 'head.';
const BACKBONE = 'backbone.';

/** Student and teacher parameters under the names of the official MultiCropWrapper. */
export function dinoParameters(trunk: Trunk, head: DinoHeadConfig, scheme: InitScheme): ParameterSpec[] {
  return [...prefixed(BACKBONE, trunk.parameters), ...prefixed(HEAD, dinoHeadParameters(head, scheme))];
}

/** The optimisers of main_dino.py. */
function createOptimizer({ optimizer, adamw }: DinoConfig, parameters: OptimizedParameter[]): Optimizer {
  if (optimizer === 'sgd') return new Sgd(parameters);
  if (optimizer === 'lars') return new Lars(parameters, { form: 'dino' });
  return new AdamW(parameters, adamw);
}

export class Dino {
  readonly student: ParameterSet;
  readonly teacher: ParameterSet;
  /** [1, K], starts at zero; belongs in the checkpoint. */
  readonly center: tf.Variable;
  readonly optimizer: Optimizer;
  /** Names of the trained parameters, in the order of the optimiser's gradient norms. */
  readonly trained: readonly string[];
  private readonly frozen: readonly string[];

  /** @param teacher values of the teacher; officially the student's own */
  constructor(
    private readonly config: DinoConfig,
    specs: readonly ParameterSpec[],
    student: ParameterValues,
    teacher: ParameterValues = student,
  ) {
    this.student = new ParameterSet(specs, student);
    this.teacher = new ParameterSet(specs, teacher);
    this.center = tf.tidy(() => tf.variable(tf.zeros([1, config.head.outDim]), false));
    const trained = specs.filter(({ kind }) => kind === undefined || kind === 'trained');
    this.trained = trained.map(({ name }) => name);
    this.frozen = specs.filter(({ kind }) => kind === 'frozen').map(({ name }) => name);
    const parameters = trained.map(({ name, shape }) => ({
      name,
      student: this.student.get(name),
      teacher: this.teacher.get(name),
      decay: isDecayed(name, shape),
      active: name.includes('last_layer') ? control.lastLayer : control.always,
    }));
    this.optimizer = createOptimizer(config, parameters);
  }

  /** Head outputs [views·B, K]: all groups through the trunk, then all features through the head once. */
  forward(read: Reader, groups: readonly ViewBatch[]): tf.Tensor {
    const { trunk, head } = this.config;
    const features = trunk.forward(scoped(read, BACKBONE), groups, { mode: 'train' });
    return dinoHeadForward(scoped(read, HEAD), head, features);
  }

  /**
   * Loss and the gradients of the trained parameters, in their order; nothing is updated but batch norm. The
   * student's outputs, their levels and the loss terms are kept: the caller disposes them.
   */
  gradients({ groups, controls }: DinoInputs) {
    const raw = this.forward(this.teacher.get, [this.globalViews(groups)]);
    const teacher = teacherDistributions(raw, this.center, controls);
    const variables = this.trained.map(this.student.get);
    const kept = {} as { logits: tf.Tensor; terms: tf.Tensor; levels: tf.Tensor };
    const forward = () => {
      const logits = this.forward(this.student.get, groups);
      const { loss, terms, levels } = dinoLoss(logits, teacher.q, controls, this.config.views);
      Object.assign(kept, { logits: tf.keep(logits), terms: tf.keep(terms), levels: tf.keep(levels) });
      return loss;
    };
    // As tf.variableGrads, with dL/dL given as a constant: otherwise tfjs fills a tensor in every step.
    const { value, grads } = tf.engine().gradients(forward, variables, tf.scalar(1));
    return { loss: value, gradients: grads, raw, teacher, ...kept };
  }

  /** One training step. */
  step(inputs: DinoInputs): DinoOutputs {
    const { controls } = inputs;
    return tf.tidy(() => {
      const { loss, gradients, raw, teacher, terms, logits, levels } = this.gradients(inputs);
      const columnEntropies = updateCenter(this.center, raw, teacher.q, controls);
      this.optimizer.step(gradients, controls);
      // The moving average runs over parameters that are never trained, too.
      followAll(this.frozen.map(this.teacher.get), this.frozen.map(this.student.get), controls);
      const norms = this.optimizer.gradientNorms();
      const metrics = stepMetrics(loss, teacher.entropies, columnEntropies, norms);
      const first = firstImage(teacher.q, logits, levels, controls, this.config.views);
      tf.dispose([logits, levels]);
      return { metrics, terms, ...first };
    });
  }

  dispose(): void {
    this.student.dispose();
    this.teacher.dispose();
    this.optimizer.dispose();
    this.center.dispose();
  }

  /** The two global views: the head of the first group, which holds the local ones too when sizes are equal. */
  private globalViews(groups: readonly ViewBatch[]): ViewBatch {
    const { crops } = groups[0] as ViewBatch;
    const [rows, ...rest] = crops.shape as [number, ...number[]];
    const wanted = 2 * this.config.batch;
    return { crops: rows === wanted ? crops : tf.slice(crops, [0, 0, 0, 0], [wanted, ...rest]) };
  }
}

/**
 * DINO: self-distillation with no labels (Caron et al. 2021, algorithm 1; train_one_epoch of main_dino.py).
 *
 * One step, in the official order: teacher on the global views, student on all views → loss with the old
 * centre → centre moves → backward → clip → last layer's gradient dropped while frozen → optimiser → teacher
 * follows the student. All that changes from step to step comes in through tensors and all state is updated in
 * place, so that the step can be recorded once and replayed.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type DinoHeadConfig, dinoHeadForward, dinoHeadParameters } from '../models/dinoHead';
import {
  type InitScheme,
  initialise,
  ParameterSet,
  type ParameterSpec,
  type ParameterValues,
  prefixed,
  type Reader,
  scoped,
} from '../models/parameters';
import type { Trunk } from '../models/trunk';
import { AdamW, type AdamWOptions } from '../optimizers/adamw';
import {
  control,
  follow,
  isDecayed,
  OPTIMIZER_CONTROLS,
  type Optimizer,
  pick,
} from '../optimizers/optimizer';
import { Sgd } from '../optimizers/sgd';
import type { RandomStream } from '../platform/random';
import { type Centering, dinoLoss, entropies, teacherDistributions, updateCenter } from './dinoLoss';

/** DINO's own places in the control vector. */
const dinoControl = {
  teacherTemp: OPTIMIZER_CONTROLS,
  studentTemp: OPTIMIZER_CONTROLS + 1,
  centerMomentum: OPTIMIZER_CONTROLS + 2,
  centeringOn: OPTIMIZER_CONTROLS + 3,
} as const;

/** One step's scalars. */
export interface DinoControls {
  lr: number;
  weightDecay: number;
  momentum: number;
  clip: number;
  trainLastLayer: boolean;
  teacherTemp: number;
  studentTemp: number;
  centerMomentum: number;
  centeringOn: boolean;
}

/** The control vector of a step. */
export function controlVector(controls: DinoControls): Float32Array {
  const values = new Float32Array(OPTIMIZER_CONTROLS + 4);
  values[control.lr] = controls.lr;
  values[control.weightDecay] = controls.weightDecay;
  values[control.momentum] = controls.momentum;
  values[control.clip] = controls.clip;
  values[control.lastLayer] = controls.trainLastLayer ? 1 : 0;
  values[control.always] = 1;
  values[dinoControl.teacherTemp] = controls.teacherTemp;
  values[dinoControl.studentTemp] = controls.studentTemp;
  values[dinoControl.centerMomentum] = controls.centerMomentum;
  values[dinoControl.centeringOn] = controls.centeringOn ? 1 : 0;
  return values;
}

/** Views of one size: [views·B, 3, S, S], view-major, and the student's stochastic-depth draws for them. */
export interface ViewBatch {
  crops: tf.Tensor;
  dropPath?: tf.Tensor;
}

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
  optimizer: 'adamw' | 'sgd';
  /** AdamW's moments and epsilon; torch's defaults unless told. */
  adamw?: AdamWOptions;
}

const HEAD = 'head.';
const BACKBONE = 'backbone.';

/** Student and teacher parameters under the names of the official MultiCropWrapper. */
export function dinoParameters(trunk: Trunk, head: DinoHeadConfig, scheme: InitScheme): ParameterSpec[] {
  return [...prefixed(BACKBONE, trunk.parameters), ...prefixed(HEAD, dinoHeadParameters(head, scheme))];
}

/** Draws all parameters from one stream, in order. */
export function drawParameters(specs: readonly ParameterSpec[], rng: RandomStream): ParameterValues {
  return new Map(specs.map((spec) => [spec.name, initialise(spec, rng)]));
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
    this.optimizer = config.optimizer === 'sgd' ? new Sgd(parameters) : new AdamW(parameters, config.adamw);
  }

  /** Head outputs [views·B, K]: each group through the trunk, all features together through the head once. */
  forward(read: Reader, groups: readonly ViewBatch[]): tf.Tensor {
    const { trunk, head } = this.config;
    const features = groups.map(({ crops, dropPath }) =>
      trunk.forward(
        scoped(read, BACKBONE),
        crops,
        dropPath ? { mode: 'train', dropPath } : { mode: 'train' },
      ),
    );
    return dinoHeadForward(
      scoped(read, HEAD),
      head,
      features.length === 1 ? (features[0] as tf.Tensor) : tf.concat(features),
    );
  }

  /** Loss and the gradients of the trained parameters, in their order; nothing is updated but batch norm. */
  gradients(inputs: DinoInputs, centering: Centering) {
    const { batch, views } = this.config;
    const outputs = this.config.head.outDim;
    const { controls } = inputs;
    const globals = this.globalViews(inputs);
    const raw = this.forward(this.teacher.get, [globals]);
    const on = pick(controls, dinoControl.centeringOn);
    const temperature = pick(controls, dinoControl.teacherTemp);
    const q = teacherDistributions(raw, this.center, temperature, centering, on);
    const studentTemp = pick(controls, dinoControl.studentTemp);
    const variables = this.trained.map(this.student.get);
    const kept: { terms?: tf.Tensor; logits?: tf.Tensor } = {};
    const { value, grads } = tf.variableGrads(() => {
      const logits = this.forward(this.student.get, inputs.groups);
      const { loss, terms } = dinoLoss(logits, q, studentTemp, views);
      kept.terms = tf.keep(terms);
      // The first image of every view.
      const firsts = tf.slice(tf.reshape(logits, [views, batch, outputs]), [0, 0, 0], [views, 1, outputs]);
      kept.logits = tf.keep(tf.div(tf.reshape(firsts, [views, outputs]), studentTemp));
      return loss as tf.Scalar;
    }, variables);
    const gradients = variables.map((variable) => grads[variable.name] as tf.Tensor);
    return {
      loss: value,
      gradients,
      raw,
      q,
      terms: kept.terms as tf.Tensor,
      logits: kept.logits as tf.Tensor,
    };
  }

  /** One training step. */
  step(inputs: DinoInputs, centering: Centering): DinoOutputs {
    const { batch } = this.config;
    const outputs = this.config.head.outDim;
    return tf.tidy(() => {
      const { loss, gradients, raw, q, terms, logits } = this.gradients(inputs, centering);
      updateCenter(this.center, raw, tf.slice(inputs.controls, [dinoControl.centerMomentum], [1]));
      this.optimizer.step(gradients, inputs.controls);
      // The moving average runs over parameters that are never trained, too.
      for (const name of this.frozen) follow(this.teacher.get(name), this.student.get(name), inputs.controls);
      const { each, ofMean } = entropies(q);
      const squaredNorm = tf.sum(tf.square(this.optimizer.gradientNorms()));
      const teacher = tf.slice(tf.reshape(q, [2, batch, outputs]), [0, 0, 0], [2, 1, outputs]);
      const student = tf.softmax(logits);
      logits.dispose();
      return {
        metrics: tf.stack([loss, each, ofMean, squaredNorm]),
        terms,
        teacher: tf.reshape(teacher, [2, outputs]),
        student,
      };
    });
  }

  dispose(): void {
    this.student.dispose();
    this.teacher.dispose();
    this.optimizer.dispose();
    this.center.dispose();
  }

  /** The two global views: the head of the first group, which holds the local ones too when sizes are equal. */
  private globalViews({ groups }: DinoInputs): ViewBatch {
    const first = groups[0] as ViewBatch;
    const [rows, ...rest] = first.crops.shape as [number, ...number[]];
    const wanted = 2 * this.config.batch;
    if (rows === wanted) return { crops: first.crops };
    return { crops: tf.slice(first.crops, [0, 0, 0, 0], [wanted, ...rest]) };
  }
}

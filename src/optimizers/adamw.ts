/**
 * AdamW with decoupled weight decay (Loshchilov & Hutter 2019; torch.optim.AdamW), clipping per tensor and the
 * teacher's moving average in one pass over each parameter, all in place.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type PawsaurBackend } from '../engine';
import {
  betaUniforms,
  control,
  type OptimizedParameter,
  Optimizer,
  pick,
  prepare,
  STATS,
  zeroState,
} from './optimizer';

export interface AdamWOptions {
  /** Shares kept of the first and second moment. */
  betas?: readonly [number, number];
  epsilon?: number;
}

const reads = ['gradient', 'stats', 'controls'];
const uniforms = [
  'slot',
  'activeAt',
  'decay',
  'beta1:f32',
  'beta2:f32',
  'rest1:f32',
  'rest2:f32',
  'epsilon:f32',
];
const stepBody = `
  if (controls[u.activeAt] > 0.0) {
    let at = u.slot * ${STATS}u;
    let lr = controls[${control.lr}];
    let g = gradient[index] * stats[at];
    let mean = u.beta1 * first[index] + u.rest1 * g;
    let square = u.beta2 * second[index] + u.rest2 * g * g;
    first[index] = mean;
    second[index] = square;
    let decayed = parameter[index] * (1.0 - lr * f32(u.decay) * controls[${control.weightDecay}]);
    let denominator = sqrt(square) / sqrt(stats[at + 2u]) + u.epsilon;
    parameter[index] = decayed - (lr / stats[at + 1u]) * mean / denominator;
  }`;

const stepKernel = defineKernel({
  name: 'adamw',
  reads,
  writes: ['parameter', 'first', 'second'],
  uniforms,
  body: stepBody,
});

const stepAndFollowKernel = defineKernel({
  name: 'adamw_and_teacher',
  reads,
  writes: ['parameter', 'first', 'second', 'teacher'],
  uniforms,
  body: `${stepBody}
  let m = controls[${control.momentum}];
  teacher[index] = m * teacher[index] + (1.0 - m) * parameter[index];`,
});

interface Moments {
  first: tf.Variable;
  second: tf.Variable;
}

export class AdamW extends Optimizer {
  /** First and second moments per parameter, for looking at and for checkpoints. */
  readonly moments: readonly Moments[];
  private readonly betas: readonly [number, number];
  private readonly epsilon: number;

  constructor(
    parameters: readonly OptimizedParameter[],
    { betas = [0.9, 0.999], epsilon = 1e-8 }: AdamWOptions = {},
  ) {
    super(parameters);
    this.betas = betas;
    this.epsilon = epsilon;
    this.moments = parameters.map(({ student: { shape } }) => ({
      first: zeroState(shape),
      second: zeroState(shape),
    }));
  }

  override dispose(): void {
    for (const { first, second } of this.moments) tf.dispose([first, second]);
    super.dispose();
  }

  protected override stepOne(
    backend: PawsaurBackend,
    slot: number,
    { student, teacher, decay, active }: OptimizedParameter,
    gradient: tf.Tensor,
    controls: tf.Tensor,
  ): void {
    const { first, second } = this.moments[slot] as Moments;
    prepare(gradient, controls, this.stats, slot, active, this.betas);
    backend.dispatch(
      teacher ? stepAndFollowKernel : stepKernel,
      [gradient, this.stats, controls],
      teacher ? [student, first, second, teacher] : [student, first, second],
      { slot, activeAt: active, decay: decay ? 1 : 0, ...betaUniforms(this.betas), epsilon: this.epsilon },
      student.size,
    );
  }

  protected override stepOneComposed(
    slot: number,
    { student, decay, active }: OptimizedParameter,
    gradient: tf.Tensor,
    controls: tf.Tensor,
  ): [tf.Tensor, tf.Tensor] {
    const { first, second } = this.moments[slot] as Moments;
    const [beta1, beta2] = this.betas;
    const on = tf.greater(pick(controls, active), 0);
    const keep = (old: tf.Tensor, fresh: tf.Tensor) => tf.where(on, fresh, old);
    const corrections = this.betas.map((beta, i) => {
      const old = tf.reshape(tf.slice(this.stats, [slot, 1 + i], [1, 1]), []);
      return keep(old, tf.add(tf.mul(old, beta), 1 - beta));
    }) as [tf.Tensor, tf.Tensor];
    const lr = pick(controls, control.lr);
    const mean = keep(first, tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
    const square = keep(second, tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const shrink = decay ? tf.sub(1, tf.mul(lr, pick(controls, control.weightDecay))) : tf.scalar(1);
    const denominator = tf.add(tf.div(tf.sqrt(square), tf.sqrt(corrections[1])), this.epsilon);
    const update = tf.mul(tf.div(lr, corrections[0]), tf.div(mean, denominator));
    student.assign(keep(student, tf.sub(tf.mul(student, shrink), update)));
    first.assign(mean);
    second.assign(square);
    return corrections;
  }
}

/**
 * SGD with momentum 0.9 as main_dino.py builds it (torch.optim.SGD): weight decay is added to the gradient, and
 * the learning rate stays outside the momentum buffer.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type PawsaurBackend } from '../engine';
import {
  control,
  follow,
  type OptimizedParameter,
  Optimizer,
  pick,
  prepare,
  STATS,
  zeroState,
} from './optimizer';

const MOMENTUM = 0.9;

const stepKernel = defineKernel({
  name: 'sgd',
  reads: ['gradient', 'stats', 'controls'],
  writes: ['parameter', 'buffer'],
  uniforms: ['slot', 'activeAt', 'decay', 'momentum:f32'],
  body: `
  if (controls[u.activeAt] > 0.0) {
    let decay = f32(u.decay) * controls[${control.weightDecay}];
    let g = gradient[index] * stats[u.slot * ${STATS}u] + decay * parameter[index];
    buffer[index] = u.momentum * buffer[index] + g;
    parameter[index] -= controls[${control.lr}] * buffer[index];
  }`,
});

export class Sgd extends Optimizer {
  private readonly buffers: readonly tf.Variable[];

  constructor(parameters: readonly OptimizedParameter[]) {
    super(parameters);
    this.buffers = parameters.map(({ student }) => zeroState(student.shape));
  }

  override dispose(): void {
    tf.dispose([...this.buffers]);
    super.dispose();
  }

  protected override stepOne(
    backend: PawsaurBackend,
    slot: number,
    { student, teacher, decay, active }: OptimizedParameter,
    gradient: tf.Tensor,
    controls: tf.Tensor,
  ): void {
    prepare(gradient, controls, this.stats, slot, active, [0, 0]);
    backend.dispatch(
      stepKernel,
      [gradient, this.stats, controls],
      [student, this.buffers[slot] as tf.Variable],
      { slot, activeAt: active, decay: decay ? 1 : 0, momentum: MOMENTUM },
      student.size,
    );
    if (teacher) follow(teacher, student, controls);
  }

  protected override stepOneComposed(
    slot: number,
    { student, decay, active }: OptimizedParameter,
    gradient: tf.Tensor,
    controls: tf.Tensor,
  ): [tf.Tensor, tf.Tensor] {
    const buffer = this.buffers[slot] as tf.Variable;
    const on = tf.greater(pick(controls, active), 0);
    const decayed = decay ? tf.add(gradient, tf.mul(student, pick(controls, control.weightDecay))) : gradient;
    const moved = tf.where(on, tf.add(tf.mul(buffer, MOMENTUM), decayed), buffer);
    buffer.assign(moved);
    student.assign(tf.where(on, tf.sub(student, tf.mul(moved, pick(controls, control.lr))), student));
    return [tf.scalar(0), tf.scalar(0)];
  }
}

/**
 * SGD with momentum 0.9 as main_dino.py builds it (torch.optim.SGD): weight decay is added to the gradient, and
 * the learning rate stays outside the momentum buffer.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, webgpu } from '../engine';
import {
  clipComposed,
  control,
  follow,
  type OptimizedParameter,
  type Optimizer,
  pick,
  prepare,
  STATS,
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

export class Sgd implements Optimizer {
  private readonly buffers: readonly tf.Variable[];
  private readonly stats: tf.Variable;

  constructor(private readonly parameters: readonly OptimizedParameter[]) {
    const state = (shape: number[]) => tf.tidy(() => tf.variable(tf.zeros(shape), false));
    this.buffers = parameters.map(({ student }) => state(student.shape));
    this.stats = state([parameters.length, STATS]);
  }

  step(gradients: readonly tf.Tensor[], controls: tf.Tensor): void {
    const backend = webgpu();
    if (!backend) {
      this.stepComposed(gradients, controls);
      return;
    }
    this.parameters.forEach(({ student, teacher, decay, active }, slot) => {
      const gradient = gradients[slot] as tf.Tensor;
      prepare(gradient, controls, this.stats, slot, active, [0, 0]);
      backend.dispatch(
        stepKernel,
        [gradient, this.stats, controls],
        [student, this.buffers[slot] as tf.Variable],
        { slot, activeAt: active, decay: decay ? 1 : 0, momentum: MOMENTUM },
        student.size,
      );
      if (teacher) follow(teacher, student, controls);
    });
  }

  gradientNorms(): tf.Tensor {
    return tf.reshape(tf.slice(this.stats, [0, 3], [this.parameters.length, 1]), [this.parameters.length]);
  }

  dispose(): void {
    tf.dispose([...this.buffers, this.stats]);
  }

  /** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
  stepComposed(gradients: readonly tf.Tensor[], controls: tf.Tensor): void {
    tf.tidy(() => {
      const rows = this.parameters.map(({ student, teacher, decay, active }, slot) => {
        const buffer = this.buffers[slot] as tf.Variable;
        const { clipped, norm } = clipComposed(gradients[slot] as tf.Tensor, controls);
        const on = tf.greater(pick(controls, active), 0);
        const decayed = decay
          ? tf.add(clipped, tf.mul(student, pick(controls, control.weightDecay)))
          : clipped;
        const moved = tf.where(on, tf.add(tf.mul(buffer, MOMENTUM), decayed), buffer);
        buffer.assign(moved);
        student.assign(tf.where(on, tf.sub(student, tf.mul(moved, pick(controls, control.lr))), student));
        if (teacher) follow(teacher, student, controls);
        return tf.stack([tf.scalar(1), tf.scalar(0), tf.scalar(0), norm]);
      });
      this.stats.assign(tf.reshape(tf.stack(rows), this.stats.shape));
    });
  }
}

/** AdamW and SGD as PyTorch defines them, written with tfjs's operations. */
import * as tf from '@tensorflow/tfjs-core';

/** Moves a variable towards another: t ← m·t + (1 − m)·s. */
export function follow(teacher: tf.Variable, student: tf.Tensor, momentum: number): void {
  teacher.assign(tf.add(tf.mul(teacher, momentum), tf.mul(student, 1 - momentum)));
}

export interface AdamWOptions {
  lr: number;
  weightDecay: number;
  /** Longest gradient of a tensor; 0 for no clipping. */
  clip: number;
}

const BETAS = [0.9, 0.999];
const EPSILON = 1e-8;

/** torch.optim.AdamW, each gradient clipped by its own norm first. */
export class AdamW {
  private steps = 0;
  private readonly moments: { mean: tf.Variable; square: tf.Variable }[];

  constructor(
    private readonly parameters: readonly tf.Variable[],
    private readonly decayed: readonly boolean[],
  ) {
    this.moments = parameters.map(({ shape }) => ({
      mean: tf.variable(tf.zeros(shape), false),
      square: tf.variable(tf.zeros(shape), false),
    }));
  }

  step(gradients: readonly tf.Tensor[], { lr, weightDecay, clip }: AdamWOptions): void {
    this.steps++;
    const [beta1, beta2] = BETAS;
    const [correction1, correction2] = BETAS.map((beta) => 1 - beta ** this.steps);
    for (const [i, parameter] of this.parameters.entries()) {
      const { mean, square } = this.moments[i];
      const norm = tf.norm(gradients[i]);
      const g =
        clip > 0 ? tf.mul(gradients[i], tf.minimum(tf.div(clip, tf.add(norm, 1e-6)), 1)) : gradients[i];
      mean.assign(tf.add(tf.mul(mean, beta1), tf.mul(g, 1 - beta1)));
      square.assign(tf.add(tf.mul(square, beta2), tf.mul(tf.square(g), 1 - beta2)));
      const denominator = tf.add(tf.mul(tf.sqrt(square), correction2 ** -0.5), EPSILON);
      const update = tf.mul(tf.div(mean, denominator), lr / correction1);
      const kept = this.decayed[i] ? tf.mul(parameter, 1 - lr * weightDecay) : parameter;
      parameter.assign(tf.sub(kept, update));
    }
  }

  dispose(): void {
    for (const { mean, square } of this.moments) tf.dispose([mean, square]);
  }
}

/** torch.optim.SGD with momentum, without weight decay. */
export class Sgd {
  private readonly buffers: tf.Variable[];

  constructor(
    private readonly parameters: readonly tf.Variable[],
    private readonly momentum = 0.9,
  ) {
    this.buffers = parameters.map(({ shape }) => tf.variable(tf.zeros(shape), false));
  }

  step(gradients: readonly tf.Tensor[], lr: number): void {
    for (const [i, parameter] of this.parameters.entries()) {
      const buffer = this.buffers[i];
      buffer.assign(tf.add(tf.mul(buffer, this.momentum), gradients[i]));
      parameter.assign(tf.sub(parameter, tf.mul(buffer, lr)));
    }
  }

  dispose(): void {
    tf.dispose(this.buffers);
  }
}

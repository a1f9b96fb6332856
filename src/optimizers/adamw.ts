/**
 * AdamW with decoupled weight decay (Loshchilov & Hutter 2019; torch.optim.AdamW), clipping per tensor and the
 * teacher's moving average, all in place.
 */
import * as tf from '@tensorflow/tfjs-core';
import { control, type OptimizedParameter, pick } from './controls';
import { definePrepare, defineUpdate } from './kernels';
import { Optimizer } from './optimizer';
import { stat } from './workspace';

export interface AdamWOptions {
  /** Shares kept of the first and second moment. */
  betas?: readonly [number, number];
  epsilon?: number;
}

const betas = ['beta1:f32', 'beta2:f32', 'rest1:f32', 'rest2:f32'];

/**
 * The bias corrections 1 − βᵗ advance only while the parameter is trained: a layer frozen at first starts its
 * own count when it thaws (torch skips a gradient that is None).
 */
const prepare = definePrepare(
  'adamw_prepare',
  betas,
  `
    if (trained) {
      stats[at + ${stat.correction1}u] = u.beta1 * stats[at + ${stat.correction1}u] + u.rest1;
      stats[at + ${stat.correction2}u] = u.beta2 * stats[at + ${stat.correction2}u] + u.rest2;
    }`,
);

const update = defineUpdate(
  'adamw',
  ['first', 'second'],
  [...betas, 'epsilon:f32'],
  `
      let mean = u.beta1 * first[index] + u.rest1 * g;
      let square = u.beta2 * second[index] + u.rest2 * g * g;
      first[index] = mean;
      second[index] = square;
      let denominator = sqrt(square) / sqrt(stats[at + ${stat.correction2}u]) + u.epsilon;
      p = p * (1.0 - lr * stats[at + ${stat.decay}u]) - (lr / stats[at + ${stat.correction1}u]) * mean / denominator;`,
);

export class AdamW extends Optimizer {
  private readonly betas: readonly [number, number];
  private readonly epsilon: number;

  constructor(
    parameters: readonly OptimizedParameter[],
    { betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8 }: AdamWOptions = {},
  ) {
    // 1 − β is taken in double precision: 1 − 0.999 loses five digits in f32.
    const uniforms = { beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2, epsilon };
    super(parameters, { states: 2, sumsParameter: false, prepare, update, uniforms });
    this.betas = [beta1, beta2];
    this.epsilon = epsilon;
  }

  /** First and second moments per parameter, for looking at and for checkpoints. */
  get moments(): ReadonlyArray<{ first: tf.Variable; second: tf.Variable }> {
    const [firsts, seconds] = this.state as [tf.Variable[], tf.Variable[]];
    return firsts.map((first, slot) => ({ first, second: seconds[slot] as tf.Variable }));
  }

  protected override stepOneComposed(
    slot: number,
    { student, decay, active }: OptimizedParameter,
    gradient: tf.Tensor,
    controls: tf.Tensor,
  ): [tf.Tensor, tf.Tensor] {
    const [first, second] = this.state.map((kind) => kind[slot]) as [tf.Variable, tf.Variable];
    const [beta1, beta2] = this.betas;
    const on = tf.greater(pick(controls, active), 0);
    const keep = (old: tf.Tensor, fresh: tf.Tensor) => tf.where(on, fresh, old);
    const corrections = this.betas.map((beta, i) => {
      const old = tf.reshape(tf.slice(this.stats, [slot, stat.correction1 + i], [1, 1]), []);
      return keep(old, tf.add(tf.mul(old, beta), 1 - beta));
    }) as [tf.Tensor, tf.Tensor];
    const lr = pick(controls, control.lr);
    const mean = keep(first, tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
    const square = keep(second, tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const shrink = decay ? tf.sub(1, tf.mul(lr, pick(controls, control.weightDecay))) : tf.scalar(1);
    const denominator = tf.add(tf.div(tf.sqrt(square), tf.sqrt(corrections[1])), this.epsilon);
    const step = tf.mul(tf.div(lr, corrections[0]), tf.div(mean, denominator));
    student.assign(keep(student, tf.sub(tf.mul(student, shrink), step)));
    first.assign(mean);
    second.assign(square);
    return corrections;
  }
}

/**
 * Gradient descent with momentum, which SGD and LARS share: v ← μ·v + d, p ← p − lr·v, where d is the clipped
 * gradient plus decay times p, times the layer's trust.
 */
import * as tf from '@tensorflow/tfjs-core';
import { control, type OptimizedParameter, pick } from './controls';
import { defineUpdate } from './kernels';
import { Optimizer, type UpdateRule } from './optimizer';
import { stat } from './workspace';

export interface MomentumOptions {
  /** μ, the share of the velocity that is kept. */
  momentum?: number;
  /** Looks ahead: p moves by d + μ·v instead of v (Sutskever et al. 2013, as in torch). */
  nesterov?: boolean;
  /** Whether the learning rate goes into the velocity (PAWS's SGD), so that its changes act with a delay. */
  rateInVelocity?: boolean;
}

const update = defineUpdate(
  'momentum',
  ['velocity'],
  ['momentum:f32', 'nesterov', 'rateInVelocity'],
  `
      let inside = u.rateInVelocity != 0u;
      let d = (g + stats[at + ${stat.decay}u] * p) * stats[at + ${stat.trust}u] * select(1.0, -lr, inside);
      let v = u.momentum * velocity[index] + d;
      velocity[index] = v;
      p += select(-lr, 1.0, inside) * select(v, d + u.momentum * v, u.nesterov != 0u);`,
);

export abstract class MomentumOptimizer extends Optimizer {
  private readonly options: Required<MomentumOptions>;

  constructor(
    parameters: readonly OptimizedParameter[],
    { momentum = 0.9, nesterov = false, rateInVelocity = false }: MomentumOptions,
    rule: Pick<UpdateRule, 'sumsParameter' | 'prepare' | 'uniforms'>,
  ) {
    const switches = { nesterov: Number(nesterov), rateInVelocity: Number(rateInVelocity) };
    super(parameters, { ...rule, states: 1, update, uniforms: { ...rule.uniforms, momentum, ...switches } });
    this.options = { momentum, nesterov, rateInVelocity };
  }

  protected override stepOneComposed(
    slot: number,
    parameter: OptimizedParameter,
    gradient: tf.Tensor,
    controls: tf.Tensor,
  ): [tf.Tensor, tf.Tensor] {
    const { student, active } = parameter;
    const { momentum, nesterov, rateInVelocity } = this.options;
    const velocity = this.state[0]?.[slot] as tf.Variable;
    const on = tf.greater(pick(controls, active), 0);
    const rate = tf.neg(pick(controls, control.lr));
    const adapted = this.adaptComposed(gradient, parameter, controls);
    const d = rateInVelocity ? tf.mul(adapted, rate) : adapted;
    const v = tf.add(tf.mul(velocity, momentum), d);
    const move = nesterov ? tf.add(d, tf.mul(v, momentum)) : v;
    velocity.assign(tf.where(on, v, velocity));
    student.assign(tf.where(on, tf.add(student, rateInVelocity ? move : tf.mul(move, rate)), student));
    return [tf.scalar(0), tf.scalar(0)];
  }

  /** d from the clipped gradient. */
  protected abstract adaptComposed(
    gradient: tf.Tensor,
    parameter: OptimizedParameter,
    controls: tf.Tensor,
  ): tf.Tensor;
}

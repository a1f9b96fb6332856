/**
 * LARS (You et al. 2017): each layer's learning rate is scaled by how large its weights are beside their
 * gradient. Two official forms, of the parameters that decay; the others take a plain SGD step.
 *
 * `dino` (utils.LARS of facebookresearch/dino): d = g + wd·p, times η·‖p‖ / ‖d‖; times 1 where a norm is 0.
 * `paws` (src/lars.py and src/sgd.py of facebookresearch/suncet): d = g + wd·p, times
 * η·‖p‖ / (‖g‖ + wd·‖p‖ + ε); g itself, with no decay, where a norm is 0. The learning rate goes into the
 * velocity.
 */
import * as tf from '@tensorflow/tfjs-core';
import { control, type OptimizedParameter, pick } from './controls';
import { definePrepare } from './kernels';
import { MomentumOptimizer } from './momentum';
import { DECAYED } from './workspace';

export interface LarsOptions {
  form: 'dino' | 'paws';
  /** η, the trust coefficient. */
  trustCoefficient?: number;
  /** ε of the form `paws`. */
  epsilon?: number;
  momentum?: number;
  nesterov?: boolean;
}

const uniforms = ['trustCoefficient:f32', 'epsilon:f32'];

const kernels = {
  // ‖f·g + wd·p‖ from the three sums: the gradient is not clipped yet where they are taken.
  dino: definePrepare(
    'lars_dino_prepare',
    uniforms,
    `
    if ((switches & ${DECAYED}u) != 0u) {
      let squares = factor * factor * total.x + 2.0 * factor * decay * total.z + decay * decay * total.y;
      let step = sqrt(max(squares, 0.0));
      let weight = sqrt(total.y);
      if (weight > 0.0 && step > 0.0) { trust = u.trustCoefficient * weight / step; }
    }`,
  ),
  paws: definePrepare(
    'lars_paws_prepare',
    uniforms,
    `
    if ((switches & ${DECAYED}u) != 0u) {
      let slope = factor * norm;
      let weight = sqrt(total.y);
      if (weight > 0.0 && slope > 0.0) {
        trust = u.trustCoefficient * weight / (slope + weight * decay + u.epsilon);
      } else { decay = 0.0; }
    }`,
  ),
} as const;

export class Lars extends MomentumOptimizer {
  private readonly form: LarsOptions['form'];
  private readonly trustCoefficient: number;
  private readonly epsilon: number;

  constructor(
    parameters: readonly OptimizedParameter[],
    { form, trustCoefficient = 1e-3, epsilon = 1e-8, ...momentum }: LarsOptions,
  ) {
    super(
      parameters,
      { ...momentum, rateInVelocity: form === 'paws' },
      { sumsParameter: true, prepare: kernels[form], uniforms: { trustCoefficient, epsilon } },
    );
    this.form = form;
    this.trustCoefficient = trustCoefficient;
    this.epsilon = epsilon;
  }

  protected override adaptComposed(
    gradient: tf.Tensor,
    { student, decay }: OptimizedParameter,
    controls: tf.Tensor,
  ): tf.Tensor {
    if (!decay) return gradient;
    const weightDecay = pick(controls, control.weightDecay);
    const decayed = tf.add(gradient, tf.mul(student, weightDecay));
    const weight = norm(student);
    const [step, below, otherwise] =
      this.form === 'dino'
        ? [norm(decayed), norm(decayed), decayed]
        : [
            norm(gradient),
            tf.addN([norm(gradient), tf.mul(weight, weightDecay), tf.scalar(this.epsilon)]),
            gradient,
          ];
    const adapts = tf.logicalAnd(tf.greater(weight, 0), tf.greater(step, 0));
    const trust = tf.div(tf.mul(weight, this.trustCoefficient), below);
    return tf.where(adapts, tf.mul(decayed, trust), otherwise);
  }
}

const norm = (tensor: tf.Tensor): tf.Tensor => tf.sqrt(tf.sum(tf.square(tensor)));

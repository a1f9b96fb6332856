/**
 * SGD with momentum 0.9 as main_dino.py builds it (torch.optim.SGD): weight decay is added to the gradient, and
 * the learning rate stays outside the velocity unless told otherwise.
 */
import * as tf from '@tensorflow/tfjs-core';
import { control, type OptimizedParameter, pick } from './controls';
import { definePrepare } from './kernels';
import { MomentumOptimizer, type MomentumOptions } from './momentum';

const prepare = definePrepare('sgd_prepare', [], '');

export class Sgd extends MomentumOptimizer {
  constructor(parameters: readonly OptimizedParameter[], options: MomentumOptions = {}) {
    super(parameters, options, { sumsParameter: false, prepare, uniforms: {} });
  }

  protected override adaptComposed(
    gradient: tf.Tensor,
    { student, decay }: OptimizedParameter,
    controls: tf.Tensor,
  ): tf.Tensor {
    return decay ? tf.add(gradient, tf.mul(student, pick(controls, control.weightDecay))) : gradient;
  }
}

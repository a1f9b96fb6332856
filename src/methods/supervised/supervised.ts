/**
 * The supervised baseline: a trunk and a linear classifier that learn the given labels by cross-entropy, and see
 * nothing else. It has the network, views, optimiser and schedule of the methods it is compared with.
 */
import * as tf from '@tensorflow/tfjs-core';
import { classifierLogits, classifierParameters } from '../../models/classifier';
import { ParameterSet, type ParameterSpec, type ParameterValues } from '../../models/parameters';
import type { Trunk } from '../../models/trunk';
import type { ViewBatch } from '../../models/viewBatch';
import type { AdamWOptions } from '../../optimizers/adamw';
import type { Optimizer } from '../../optimizers/optimizer';
import type { Recipe } from '../../recipe';
import { optimizerOf } from '../singleNetwork';
import { labelLoss } from './labelLoss';

export interface SupervisedConfig {
  trunk: Trunk;
  classes: number;
  optimizer: Pick<Recipe, 'optimizer' | 'nesterov'>;
  /** AdamW's moments and epsilon; torch's defaults unless told. */
  adamw?: AdamWOptions;
}

export interface SupervisedInputs {
  /** Views of the labelled pictures, one group of equal size. */
  groups: ViewBatch[];
  /** [views·B] the class of each row. */
  classes: tf.Tensor;
  /** Of `labelControls`. */
  controls: tf.Tensor;
}

/** Declared outputs of a step; the caller disposes them. */
export interface SupervisedOutputs {
  /** [2, views·B] cross-entropy of each row, and 1 where it is right. */
  statistics: tf.Tensor;
  /** L2 norm of every parameter's gradient, the optimiser's own. */
  norms: tf.Tensor;
}

/** Parameters of the trunk under their official names, and `classifier.*`. */
export function supervisedParameters({ trunk, classes }: SupervisedConfig): ParameterSpec[] {
  return [...trunk.parameters, ...classifierParameters(trunk.featureDim, classes)];
}

export class Supervised {
  readonly network: ParameterSet;
  readonly optimizer: Optimizer;
  /** Names of the trained parameters, in the order of the optimiser's gradient norms. */
  readonly trained: readonly string[];

  constructor(
    private readonly config: SupervisedConfig,
    values: ParameterValues,
  ) {
    this.network = new ParameterSet(supervisedParameters(config), values);
    const { optimizer, trained } = optimizerOf(config.optimizer, this.network, { adamw: config.adamw });
    this.optimizer = optimizer;
    this.trained = trained;
  }

  /** Features [B, featureDim] → logits [B, classes]. */
  logits(features: tf.Tensor): tf.Tensor {
    return classifierLogits(this.network.get, features);
  }

  /**
   * Loss and the gradients of the trained parameters, in their order; nothing is updated but batch norm. Logits and
   * statistics are kept: the caller disposes them.
   */
  gradients({ groups, classes, controls }: SupervisedInputs) {
    const kept = {} as { logits: tf.Tensor; statistics: tf.Tensor };
    const forward = () => {
      const logits = this.logits(this.config.trunk.forward(this.network.get, groups, { mode: 'train' }));
      const { loss, statistics } = labelLoss({ logits, classes }, controls);
      Object.assign(kept, { logits: tf.keep(logits), statistics: tf.keep(statistics) });
      return loss;
    };
    // As tf.variableGrads, with dL/dL given as a constant: otherwise tfjs fills a tensor in every step.
    const variables = this.trained.map(this.network.get);
    const { value, grads } = tf.engine().gradients(forward, variables, tf.scalar(1));
    return { loss: value, gradients: grads, ...kept };
  }

  /** One training step. */
  step(inputs: SupervisedInputs): SupervisedOutputs {
    return tf.tidy(() => {
      const { gradients, logits, statistics } = this.gradients(inputs);
      logits.dispose();
      this.optimizer.step(gradients, inputs.controls);
      return { statistics, norms: this.optimizer.gradientNorms() };
    });
  }

  dispose(): void {
    this.network.dispose();
    this.optimizer.dispose();
  }
}

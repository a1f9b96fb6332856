/**
 * PAWS: predicting view assignments with support samples (Assran et al. 2021; train_step of the official
 * paws_train.py), and as a documented extra a linear classifier on the features of the support ("PAWS + CE").
 *
 * One step, in the official order: supports and views through trunk and heads in one pass, one batch norm batch for
 * each size → targets from h, where the two global views change places, anchors from z → loss → backward →
 * optimiser. There is no teacher. All that changes from step to step comes in through tensors and all state is
 * updated in place, so that the step can be recorded once and replayed.
 */
import * as tf from '@tensorflow/tfjs-core';
import { classifierLogits, classifierParameters } from '../../models/classifier';
import { ParameterSet, type ParameterSpec, type ParameterValues } from '../../models/parameters';
import { type PawsHeadConfig, pawsForward, pawsHeadParameters } from '../../models/pawsHead';
import type { Trunk } from '../../models/trunk';
import type { ViewBatch } from '../../models/viewBatch';
import type { AdamWOptions } from '../../optimizers/adamw';
import type { Optimizer } from '../../optimizers/optimizer';
import type { Recipe } from '../../recipe';
import { optimizerOf } from '../singleNetwork';
import { pawsLoss } from './pawsLoss';

export interface PawsInputs {
  /** Groups of equal size: support views, global view 1, global view 2 in the first, small views in the next. */
  groups: ViewBatch[];
  /** [S, C] what the supports say. */
  labels: tf.Tensor;
  /** [B] column of each picture's hidden label; −1 = unknown. */
  truth: tf.Tensor;
  /** [S] class of each support row; only read with a classifier. */
  supportClasses: tf.Tensor;
  controls: tf.Tensor;
}

/** Declared outputs of a step; the caller disposes them. */
export interface PawsOutputs {
  /** `part` of pawsLossKernels.ts names the places. */
  parts: tf.Tensor;
  /** L2 norm of every parameter's gradient, the optimiser's own. */
  norms: tf.Tensor;
  /** [2, R, C] p and ρ(p) of the anchor rows, see `pawsLoss`. */
  predictions: tf.Tensor;
}

export interface PawsConfig {
  trunk: Trunk;
  head: PawsHeadConfig;
  /** V, two global views and the small ones. */
  views: number;
  /** Classes of the linear classifier on the support's features; 0 = none is built. */
  classifier: number;
  optimizer: Pick<Recipe, 'optimizer' | 'nesterov'>;
  /** AdamW's moments and epsilon; torch's defaults unless told. */
  adamw?: AdamWOptions;
}

/** Parameters under the official names, without a prefix; the classifier's are `classifier.*`. */
export function pawsParameters({ trunk, head, classifier }: PawsConfig): ParameterSpec[] {
  const own = classifier > 0 ? classifierParameters(trunk.featureDim, classifier) : [];
  return [...trunk.parameters, ...pawsHeadParameters(head), ...own];
}

export class Paws {
  readonly network: ParameterSet;
  readonly optimizer: Optimizer;
  /** Names of the trained parameters, in the order of the optimiser's gradient norms. */
  readonly trained: readonly string[];

  constructor(
    private readonly config: PawsConfig,
    values: ParameterValues,
  ) {
    this.network = new ParameterSet(pawsParameters(config), values);
    const { optimizer, trained } = optimizerOf(config.optimizer, this.network, { adamw: config.adamw });
    this.optimizer = optimizer;
    this.trained = trained;
  }

  /** Features of each group; h and z of all rows, supports first. In training mode. */
  forward(groups: readonly ViewBatch[]) {
    const { trunk, head } = this.config;
    return pawsForward(this.network.get, trunk, head, groups, { mode: 'train' });
  }

  /** The classifier's logits [rows, classes]. */
  classify(features: tf.Tensor): tf.Tensor {
    return classifierLogits(this.network.get, features);
  }

  /**
   * Loss and the gradients of the trained parameters, in their order; nothing is updated but batch norm. `parts` and
   * `predictions` are kept: the caller disposes them.
   */
  gradients({ groups, labels, truth, supportClasses, controls }: PawsInputs) {
    const { head, views, classifier } = this.config;
    const kept = {} as Pick<PawsOutputs, 'parts' | 'predictions'>;
    const forward = () => {
      const { features, h, z } = this.forward(groups);
      const support =
        classifier > 0
          ? { logits: this.classify(features[0] as tf.Tensor), classes: supportClasses }
          : undefined;
      const targets = head.usePredHead ? h : null;
      const made = pawsLoss({ z, h: targets, labels, truth, views, controls, support });
      Object.assign(kept, { parts: tf.keep(made.parts), predictions: tf.keep(made.predictions) });
      return made.loss;
    };
    // As tf.variableGrads, with dL/dL given as a constant: otherwise tfjs fills a tensor in every step.
    const variables = this.trained.map(this.network.get);
    const { value, grads } = tf.engine().gradients(forward, variables, tf.scalar(1));
    return { loss: value, gradients: grads, ...kept };
  }

  /** One training step. */
  step(inputs: PawsInputs): PawsOutputs {
    return tf.tidy(() => {
      const { gradients, parts, predictions } = this.gradients(inputs);
      this.optimizer.step(gradients, inputs.controls);
      return { parts, norms: this.optimizer.gradientNorms(), predictions };
    });
  }

  dispose(): void {
    this.network.dispose();
    this.optimizer.dispose();
  }
}

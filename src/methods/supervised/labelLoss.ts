/**
 * Cross-entropy with label smoothing: the mean over rows of −Σ_k t_k log softmax(logits)_k, where t is 1 − s + s/K at
 * the class given and s/K elsewhere. The same that PAWS + CE adds for its support, and its kernels.
 */
import * as tf from '@tensorflow/tfjs-core';
import { webgpu } from '../../engine';
import { withGradient } from '../../engine/gradient';
import { controlVector } from '../paws/pawsControls';
import {
  type SupportAnswers,
  supportGradient,
  supportLossComposed,
  supportStatistics,
} from '../paws/supportLoss';
import type { Rates } from '../singleNetwork';

/** The control vector of a step that learns labels and nothing else. */
export function labelControls(rates: Rates, labelSmoothing: number): Float32Array {
  return controlVector({
    ...rates,
    ...{ temperature: 1, sharpen: 1, pawsWeight: 0, meMaxWeight: 0, supportCeWeight: 1, labelSmoothing },
  });
}

export interface LabelLoss {
  /** Scalar, with a gradient towards the logits. */
  loss: tf.Tensor;
  /** [2, R] cross-entropy of each row, and 1 where its label is the greatest logit. */
  statistics: tf.Tensor;
}

/** @param controls of `labelControls` */
export function labelLoss(answers: SupportAnswers, controls: tf.Tensor): LabelLoss {
  if (!webgpu()) {
    const { ce, statistics } = supportLossComposed(answers, controls);
    return { loss: ce, statistics };
  }
  const { classes } = answers;
  const { statistics, levels } = supportStatistics(answers, controls);
  const loss = withGradient([answers.logits], ([given], save) => {
    save([given as tf.Tensor, levels]);
    return {
      value: tf.mean(tf.slice(statistics, [0, 0], [1, classes.size])),
      gradient: (dy, [logits, level]) => [
        supportGradient({ logits: logits as tf.Tensor, classes }, level as tf.Tensor, controls, dy),
      ],
    };
  });
  return { loss, statistics };
}

/** Mean of a row of statistics. @param row 0 the cross-entropy, 1 the share that is right */
export function meanStatistic(statistics: Float32Array, row: 0 | 1): number {
  const rows = statistics.length / 2;
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += statistics[row * rows + i] as number;
  return sum / rows;
}

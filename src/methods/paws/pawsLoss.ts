/**
 * The PAWS loss (Assran et al. 2021, eqs. 2 and 3; init_paws_loss of the official losses.py):
 *
 *   p_v = soft nearest neighbours of anchor view v     t = ρ(p of the other view), detached
 *   L = 1/A · Σ over anchor rows of −Σ_k t_k log p_k   −   H(mean over all anchor rows of ρ(p))
 *
 * Small views are trained with the mean of both views' targets. Targets below 1e-4 become 0 and are not
 * normalised again; where t = 0 a row's p does not count, even where it has underflowed. Gradients flow to the
 * anchor views and to the anchor supports. Rows are supports first, then views, view-major.
 *
 * The documented extra, a cross-entropy on the support pictures (`supportLoss.ts`), is added with its weight.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compute, type PawsaurBackend, webgpu } from '../../engine';
import { withGradient } from '../../engine/gradient';
import { fused } from '../../engine/kernels/fused';
import { gemmInto } from '../../engine/kernels/gemm';
import { l2Normalise } from '../../engine/kernels/l2Norm';
import { onRows } from '../../engine/kernels/rowKernel';
import { pick } from '../../optimizers/optimizer';
import { pawsControl } from './pawsControls';
import { gradientKernel, lossKernel, PARTS, TARGET_CUT, termsKernel } from './pawsLossKernels';
import { predict, predictComposed, TINY, type VotedRows } from './softNeighbours';
import { type SupportAnswers, supportGradient, supportLossComposed, supportStatistics } from './supportLoss';

export interface PawsLossInputs {
  /** [S + V·B, D] anchors: supports, global view 1, global view 2, small views. */
  z: tf.Tensor;
  /** The same rows before the prediction head, which targets come from; null where there is none. */
  h: tf.Tensor | null;
  /** [S, C] what the supports say. */
  labels: tf.Tensor;
  /** [B] the column of each picture's hidden label; −1 = unknown. */
  truth: tf.Tensor;
  /** V, two global views and the small ones. */
  views: number;
  controls: tf.Tensor;
  /** The classifier's answers; absent where its loss is not part of the step. */
  support?: SupportAnswers | undefined;
}

export interface PawsLoss {
  /** Scalar; the only one with a gradient. */
  loss: tf.Tensor;
  parts: tf.Tensor;
  /** [2, R, C] p, then ρ(p): of all anchor rows and, with `h`, of the two global views in it. */
  predictions: tf.Tensor;
}

/** Targets [V·B, C] of all anchor rows from ρ(p) [2·B, C] of the global views; no gradient flows through them. */
function targetsComposed(sharp: tf.Tensor, views: number): tf.Tensor {
  return withGradient([sharp], ([given]) => {
    const [one, two] = tf.split(given as tf.Tensor, 2) as [tf.Tensor, tf.Tensor];
    const mean = tf.mul(0.5, tf.add(one, two));
    const uncut = tf.concat([two, one, ...Array.from({ length: views - 2 }, () => mean)]);
    const value = tf.where(tf.less(uncut, TARGET_CUT), tf.zerosLike(uncut), uncut);
    return { value, gradient: () => [tf.zerosLike(sharp)] };
  });
}

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernels' test. */
export function pawsLossComposed(inputs: PawsLossInputs): PawsLoss {
  const { z, h, labels, truth, views, controls, support } = inputs;
  const [supports, classes] = labels.shape as [number, number];
  const anchors = (z.shape[0] as number) - supports;
  const batch = anchors / views;
  const voted = (embedding: tf.Tensor, count: number) => {
    const unit = l2Normalise(embedding);
    const width = embedding.shape[1] as number;
    const queries = tf.slice(unit, [supports, 0], [count, width]);
    return predictComposed(queries, tf.slice(unit, [0, 0], [supports, width]), labels, controls).predictions;
  };
  const layer = (predictions: tf.Tensor, kind: 0 | 1, from: number, count: number): tf.Tensor =>
    tf.reshape(tf.slice(predictions, [kind, from, 0], [1, count, classes]), [count, classes]);
  const anchor = voted(z, anchors);
  const before = h && voted(h, 2 * batch);
  const targets = targetsComposed(layer(before ?? anchor, 1, 0, 2 * batch), views);
  const p = layer(anchor, 0, 0, anchors);
  const cross = tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.log(tf.maximum(p, TINY))), 1)));
  const entropyOf = (q: tf.Tensor) => tf.neg(tf.sum(tf.mul(q, tf.log(tf.maximum(q, TINY))), -1));
  const ofMean = entropyOf(tf.mean(layer(anchor, 1, 0, anchors), 0));
  const weight = (place: number) => pick(controls, place);
  const regularised = tf.sub(cross, tf.mul(weight(pawsControl.meMaxWeight), ofMean));
  const paws = tf.mul(weight(pawsControl.pawsWeight), regularised);
  const labelled = support && supportLossComposed(support, controls);
  const loss = labelled ? tf.add(paws, tf.mul(weight(pawsControl.supportCeWeight), labelled.ce)) : paws;

  const globals = tf.slice(targets, [0, 0], [2 * batch, classes]);
  const right = tf.tile(truth, [2]);
  const known = tf.greaterEqual(right, 0);
  const hits = tf.logicalAnd(known, tf.equal(tf.cast(tf.argMax(globals, 1), 'float32'), right));
  const count = (flags: tf.Tensor) => tf.sum(tf.cast(flags, 'float32'));
  const shareRight = tf.div(tf.mul(100, count(hits)), tf.maximum(count(known), 1));
  const parts = tf.stack([
    loss,
    cross,
    ofMean,
    tf.mean(entropyOf(globals)),
    labelled?.ce ?? tf.scalar(0),
    labelled ? tf.mul(100, tf.mean(tf.slice(labelled.statistics, [1, 0], [1, supports]))) : tf.scalar(-1),
    tf.where(tf.greater(count(known), 0), shareRight, tf.scalar(-1)),
  ]);
  return { loss, parts, predictions: before ? tf.concat([anchor, before], 1) : anchor };
}

/** The loss of one step. */
export function pawsLoss(inputs: PawsLossInputs): PawsLoss {
  const backend = webgpu();
  if (!backend) return pawsLossComposed(inputs);
  const { z, h, labels, truth, views, controls, support } = inputs;
  const [supports, classes] = labels.shape as [number, number];
  const anchors = (z.shape[0] as number) - supports;
  const batch = anchors / views;
  const unit = l2Normalise(z);
  const blocks: VotedRows[] = [{ rows: unit, voted: anchors }];
  if (h) blocks.push({ rows: l2Normalise(h), voted: 2 * batch });
  const { weights, predictions } = predict(blocks, labels, controls);
  const rows = predictions.shape[1] as number;
  const sizes = { anchors, classes, batch, rows, targets: h ? anchors : 0 };
  const [statistics, columns] = compute(
    onRows(termsKernel),
    [predictions, truth],
    [[3, anchors], [classes]],
    sizes,
    anchors + classes,
  ) as [tf.Tensor, tf.Tensor];
  const labelled = support && supportStatistics(support, controls);
  const [sum, parts] = compute(
    onRows(lossKernel),
    [statistics, columns, labelled?.statistics ?? statistics, controls],
    [[], [PARTS]],
    { anchors, classes, batch, supports: support ? supports : 0 },
    1,
  ) as [tf.Tensor, tf.Tensor];
  const loss = fused(
    { unit, logits: support?.logits },
    (given) => ({ value: sum, saved: { ...given, weights, predictions, columns, levels: labelled?.levels } }),
    (dy, saved) => {
      const [dScores] = compute(
        onRows(gradientKernel),
        [saved.predictions, saved.weights, labels, saved.columns, controls, dy],
        [
          [anchors, supports],
          [anchors, classes],
        ],
        { ...sizes, supports },
        anchors,
      ) as [tf.Tensor];
      const answers = support && { ...support, logits: saved.logits as tf.Tensor };
      return {
        unit: backToRows(backend, dScores, saved.unit),
        logits: answers && supportGradient(answers, saved.levels as tf.Tensor, controls, dy),
      };
    },
  );
  return { loss, parts, predictions };
}

/** dL/d rows [S + A, D] from dL/d scores [A, S]: the views get scores · supports, the supports scoresᵀ · views. */
function backToRows(backend: PawsaurBackend, dScores: tf.Tensor, rows: tf.Tensor): tf.Tensor {
  const [anchors, supports] = dScores.shape as [number, number];
  const dim = rows.shape[1] as number;
  const gradient = backend.allocate(rows.shape);
  const ofSupports = { row: dim, column: 1 };
  const ofViews = { ...ofSupports, offset: supports * dim };
  const toViews = { rows: anchors, columns: dim, depth: supports };
  const straight = { row: supports, column: 1 };
  gemmInto(backend, toViews, dScores, straight, rows, ofSupports, gradient, ofViews);
  const toSupports = { rows: supports, columns: dim, depth: anchors };
  const transposed = { row: 1, column: supports };
  gemmInto(backend, toSupports, dScores, transposed, rows, ofViews, gradient, ofSupports);
  return gradient;
}

/**
 * The attention branch of a pre-norm transformer block, as one operation with its own gradient:
 *
 *   y = x + s · proj(attention(qkv(LayerNorm(x))))
 *
 * The token-wise layers run over the rows of all images at once, attention group by group. Where only the class
 * tokens are wanted, y holds their rows alone: [images in all, width].
 */
import * as tf from '@tensorflow/tfjs-core';
import { webgpu } from '../backend';
import {
  attentionComposed,
  attentionForward,
  attentionGradient,
  type HeadShape,
  type TokenGroup,
} from './attention';
import {
  classAttentionComposed,
  classAttentionForward,
  classAttentionGradient,
  gatherClassRows,
  gatherClassRowsComposed,
} from './classAttention';
import { fused } from './fused';
import { layerNormComposed, layerNormForward, layerNormGradient, layerNormWeightGradient } from './layerNorm';
import { linearComposed, linearWeightGradient } from './linear';
import { backThroughWeight, timesWeight } from './product';
import { scaleRows } from './rowScale';
import type { BranchOptions } from './transformerMlp';

export interface AttentionParameters {
  normWeight: tf.Tensor;
  normBias: tf.Tensor;
  /** [3·width, width] and [3·width] */
  qkvWeight: tf.Tensor;
  qkvBias?: tf.Tensor | undefined;
  /** [width, width] and [width] */
  projWeight: tf.Tensor;
  projBias: tf.Tensor;
}

export interface AttentionOptions extends BranchOptions {
  heads: number;
  groups: readonly TokenGroup[];
  /** Which tokens are wanted. */
  rows: 'all' | 'class';
}

const cores = {
  all: { forward: attentionForward, gradient: attentionGradient, composed: attentionComposed },
  class: {
    forward: classAttentionForward,
    gradient: classAttentionGradient,
    composed: classAttentionComposed,
  },
};

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function attentionBranchComposed(
  x: tf.Tensor,
  p: AttentionParameters,
  { epsilon, rowScale, heads, groups, rows }: AttentionOptions,
): tf.Tensor {
  const width = p.normWeight.size;
  const normal = layerNormComposed(x, p.normWeight, p.normBias, epsilon);
  const qkv = linearComposed(normal, p.qkvWeight, p.qkvBias ?? null);
  const mixed = cores[rows].composed(qkv, groups, { width, heads });
  const branch = linearComposed(mixed, p.projWeight, p.projBias);
  const residual = rows === 'all' ? x : gatherClassRowsComposed(x, groups, width);
  return tf.add(residual, rowScale ? tf.mul(branch, tf.reshape(rowScale, [-1, 1])) : branch);
}

/** x [R, width] → [R, width], or the class rows [images in all, width]. */
export function attentionBranch(
  x: tf.Tensor,
  parameters: AttentionParameters,
  options: AttentionOptions,
): tf.Tensor {
  const backend = webgpu();
  if (!backend) return attentionBranchComposed(x, parameters, options);
  const { epsilon, rowScale, heads, groups, rows } = options;
  const width = parameters.normWeight.size;
  const shape: HeadShape = { width, heads };
  const core = cores[rows];
  // The residual reaches every token, or the first token of every image.
  const residuals = groups.map(({ images, tokens }) => ({ rows: images * tokens, every: tokens }));

  return fused(
    { x, ...parameters },
    (p) => {
      const { normal, statistics } = layerNormForward(p.x, p.normWeight, p.normBias, epsilon);
      const qkv = timesWeight(normal, p.qkvWeight, p.qkvBias ? { bias: p.qkvBias } : {});
      const { out: mixed, weights } = core.forward(backend, qkv, groups, shape);
      const value = timesWeight(mixed, p.projWeight, {
        bias: p.projBias,
        residual: rows === 'all' ? p.x : gatherClassRows(backend, p.x, groups, width),
        ...(rowScale ? { rowScale } : {}),
      });
      return { value, saved: { ...p, statistics, normal, qkv, mixed, weights, rowScale } };
    },
    (dy, s) => {
      const dBranch = s.rowScale ? scaleRows(dy, s.rowScale) : dy;
      const dMixed = backThroughWeight(dBranch, s.projWeight);
      const dQkv = core.gradient(backend, dMixed, s.qkv, s.weights, groups, shape);
      const dNormal = backThroughWeight(dQkv, s.qkvWeight);
      const [normWeight, normBias] = layerNormWeightGradient(s.x, s.statistics, dNormal);
      const [tokens, outputs] = dQkv.shape as [number, number];
      const [qkvWeight, qkvBias] = linearWeightGradient(
        dQkv,
        s.normal,
        tokens,
        outputs,
        width,
        s.qkvBias !== undefined,
      );
      const kept = s.mixed.size / width;
      const [projWeight, projBias] = linearWeightGradient(dBranch, s.mixed, kept, width, width, true);
      const dx = layerNormGradient(backend, s, dNormal, dy, rows === 'all' ? undefined : residuals);
      return { x: dx, normWeight, normBias, qkvWeight, qkvBias, projWeight, projBias };
    },
  );
}

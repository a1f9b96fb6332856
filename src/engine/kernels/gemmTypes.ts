/** What a matrix product is given, shared by `gemm` and the variants of its kernel. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Kernel } from '../kernel';

/** Where element (outer, inner, row, column) of an operand lies: offset plus strides, in elements. */
export interface Strides {
  offset?: number;
  outer?: number;
  inner?: number;
  row: number;
  column: number;
}

export interface GemmShape {
  /** Product size: rows, columns, and the summed dimension. */
  rows: number;
  columns: number;
  depth: number;
  /** Batch of two levels, 1 unless told. */
  outer?: number;
  inner?: number;
  alpha?: number;
}

/** What happens to v = alpha · A · B before it is written to C: all that is given, in this order. */
export interface GemmEpilogue {
  /** [columns], added to v. */
  bias?: tf.TensorInfo;
  /** A tensor that exists, at C's strides: v as it is now is stored there too (the pre-activation). */
  keep?: tf.TensorInfo;
  /** v = gelu(v) */
  activation?: 'gelu';
  /** At C's strides: v = v · gelu'(it). */
  geluGradientOf?: tf.TensorInfo;
  /** A factor for each row, at outer · rows + row. */
  rowScale?: tf.TensorInfo;
  /** At C's strides, added to v. */
  residual?: tf.TensorInfo;
}

/** The layout of a call: what decides which kernel of a variant can do it. */
export interface GemmLayout {
  shape: GemmShape;
  a: Strides;
  b: Strides;
  c: Strides;
  /** Whether the sums of A's rows are wanted beside the product. */
  rowSums: boolean;
  /** Whether nothing but alpha is done to the product. */
  plain: boolean;
}

/** A kernel for a call, and how its operands' strides are counted. */
export interface GemmKernel {
  kernel: Kernel;
  /** Rows and columns of the product that one thread or workgroup makes. */
  tileRows: number;
  tileColumns: number;
  /** Strides are given in vec4s: every operand is read and written four elements at a time. */
  vector: boolean;
  /** It reads A and B alone: an epilogue's buffers are not bound. */
  plain: boolean;
}

/** One way to compute products: picks its kernel for a call. */
export interface GemmVariant {
  readonly name: string;
  /** Slices of the summed dimension pay below this many tiles. */
  readonly enoughTiles: number;
  pick(layout: GemmLayout): GemmKernel;
}

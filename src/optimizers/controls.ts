/**
 * What an optimiser is told: the vector of per-step controls, the one input that changes from step to step, and
 * the parameters with their switches.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Places in the control vector. `always` holds 1: parameters that are never frozen look there. */
export const control = {
  lr: 0,
  weightDecay: 1,
  /** Share of the teacher that is kept. */
  momentum: 2,
  /** Largest norm of a parameter's gradient; 0 = no clipping. */
  clip: 3,
  /** 1 while the last layer is trained. */
  lastLayer: 4,
  always: 5,
} as const;

/** Length of the optimiser's part of the control vector; a method's own controls follow. */
export const OPTIMIZER_CONTROLS = 6;

export interface OptimizedParameter {
  name: string;
  student: tf.Variable;
  /** The moving average that follows it, if any. */
  teacher: tf.Variable | null;
  /** Whether weight decay applies (two or more dimensions and no ".bias"), and LARS's adaptation. */
  decay: boolean;
  /** Which control says that it is trained at present. */
  active: number;
}

/** Weight decay goes to tensors with two or more dimensions whose name does not end in ".bias". */
export function isDecayed(name: string, shape: readonly number[]): boolean {
  return shape.length > 1 && !name.endsWith('.bias');
}

/** The value at one place of the control vector, as a scalar tensor. */
export const pick = (controls: tf.Tensor, place: number): tf.Tensor =>
  tf.reshape(tf.slice(controls, [place], [1]), []);

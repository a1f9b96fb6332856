/**
 * What the optimisers share: the vector of per-step controls, clipping per parameter tensor, bias correction
 * per parameter, and the teacher's moving average, all in place.
 *
 * One iteration of the official training loop after the backward pass: clip each gradient by its own norm, drop
 * the gradient of a frozen tensor (the optimiser then does nothing at all to it), step, then move the teacher.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type PawsaurBackend, webgpu } from '../engine';

/**
 * Places in the control vector, the one input that changes from step to step. `always` holds 1: parameters
 * that are never frozen look there.
 */
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
  /** Whether weight decay applies (two or more dimensions and no ".bias"). */
  decay: boolean;
  /** Which control says that it is trained at present. */
  active: number;
}

/** Weight decay goes to tensors with two or more dimensions whose name does not end in ".bias". */
export function isDecayed(name: string, shape: readonly number[]): boolean {
  return shape.length > 1 && !name.endsWith('.bias');
}

/** Numbers kept per parameter: clip factor, two bias corrections, gradient norm. */
export const STATS = 4;

/**
 * Gradient norm, clip factor and the bias corrections 1 − βᵗ, which advance only while the parameter is
 * trained: a layer frozen at first starts its own count when it thaws (torch skips a gradient that is None).
 */
const prepareKernel = defineKernel({
  name: 'optimizer_prepare',
  mode: 'groups',
  workgroupSize: 64,
  reads: ['gradient', 'controls'],
  writes: ['stats'],
  uniforms: ['size', 'slot', 'activeAt', 'beta1:f32', 'beta2:f32', 'rest1:f32', 'rest2:f32'],
  declarations: 'var<workgroup> partial: array<f32, 64>;',
  body: `
  var sum = 0.0;
  for (var i = lane; i < u.size; i += 64u) { sum += gradient[i] * gradient[i]; }
  partial[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0.0;
    for (var i = 0u; i < 64u; i++) { total += partial[i]; }
    let norm = sqrt(total);
    let clip = controls[${control.clip}];
    let at = u.slot * ${STATS}u;
    stats[at] = select(1.0, min(1.0, clip / (norm + 1e-6)), clip > 0.0);
    if (controls[u.activeAt] > 0.0) {
      stats[at + 1u] = u.beta1 * stats[at + 1u] + u.rest1;
      stats[at + 2u] = u.beta2 * stats[at + 2u] + u.rest2;
    }
    stats[at + 3u] = norm;
  }`,
});

/** β and 1 − β of both moments; the rest is taken in double precision, as 1 − 0.999 loses five digits in f32. */
export function betaUniforms([beta1, beta2]: readonly [number, number]) {
  return { beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2 };
}

/** Runs `optimizer_prepare` for one parameter; `stats` [parameters, STATS] is updated in place. */
export function prepare(
  gradient: tf.Tensor,
  controls: tf.Tensor,
  stats: tf.Tensor,
  slot: number,
  active: number,
  betas: readonly [number, number],
): void {
  const uniforms = { size: gradient.size, slot, activeAt: active, ...betaUniforms(betas) };
  webgpu()?.dispatch(prepareKernel, [gradient, controls], [stats], uniforms, 1);
}

const followKernel = defineKernel({
  name: 'teacher_follow',
  reads: ['student', 'controls'],
  writes: ['teacher'],
  uniforms: [],
  body: `
  let m = controls[${control.momentum}];
  teacher[index] = m * teacher[index] + (1.0 - m) * student[index];`,
});

/** Moves a teacher tensor towards its student: t ← m·t + (1 − m)·s, in place. */
export function follow(teacher: tf.Variable, student: tf.Variable, controls: tf.Tensor): void {
  const backend = webgpu();
  if (backend) {
    backend.dispatch(followKernel, [student, controls], [teacher], {}, teacher.size);
    return;
  }
  tf.tidy(() => {
    const m = tf.slice(controls, [control.momentum], [1]);
    teacher.assign(tf.reshape(tf.add(tf.mul(teacher, m), tf.mul(student, tf.sub(1, m))), teacher.shape));
  });
}

/** The value at one place of the control vector, as a scalar tensor. */
export const pick = (controls: tf.Tensor, place: number): tf.Tensor =>
  tf.reshape(tf.slice(controls, [place], [1]), []);

/** The twin's clipped gradient and its norm. */
function clipComposed(gradient: tf.Tensor, controls: tf.Tensor): { clipped: tf.Tensor; norm: tf.Tensor } {
  const norm = tf.sqrt(tf.sum(tf.square(gradient)));
  const clip = pick(controls, control.clip);
  const factor = tf.where(
    tf.greater(clip, 0),
    tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6))),
    tf.onesLike(norm),
  );
  return { clipped: tf.mul(gradient, factor), norm };
}

/** A variable of zeros that optimisers keep as state. */
export const zeroState = (shape: number[]): tf.Variable => tf.tidy(() => tf.variable(tf.zeros(shape), false));

/** One step over all parameters: in kernels on WebGPU, composed elsewhere. */
export abstract class Optimizer {
  /** [parameters, STATS], updated in place. */
  protected readonly stats: tf.Variable;

  constructor(protected readonly parameters: readonly OptimizedParameter[]) {
    this.stats = zeroState([parameters.length, STATS]);
  }

  /** One step, in place. `gradients` in the order of the parameters; `controls` the control vector. */
  step(gradients: readonly tf.Tensor[], controls: tf.Tensor): void {
    const backend = webgpu();
    if (!backend) {
      this.stepComposed(gradients, controls);
      return;
    }
    for (const [slot, parameter] of this.parameters.entries()) {
      this.stepOne(backend, slot, parameter, gradients[slot] as tf.Tensor, controls);
    }
  }

  /** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
  stepComposed(gradients: readonly tf.Tensor[], controls: tf.Tensor): void {
    tf.tidy(() => {
      const rows = this.parameters.map((parameter, slot) => {
        const { clipped, norm } = clipComposed(gradients[slot] as tf.Tensor, controls);
        const corrections = this.stepOneComposed(slot, parameter, clipped, controls);
        if (parameter.teacher) follow(parameter.teacher, parameter.student, controls);
        return tf.stack([tf.scalar(1), ...corrections, norm]);
      });
      this.stats.assign(tf.reshape(tf.stack(rows), this.stats.shape));
    });
  }

  /** L2 norm of every parameter's gradient before clipping, [parameters]; fresh tensor. */
  gradientNorms(): tf.Tensor {
    const count = this.parameters.length;
    return tf.reshape(tf.slice(this.stats, [0, STATS - 1], [count, 1]), [count]);
  }

  dispose(): void {
    this.stats.dispose();
  }

  protected abstract stepOne(
    backend: PawsaurBackend,
    slot: number,
    parameter: OptimizedParameter,
    gradient: tf.Tensor,
    controls: tf.Tensor,
  ): void;

  /** Updates all but the teacher from the clipped gradient; returns the two bias corrections. */
  protected abstract stepOneComposed(
    slot: number,
    parameter: OptimizedParameter,
    gradient: tf.Tensor,
    controls: tf.Tensor,
  ): [tf.Tensor, tf.Tensor];
}

/**
 * What the optimisers share: the vector of per-step controls, clipping per parameter tensor, and the teacher's
 * moving average, all in place.
 *
 * One iteration of the official training loop after the backward pass: clip each gradient by its own norm, drop
 * the gradient of a frozen tensor (the optimiser then does nothing at all to it), step, then move the teacher.
 * On WebGPU that is three dispatches for all parameters together, more only where they fill several chunks.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Kernel, type UniformValues, webgpu } from '../engine';
import { control, type OptimizedParameter, pick } from './controls';
import { follow } from './follow';
import { gradientAndParameterSums, gradientSums, type UpdateKernels } from './kernels';
import { STATS, stat, Workspace } from './workspace';

export { control, isDecayed, OPTIMIZER_CONTROLS, type OptimizedParameter, pick } from './controls';
export { followAll } from './follow';

/** What an optimiser does on WebGPU. */
export interface UpdateRule {
  /** How many numbers of state each number of a parameter has. */
  states: number;
  /** Whether `prepare` wants sums over the parameter beside those over the gradient. */
  sumsParameter: boolean;
  prepare: Kernel;
  update: UpdateKernels;
  uniforms: UniformValues;
}

/** A variable of zeros that optimisers keep as state. */
const zeroState = (shape: number[]): tf.Variable => tf.tidy(() => tf.variable(tf.zeros(shape), false));

/** One step over all parameters: in kernels on WebGPU, composed elsewhere. */
export abstract class Optimizer {
  /** [parameters, STATS], updated in place; `stat` names the columns. */
  protected readonly stats: tf.Variable;
  /** State of each kind, per parameter. */
  protected readonly state: readonly (readonly tf.Variable[])[];
  private readonly norms: tf.Variable;
  private readonly workspace: Workspace | null;

  /** @param parameters on WebGPU their variables lie in arenas, each teacher's where its student's does */
  constructor(
    protected readonly parameters: readonly OptimizedParameter[],
    private readonly rule: UpdateRule,
  ) {
    const backend = webgpu();
    const kinds = Array.from({ length: rule.states }, (_, kind) => kind);
    this.workspace = backend ? new Workspace(backend, parameters, rule.states) : null;
    if (this.workspace) {
      const { stats, norms, state } = this.workspace;
      const own = (tensor: tf.Tensor) => tf.variable(tensor, false);
      this.stats = own(stats);
      this.norms = own(norms);
      this.state = state.map((tensors) => tensors.map(own));
    } else {
      this.stats = zeroState([parameters.length, STATS]);
      this.norms = zeroState([parameters.length]);
      this.state = kinds.map(() => parameters.map(({ student }) => zeroState(student.shape)));
    }
  }

  /** Bytes of the optimiser's own buffers on WebGPU: gradients, state and tables. */
  get bytes(): number {
    return this.workspace?.bytes ?? 0;
  }

  /** One step, in place. `gradients` in the order of the parameters; `controls` the control vector. */
  step(gradients: readonly tf.Tensor[], controls: tf.Tensor): void {
    const backend = webgpu();
    if (!backend || !this.workspace) {
      this.stepComposed(gradients, controls);
      return;
    }
    const { chunks, slots, partials, stats, norms, gradients: places } = this.workspace;
    const { sumsParameter, prepare, update, uniforms } = this.rule;
    for (const [slot, place] of places.entries()) backend.copy(gradients[slot] as tf.Tensor, place);
    for (const { gradient, parameter, blocks } of chunks) {
      const count = blocks.shape[0] as number;
      if (sumsParameter) {
        backend.dispatch(gradientAndParameterSums, [gradient, parameter, blocks], [partials], {}, count);
      } else {
        backend.dispatch(gradientSums, [gradient, blocks], [partials], {}, count);
      }
    }
    backend.dispatch(prepare, [partials, slots, controls], [stats, norms], uniforms, this.parameters.length);
    for (const { gradient, parameter, state, teacher, segments } of chunks) {
      const kernel = teacher ? update.withTeacher : update.alone;
      const writes = [parameter, ...state, ...(teacher ? [teacher] : [])];
      backend.dispatch(kernel, [gradient, stats, controls, segments], writes, uniforms, parameter.size / 4);
    }
  }

  /** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
  stepComposed(gradients: readonly tf.Tensor[], controls: tf.Tensor): void {
    tf.tidy(() => {
      const rows = this.parameters.map((parameter, slot) => {
        const { clipped, norm } = clipComposed(gradients[slot] as tf.Tensor, controls);
        const corrections = this.stepOneComposed(slot, parameter, clipped, controls);
        if (parameter.teacher) follow(parameter.teacher, parameter.student, controls);
        const rest = tf.zeros([STATS - stat.kept]);
        return { norm, stats: tf.concat([tf.stack([tf.scalar(1), ...corrections]), rest]) };
      });
      this.stats.assign(tf.stack(rows.map(({ stats }) => stats)));
      this.norms.assign(tf.stack(rows.map(({ norm }) => norm)));
    });
  }

  /** L2 norm of every parameter's gradient before clipping, [parameters]; the optimiser's own, as of its last step. */
  gradientNorms(): tf.Tensor {
    return this.norms;
  }

  dispose(): void {
    tf.dispose([this.stats, this.norms, ...this.state.flat()]);
    this.workspace?.dispose();
  }

  /** Updates all but the teacher from the clipped gradient; returns the two bias corrections. */
  protected abstract stepOneComposed(
    slot: number,
    parameter: OptimizedParameter,
    gradient: tf.Tensor,
    controls: tf.Tensor,
  ): [tf.Tensor, tf.Tensor];
}

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

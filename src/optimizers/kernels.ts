/**
 * The kernels of an optimiser's step, each over all parameters at once: sums over blocks of the gradients, then
 * per parameter what clipping and the optimiser make of them (`stats`), then one update over whole chunks that
 * moves the teacher, too. Sums run in a fixed order, so equal gradients give equal bits.
 */
import { defineKernel, type Kernel } from '../engine';
import { control } from './controls';
import { DECAYED, FOLLOWED, NO_SLOT, STATS, stat } from './workspace';

/** Vectors of four in a segment. */
const VECTORS = 16;

const sumOfLanes = `
  lanes[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    var total = vec4f();
    for (var i = 0u; i < 64u; i++) { total += lanes[i]; }`;
const declarations = 'var<workgroup> lanes: array<vec4f, 64>;';

/** Per block: squares of the gradient; of the parameter and their product too, where the optimiser wants them. */
function defineSums(name: string, withParameter: boolean): Kernel {
  return defineKernel({
    name,
    mode: 'groups',
    workgroupSize: 64,
    reads: ['gradient:vec4f', ...(withParameter ? ['parameter:vec4f'] : []), 'blocks:u32'],
    writes: ['partials:vec4f'],
    uniforms: [],
    declarations,
    body: `
  let first = blocks[3u * group] * ${VECTORS}u;
  let end = first + blocks[3u * group + 1u] * ${VECTORS}u;
  var sum = vec4f();
  for (var i = first + lane; i < end; i += 64u) {
    let g = gradient[i];
    sum.x += dot(g, g);
    ${withParameter ? 'let p = parameter[i]; sum.y += dot(p, p); sum.z += dot(g, p);' : ''}
  }
  ${sumOfLanes}
    partials[blocks[3u * group + 2u]] = total;
  }`,
  });
}

export const gradientSums = defineSums('optimizer_sums', false);
export const gradientAndParameterSums = defineSums('optimizer_sums_with_parameter', true);

/**
 * The kernel that fills a parameter's row of `stats`: clip factor (by the norm of this parameter's gradient)
 * and the step's switches; and its place in `norms`. `body` may change `decay` and `trust`, and has `total` (sums of g·g,
 * p·p and g·p), `norm`, `factor`, `trained` and `at` (its row).
 */
export function definePrepare(name: string, uniforms: readonly string[], body: string): Kernel {
  return defineKernel({
    name,
    mode: 'groups',
    workgroupSize: 64,
    reads: ['partials:vec4f', 'slots:u32', 'controls'],
    writes: ['stats', 'norms'],
    uniforms,
    declarations,
    body: `
  let row = 4u * group;
  let first = slots[row];
  let blocks = slots[row + 1u];
  var sum = vec4f();
  for (var i = lane; i < blocks; i += 64u) { sum += partials[first + i]; }
  ${sumOfLanes}
    let at = group * ${STATS}u;
    let switches = slots[row + 3u];
    let trained = controls[slots[row + 2u]] > 0.0;
    let norm = sqrt(total.x);
    let clip = controls[${control.clip}];
    let factor = select(1.0, min(1.0, clip / (norm + 1e-6)), clip > 0.0);
    var decay = select(0.0, controls[${control.weightDecay}], (switches & ${DECAYED}u) != 0u);
    var trust = 1.0;
    ${body}
    stats[at + ${stat.factor}u] = factor;
    norms[group] = norm;
    stats[at + ${stat.kept}u] = select(1.0, controls[${control.momentum}], (switches & ${FOLLOWED}u) != 0u);
    stats[at + ${stat.active}u] = select(0.0, 1.0, trained);
    stats[at + ${stat.decay}u] = decay;
    stats[at + ${stat.trust}u] = trust;
  }`,
  });
}

export interface UpdateKernels {
  /** For chunks without a teacher. */
  alone: Kernel;
  withTeacher: Kernel;
}

/**
 * The kernels of one update over a chunk. `body` changes `p` and writes the state at `index`, four numbers of
 * one parameter at once; it has `g` (the clipped gradient), `lr` and `at` (the parameter's row of `stats`).
 */
export function defineUpdate(
  name: string,
  state: readonly string[],
  uniforms: readonly string[],
  body: string,
): UpdateKernels {
  const define = (teacher: boolean) =>
    defineKernel({
      name: teacher ? `${name}_and_teacher` : name,
      reads: ['gradient:vec4f', 'stats', 'controls', 'segments:u32'],
      writes: ['parameter:vec4f', ...state.map((s) => `${s}:vec4f`), ...(teacher ? ['teacher:vec4f'] : [])],
      uniforms,
      body: `
  let slot = segments[index / ${VECTORS}u];
  if (slot != ${NO_SLOT}u) {
    let at = slot * ${STATS}u;
    var p = parameter[index];
    if (stats[at + ${stat.active}u] > 0.0) {
      let lr = controls[${control.lr}];
      let g = gradient[index] * stats[at + ${stat.factor}u];
      ${body}
      parameter[index] = p;
    }
    ${
      teacher
        ? `let m = stats[at + ${stat.kept}u];
    teacher[index] = m * teacher[index] + (1.0 - m) * p;`
        : ''
    }
  }`,
    });
  return { alone: define(false), withTeacher: define(true) };
}

/**
 * Minimises a smooth convex function by L-BFGS: the two-loop recursion over the last pairs of steps and gradient
 * changes (Nocedal & Wright, "Numerical Optimization", algorithms 7.4 and 7.5), the step length by backtracking
 * to sufficient decrease. What is known of the curvature beforehand serves as the first guess of the inverse Hessian.
 * Deterministic.
 */

/** Pairs remembered. */
const MEMORY = 10;
const MOST_ITERATIONS = 500;
/** Share of the decrease that the slope promises which is enough (Armijo). */
const ENOUGH = 1e-4;
/** The gradient's largest entry at which the minimum counts as found. */
const TOLERANCE = 1e-5;

export interface Minimum {
  at: Float64Array;
  value: number;
  iterations: number;
  converged: boolean;
}

export interface Objective {
  start: Float64Array;
  /** Value at `at`; writes the gradient there into `gradient`. */
  evaluate(at: Float64Array, gradient: Float64Array): number;
  /** Multiplies `vector` in place with a positive definite guess of the inverse Hessian, of any scale. */
  precondition(vector: Float64Array): void;
}

/** @param between awaited after every iteration; what it throws ends the search */
export async function minimise(objective: Objective, between: () => Promise<void>): Promise<Minimum> {
  const { start, evaluate, precondition } = objective;
  const size = start.length;
  let at = start.slice();
  let gradient = new Float64Array(size);
  let value = evaluate(at, gradient);
  let triedAt = new Float64Array(size);
  let triedGradient = new Float64Array(size);
  const pairs: Pair[] = [];

  for (let iterations = 0; ; iterations++) {
    const steepest = largest(gradient);
    if (!(steepest > TOLERANCE) || iterations === MOST_ITERATIONS || !Number.isFinite(value)) {
      return { at, value, iterations, converged: steepest <= TOLERANCE };
    }
    const direction = newtonLike(gradient, pairs, precondition);
    const slope = dot(gradient, direction);
    let length = 1;
    let tried = tryStep(length);
    while (!(tried <= value + ENOUGH * length * slope)) {
      length /= 2;
      // Rounding has the last word: nothing lower can be told apart from here.
      if (length < 1e-12) return { at, value, iterations, converged: false };
      tried = tryStep(length);
    }

    const step = new Float64Array(size);
    const change = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      step[i] = triedAt[i]! - at[i]!;
      change[i] = triedGradient[i]! - gradient[i]!;
    }
    const curvature = dot(step, change);
    if (curvature > 0)
      pairs.push({ step, change, curvature, scale: scaleOf(change, curvature, precondition) });
    if (pairs.length > MEMORY) pairs.shift();
    [at, triedAt] = [triedAt, at];
    [gradient, triedGradient] = [triedGradient, gradient];
    value = tried;
    await between();

    function tryStep(by: number): number {
      for (let i = 0; i < size; i++) triedAt[i] = at[i]! + by * direction[i]!;
      return evaluate(triedAt, triedGradient);
    }
  }
}

interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** step · change, above zero. */
  curvature: number;
  /** By which the preconditioner agrees with this pair. */
  scale: number;
}

function scaleOf(change: Float64Array, curvature: number, precondition: Objective['precondition']): number {
  const preconditioned = change.slice();
  precondition(preconditioned);
  return curvature / dot(change, preconditioned);
}

/** −H⁻¹·gradient, H being what the preconditioner and the pairs tell of the Hessian. */
function newtonLike(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: Objective['precondition'],
): Float64Array {
  const direction = gradient.map((g) => -g);
  const weights: number[] = [];
  for (const { step, change, curvature } of pairs.toReversed()) {
    const weight = dot(step, direction) / curvature;
    weights.push(weight);
    addScaled(direction, -weight, change);
  }
  precondition(direction);
  const scale = pairs.at(-1)?.scale ?? 1;
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  for (const { step, change, curvature } of pairs) {
    const weight = weights.pop()! - dot(change, direction) / curvature;
    addScaled(direction, weight, step);
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(to: Float64Array, scale: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += scale * from[i]!;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

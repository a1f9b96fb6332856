/**
 * The linear probe: multinomial logistic regression on frozen features. Features are standardised, weights carry
 * an L2 penalty and biases none; the strictly convex problem is solved by L-BFGS in float64, preconditioned
 * with a bound on its Hessian (Böhning 1992, "Multinomial logistic regression algorithm"), so that correlated
 * features cost few iterations. The same features give the same probe.
 *
 * The penalty is that of the trials behind docs/recipes.md: mean cross-entropy + l2·‖W‖².
 */
import { choleskyFactor, choleskySolve } from './cholesky';
import { minimise, type Objective } from './lbfgs';
import { gramMatrix, orthonormalRows, rowProducts, transposed } from './rows';

/** A wider feature standard deviation than this is divided by; narrower ones say nothing and are left out. */
const SMALLEST_DEVIATION = 1e-6;
/** Multiply-adds between two breaths: some milliseconds. */
const WORK_PER_BREATH = 2e7;

export interface LinearProbeInput {
  /** [n, dim] frozen features. */
  features: Float32Array;
  /** [n] classes; images with -1 (unlabelled) are left out, as are those with a feature that is not a number. */
  labels: Int32Array;
  dim: number;
  classes: number;
  /** Weight of ‖W‖² over standardised features. */
  l2?: number;
}

export interface LinearProbe {
  dim: number;
  classes: number;
  /** [classes, dim] for features as they are: the standardisation is folded in. */
  weight: Float64Array;
  /** [classes]; -Infinity for a class without a labelled image, which is never said. */
  bias: Float64Array;
  iterations: number;
  /** False where the iterations ran out first. */
  converged: boolean;
  /** [n, classes] probabilities of `features` [n, dim]; a row is all zeros where a feature is not a number. */
  predict(features: Float32Array): Float32Array;
}

/**
 * Fits the probe; null without a labelled image.
 * @param breathe awaited now and then between iterations; what it throws ends the fit
 */
export async function fitLinearProbe(
  input: LinearProbeInput,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<LinearProbe | null> {
  const { features, labels, dim, classes, l2 = 1e-3 } = input;
  const usable = (row: number) =>
    labels[row]! >= 0 && features.subarray(row * dim, (row + 1) * dim).every(Number.isFinite);
  const rows = Int32Array.from(labels.keys()).filter(usable);
  const known = [...new Set(Array.from(rows, (row) => labels[row]!))].sort((a, b) => a - b);
  if (known.length === 0) return null;

  let work = 0;
  const rest = async (multiplications: number) => {
    work += multiplications;
    if (work < WORK_PER_BREATH) return;
    work = 0;
    await breathe();
  };
  const { x, mean, scale } = standardised(features, rows, dim);
  // The penalty keeps the weights in the span of the images: with few of those, few numbers are sought.
  const basis = 2 * rows.length <= dim ? orthonormalRows(x, rows.length, dim) : null;
  const size = basis === null ? dim : basis.length / dim;
  const seen = basis === null ? x : productsOf(x, basis, rows.length, size, dim);
  const target = rows.map((row) => known.indexOf(labels[row]!));
  const problem = await logisticRegression(seen, target, size, known.length, l2, rest);
  const found = await minimise(problem, () => rest(2 * rows.length * size * known.length));

  const fitted = found.at.subarray(0, known.length * size);
  const inFull =
    basis === null ? fitted : productsOf(fitted, transposed(basis, size, dim), known.length, dim, size);
  const weight = new Float64Array(classes * dim);
  const bias = new Float64Array(classes).fill(Number.NEGATIVE_INFINITY);
  for (const [k, c] of known.entries()) {
    let offset = found.at[known.length * size + k]!;
    for (let d = 0; d < dim; d++) {
      const folded = inFull[k * dim + d]! * scale[d]!;
      weight[c * dim + d] = folded;
      offset -= folded * mean[d]!;
    }
    bias[c] = offset;
  }
  const { iterations, converged } = found;
  const predict = (asked: Float32Array) => probabilitiesOf(asked, weight, bias, dim, classes);
  return { dim, classes, weight, bias, iterations, converged, predict };
}

/** a·bᵀ for `a` [rows, dim] and `b` [columns, dim]. */
function productsOf(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  columns: number,
  dim: number,
): Float64Array {
  const products = new Float64Array(rows * columns);
  rowProducts(a, 0, rows, b, 0, columns, dim, products, columns);
  return products;
}

/** Labelled rows with mean 0 and deviation 1: x = (feature − mean)·scale; scale 0 where nothing varies. */
function standardised(features: Float32Array, rows: Int32Array, dim: number) {
  const n = rows.length;
  const mean = new Float64Array(dim);
  const scale = new Float64Array(dim);
  for (const row of rows) for (let d = 0; d < dim; d++) mean[d]! += features[row * dim + d]! / n;
  for (const row of rows) {
    for (let d = 0; d < dim; d++) scale[d]! += (features[row * dim + d]! - mean[d]!) ** 2 / n;
  }
  for (let d = 0; d < dim; d++) {
    const deviation = Math.sqrt(scale[d]!);
    scale[d] = deviation > SMALLEST_DEVIATION ? 1 / deviation : 0;
  }
  const x = new Float64Array(n * dim);
  for (const [i, row] of rows.entries()) {
    for (let d = 0; d < dim; d++) x[i * dim + d] = (features[row * dim + d]! - mean[d]!) * scale[d]!;
  }
  return { x, mean, scale };
}

/**
 * Value and gradient of mean cross-entropy + l2·‖W‖² at parameters [classes·dim weights, classes biases].
 * @param x [n, dim]; `target` [n] in [0, classes)
 */
async function logisticRegression(
  x: Float64Array,
  target: Int32Array,
  dim: number,
  classes: number,
  l2: number,
  rest: (multiplications: number) => Promise<void>,
): Promise<Objective> {
  const n = target.length;
  const columns = transposed(x, n, dim);
  const logits = new Float64Array(n * classes);
  /** [classes, n]: (probability − target) / n, class by class, so that the gradient is rows by rows as well. */
  const residuals = new Float64Array(classes * n);

  const evaluate = (at: Float64Array, gradient: Float64Array): number => {
    rowProducts(x, 0, n, at, 0, classes, dim, logits, classes);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const row = i * classes;
      let most = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) {
        logits[row + c]! += at[classes * dim + c]!;
        most = Math.max(most, logits[row + c]!);
      }
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += Math.exp(logits[row + c]! - most);
      const logSum = most + Math.log(sum);
      loss += (logSum - logits[row + target[i]!]!) / n;
      for (let c = 0; c < classes; c++) {
        const probability = Math.exp(logits[row + c]! - logSum);
        residuals[c * n + i] = (probability - (c === target[i] ? 1 : 0)) / n;
      }
    }
    rowProducts(residuals, 0, classes, columns, 0, dim, n, gradient, dim);
    for (let p = 0; p < classes * dim; p++) {
      loss += l2 * at[p]! * at[p]!;
      gradient[p]! += 2 * l2 * at[p]!;
    }
    for (let c = 0; c < classes; c++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += residuals[c * n + i]!;
      gradient[classes * dim + c] = sum;
    }
    return loss;
  };

  // No softmax curves more than ½: ½·XᵀX/n + 2·l2·I bounds the Hessian of a class's weights, ½ that of its bias,
  // and centred features keep the two apart.
  const bound = await gramMatrix(columns, dim, n, rest);
  for (let d = 0; d < dim; d++) {
    for (let e = 0; e <= d; e++) bound[d * dim + e]! /= 2 * n;
    bound[d * dim + d]! += 2 * l2 + 1e-9;
  }
  await choleskyFactor(bound, dim, () => rest(WORK_PER_BREATH));
  const precondition = (vector: Float64Array) => {
    for (let c = 0; c < classes; c++) {
      choleskySolve(bound, dim, vector.subarray(c * dim, (c + 1) * dim));
      vector[classes * dim + c]! *= 2;
    }
  };
  return { start: new Float64Array(classes * (dim + 1)), evaluate, precondition };
}

function probabilitiesOf(
  features: Float32Array,
  weight: Float64Array,
  bias: Float64Array,
  dim: number,
  classes: number,
): Float32Array {
  const n = features.length / dim;
  const logits = new Float64Array(n * classes);
  rowProducts(Float64Array.from(features), 0, n, weight, 0, classes, dim, logits, classes);
  const probabilities = new Float32Array(n * classes);
  for (let i = 0; i < n; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    for (let c = 0; c < classes; c++) row[c]! += bias[c]!;
    const most = row.reduce((a, b) => Math.max(a, b));
    if (!Number.isFinite(most)) continue;
    const sum = row.reduce((total, logit) => total + Math.exp(logit - most), 0);
    for (let c = 0; c < classes; c++) probabilities[i * classes + c] = Math.exp(row[c]! - most) / sum;
  }
  return probabilities;
}

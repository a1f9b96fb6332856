/**
 * Signs of collapse in features and in the teacher's outputs.
 *
 * Features: the spread of L2-normalised rows (Chen & He 2021, "Exploring simple Siamese representation
 * learning"), about 1/√d when healthy, 0 when all images look the same; and the effective rank (Roy & Vetterli
 * 2007) or RankMe (Garrido et al. 2023) of the feature matrix, not centred, as published.
 * Outputs: entropies in nats; cross-entropy = teacher entropy + KL divergence.
 */
import { symmetricEigenvalues } from './eigenvalues';
import { normalisedRows, rowProducts } from './rows';

/** RankMe adds this to every share, so that zero singular values need no special case. */
const RANKME_EPSILON = 1e-7;

/** Mean over dimensions of the population standard deviation of the L2-normalised rows of [n, dim]. */
export function featureStd(features: Float32Array, n: number, dim: number): number {
  const unit = normalisedRows(features, n, dim);
  const mean = new Float64Array(dim);
  for (let i = 0; i < unit.length; i++) mean[i % dim]! += unit[i]! / n;
  const variance = new Float64Array(dim);
  for (let i = 0; i < unit.length; i++) variance[i % dim]! += (unit[i]! - mean[i % dim]!) ** 2 / n;
  return variance.reduce((sum, value) => sum + Math.sqrt(value), 0) / dim;
}

/**
 * Singular values of [n, dim], descending, min(n, dim) of them, from the Gram matrix of the shorter side:
 * exact to about 1e-8 of the largest one.
 * @param maxRows looks at no more rows than this, evenly spread; the cost grows with the cube of the shorter
 * side (a second at 1000)
 */
export function singularValues(
  features: Float32Array,
  n: number,
  dim: number,
  maxRows = Number.POSITIVE_INFINITY,
): Float64Array {
  const rows = Math.min(n, maxRows);
  const byRow = new Float64Array(rows * dim);
  for (let i = 0; i < rows; i++) {
    const from = Math.floor((i * n) / rows) * dim;
    byRow.set(features.subarray(from, from + dim), i * dim);
  }
  const side = Math.min(rows, dim);
  const length = Math.max(rows, dim);
  const vectors = rows <= dim ? byRow : transposed(byRow, rows, dim);
  return symmetricEigenvalues(gram(vectors, side, length), side).map((value) =>
    Math.sqrt(Math.max(value, 0)),
  );
}

/** exp of the entropy of the normalised singular values: 1 (one direction) to their number; 0 for all zeros. */
export function effectiveRank(singular: Float64Array): number {
  return rankOf(singular, 0);
}

/** RankMe: the same with the published 1e-7 added to every share. */
export function rankMe(singular: Float64Array): number {
  return rankOf(singular, RANKME_EPSILON);
}

/** Entropy of a distribution in nats. Zeros count nothing. */
export function entropy(p: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) if (p[i]! > 0) sum -= p[i]! * Math.log(p[i]!);
  return sum;
}

export interface OutputMetrics {
  /** [n] entropy of each teacher distribution. */
  teacherEntropy: Float32Array;
  /** [n] KL(teacher ‖ student). */
  kl: Float32Array;
  /** [n] their sum, DINO's loss of the row. */
  crossEntropy: Float32Array;
  /** Entropy of the teacher's mean distribution: low when all rows use the same few outputs. */
  meanTeacherEntropy: number;
}

/**
 * Compares teacher and student row by row.
 * @param teacher [n, outDim] raw outputs
 * @param student [n, outDim] raw outputs
 * @param center [outDim], subtracted from the teacher's outputs before its temperature
 */
export function outputMetrics(
  teacher: Float32Array,
  student: Float32Array,
  center: Float32Array,
  temperatures: { teacher: number; student: number },
): OutputMetrics {
  const outDim = center.length;
  const n = teacher.length / outDim;
  const metrics: OutputMetrics = {
    teacherEntropy: new Float32Array(n),
    kl: new Float32Array(n),
    crossEntropy: new Float32Array(n),
    meanTeacherEntropy: 0,
  };
  const mean = new Float64Array(outDim);
  for (let row = 0; row < n; row++) {
    const start = row * outDim;
    const logQ = logSoftmax(outDim, (j) => (teacher[start + j]! - center[j]!) / temperatures.teacher);
    const logP = logSoftmax(outDim, (j) => student[start + j]! / temperatures.student);
    let own = 0;
    let cross = 0;
    for (let j = 0; j < outDim; j++) {
      const q = Math.exp(logQ[j]!);
      own -= q * logQ[j]!;
      cross -= q * logP[j]!;
      mean[j]! += q / n;
    }
    metrics.teacherEntropy[row] = own;
    metrics.crossEntropy[row] = cross;
    metrics.kl[row] = cross - own;
  }
  metrics.meanTeacherEntropy = entropy(mean);
  return metrics;
}

function rankOf(singular: Float64Array, epsilon: number): number {
  const sum = singular.reduce((total, value) => total + value, 0);
  return sum === 0 ? 0 : Math.exp(entropy(singular.map((value) => value / sum + epsilon)));
}

function logSoftmax(count: number, logit: (j: number) => number): Float64Array {
  const values = Float64Array.from({ length: count }, (_, j) => logit(j));
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const log = most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
  return values.map((value) => value - log);
}

/** Lower triangle of the Gram matrix of `side` vectors [side, length]. */
function gram(vectors: Float64Array, side: number, length: number): Float64Array {
  const block = 32;
  const products = new Float64Array(side * side);
  for (let i = 0; i < side; i += block) {
    for (let j = 0; j <= i; j += block) {
      const out = products.subarray(i * side + j);
      rowProducts(
        vectors,
        i,
        Math.min(i + block, side),
        vectors,
        j,
        Math.min(j + block, side),
        length,
        out,
        side,
      );
    }
  }
  return products;
}

function transposed(matrix: Float64Array, rows: number, cols: number): Float64Array {
  const turned = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) turned[j * rows + i] = matrix[i * cols + j]!;
  }
  return turned;
}

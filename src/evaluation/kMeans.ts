/**
 * k-means by Lloyd's iteration, started as k-means++ starts it (Arthur & Vassilvitskii 2007, "k-means++: the
 * advantages of careful seeding"): each first centre is a row, drawn with a chance that grows with the square of
 * its distance to the centres so far. Everything random comes from the seed.
 */
import { randomStream } from '../platform/random';
import { rowProducts } from './rows';

const MOST_ITERATIONS = 50;
/** Rows held against all centres at once. */
const BLOCK = 32;
/** Squared distance below which two rows count as the same. */
const SAME = 1e-12;

export interface Clusters {
  /** Clusters made: k, or fewer where there are fewer different rows. */
  k: number;
  /** [k, dim] means of the clusters. */
  centres: Float64Array;
  /** [n] cluster of each row. */
  cluster: Int32Array;
  /** [n] squared distance of each row to its centre. */
  distance: Float64Array;
}

/**
 * Clusters the rows of `x` [n, dim], all finite.
 * @param breathe awaited after every iteration; what it throws ends the search
 */
export async function kMeans(
  x: Float64Array,
  dim: number,
  k: number,
  seed: number,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<Clusters> {
  const n = x.length / dim;
  const squares = squaredLengths(x, dim);
  const centres = firstCentres(x, squares, dim, Math.min(k, n), seed);
  const made = centres.length / dim;
  const cluster = new Int32Array(n).fill(-1);
  const distance = new Float64Array(n);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    if (!assign(x, squares, centres, dim, cluster, distance)) break;
    moveToMeans(x, dim, cluster, centres);
    await breathe();
  }
  return { k: made, centres, cluster, distance };
}

/** k-means++; ends early when every row is a centre already. */
function firstCentres(
  x: Float64Array,
  squares: Float64Array,
  dim: number,
  k: number,
  seed: number,
): Float64Array {
  const n = squares.length;
  const random = randomStream(seed, 'k-means');
  const centres = new Float64Array(k * dim);
  const distance = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const products = new Float64Array(n);
  let made = 0;
  let next = n === 0 ? -1 : random.integer(n);
  while (made < k && next >= 0) {
    const centre = x.subarray(next * dim, (next + 1) * dim);
    centres.set(centre, made * dim);
    made++;
    rowProducts(x, 0, n, centre, 0, 1, dim, products, 1);
    let total = 0;
    for (let i = 0; i < n; i++) {
      const to = Math.max(0, squares[i]! + squares[next]! - 2 * products[i]!);
      distance[i] = to < SAME ? 0 : Math.min(distance[i]!, to);
      total += distance[i]!;
    }
    next = drawn(distance, random.uniform() * total);
  }
  return centres.slice(0, made * dim);
}

/** The row at which the running sum of weights passes `mark`, -1 when all weights are zero. */
function drawn(weights: Float64Array, mark: number): number {
  let sum = 0;
  let last = -1;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    sum += weights[i]!;
    if (sum > mark) return i;
  }
  return last;
}

/** Puts every row into the cluster of its nearest centre, the first of equals; whether any row moved. */
function assign(
  x: Float64Array,
  squares: Float64Array,
  centres: Float64Array,
  dim: number,
  cluster: Int32Array,
  distance: Float64Array,
): boolean {
  const n = squares.length;
  const k = centres.length / dim;
  const centreSquares = squaredLengths(centres, dim);
  const products = new Float64Array(BLOCK * k);
  let moved = false;
  for (let first = 0; first < n; first += BLOCK) {
    const last = Math.min(first + BLOCK, n);
    rowProducts(x, first, last, centres, 0, k, dim, products, k);
    for (let i = first; i < last; i++) {
      let nearest = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let c = 0; c < k; c++) {
        const to = centreSquares[c]! - 2 * products[(i - first) * k + c]!;
        if (to < least) {
          least = to;
          nearest = c;
        }
      }
      distance[i] = Math.max(0, least + squares[i]!);
      moved ||= cluster[i] !== nearest;
      cluster[i] = nearest;
    }
  }
  return moved;
}

/** A cluster that lost all its rows keeps its centre. */
function moveToMeans(x: Float64Array, dim: number, cluster: Int32Array, centres: Float64Array): void {
  const k = centres.length / dim;
  const counts = new Int32Array(k);
  const sums = new Float64Array(centres.length);
  for (const [i, c] of cluster.entries()) {
    counts[c]!++;
    for (let d = 0; d < dim; d++) sums[c * dim + d]! += x[i * dim + d]!;
  }
  for (let c = 0; c < k; c++) {
    if (counts[c] === 0) continue;
    for (let d = 0; d < dim; d++) centres[c * dim + d] = sums[c * dim + d]! / counts[c]!;
  }
}

function squaredLengths(x: Float64Array, dim: number): Float64Array {
  const lengths = new Float64Array(x.length / dim);
  for (let i = 0; i < lengths.length; i++) {
    for (let d = 0; d < dim; d++) lengths[i]! += x[i * dim + d]! ** 2;
  }
  return lengths;
}

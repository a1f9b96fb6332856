/**
 * Weighted k-nearest-neighbour classification on frozen features, as in the official `eval_knn.py`
 * (`knn_classifier`): cosine similarity, the k nearest train images, each voting exp(similarity / T) for its
 * class. Their chunking by n_test // 100, which fails below 100 test images, is not copied.
 *
 * Ties are decided, not left to chance: of equally similar images the earlier one is nearer, of classes with
 * equal votes the lower one wins.
 */
import { normalisedRows, rowProducts, takeRows } from './rows';

/** The temperature of the votes in the official evaluation. */
const KNN_TEMPERATURE = 0.07;

export interface Neighbours {
  /** Neighbours kept for each image: k, or fewer when there are not so many. */
  k: number;
  /** [n, k] rows of the train set, nearest first; -1 where there is none. */
  indices: Int32Array;
  /** [n, k] cosine similarities, descending; -Infinity where there is none. */
  similarity: Float32Array;
}

export interface KnnInput {
  /** [nTrain, dim]; normalised here. */
  train: Float32Array;
  /** [nTrain] classes; images with -1 (unlabelled) cannot vote. */
  trainLabels: Int32Array;
  /** [nTest, dim] */
  test: Float32Array;
  dim: number;
  classes: number;
  k: number;
  temperature?: number;
}

export interface KnnResult {
  /** [nTest] class with most votes, -1 where nobody could vote. */
  pred: Int32Array;
  /** [nTest, classes] summed votes, not normalised. */
  votes: Float32Array;
  /** [nTest, k] similarities of the neighbours, descending. */
  similarity: Float32Array;
}

/** Classifies the rows of `test` by the weighted votes of their k nearest rows of `train`. */
export function knnClassify(input: KnnInput): KnnResult {
  const voters = labelledRows(input.trainLabels);
  const neighbours = nearestNeighbours(
    takeRows(input.train, input.dim, voters),
    input.test,
    input.dim,
    input.k,
  );
  const labels = voters.map((row) => input.trainLabels[row]!);
  const { classes, k, temperature } = input;
  return { ...vote(neighbours, labels, classes, k, temperature), similarity: neighbours.similarity };
}

/**
 * Top-1 accuracy in percent for several k at the cost of one neighbour search; null where there is nothing to
 * score. Test images with label -1 are left out.
 */
export function knnAccuracies(
  input: Omit<KnnInput, 'k'> & { testLabels: Int32Array; ks: readonly number[] },
): (number | null)[] {
  const { trainLabels, testLabels, dim, classes, temperature, ks } = input;
  const voters = labelledRows(trainLabels);
  const asked = labelledRows(testLabels);
  const labels = voters.map((row) => trainLabels[row]!);
  const truth = asked.map((row) => testLabels[row]!);
  const train = takeRows(input.train, dim, voters);
  const test = takeRows(input.test, dim, asked);
  const neighbours = nearestNeighbours(train, test, dim, Math.max(...ks));
  return ks.map((k) => top1(vote(neighbours, labels, classes, k, temperature).pred, truth));
}

/**
 * Leave-one-out k-NN: every labelled image is classified by all the others. Top-1 accuracy in percent, null
 * with fewer than two labelled images.
 */
export function leaveOneOutKnn(input: {
  features: Float32Array;
  labels: Int32Array;
  dim: number;
  classes: number;
  k: number;
  temperature?: number;
}): number | null {
  const rows = labelledRows(input.labels);
  if (rows.length < 2) return null;
  const features = takeRows(input.features, input.dim, rows);
  const labels = rows.map((row) => input.labels[row]!);
  const neighbours = nearestNeighbours(features, features, input.dim, input.k, true);
  return top1(vote(neighbours, labels, input.classes, input.k, input.temperature).pred, labels);
}

/** Share of right predictions in percent, over images with a label; null when there are none. */
export function top1(pred: ArrayLike<number>, labels: ArrayLike<number>): number | null {
  let right = 0;
  let scored = 0;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i]! < 0) continue;
    scored++;
    if (pred[i] === labels[i]) right++;
  }
  return scored === 0 ? null : (100 * right) / scored;
}

/** Rows of `test` [., dim] handled at once, and rows of `train` each of these blocks is held against. */
const TEST_BLOCK = 32;
const TRAIN_BLOCK = 64;

/**
 * The k most similar rows of `train` [nTrain, dim] for each row of `test` [nTest, dim], by cosine.
 * With `leaveOut`, row i of test is row i of train and is not its own neighbour.
 */
export function nearestNeighbours(
  train: Float32Array,
  test: Float32Array,
  dim: number,
  k: number,
  leaveOut = false,
): Neighbours {
  const nTrain = train.length / dim;
  const nTest = test.length / dim;
  const kept = Math.max(0, Math.min(k, nTrain - (leaveOut ? 1 : 0)));
  const indices = new Int32Array(nTest * kept).fill(-1);
  const similarity = new Float32Array(nTest * kept).fill(Number.NEGATIVE_INFINITY);
  if (kept === 0) return { k: kept, indices, similarity };

  const a = normalisedRows(test, nTest, dim);
  const b = train === test ? a : normalisedRows(train, nTrain, dim);
  const products = new Float64Array(TEST_BLOCK * TRAIN_BLOCK);
  for (let i0 = 0; i0 < nTest; i0 += TEST_BLOCK) {
    const i1 = Math.min(i0 + TEST_BLOCK, nTest);
    for (let j0 = 0; j0 < nTrain; j0 += TRAIN_BLOCK) {
      const j1 = Math.min(j0 + TRAIN_BLOCK, nTrain);
      rowProducts(a, i0, i1, b, j0, j1, dim, products, TRAIN_BLOCK);
      for (let i = i0; i < i1; i++) {
        const row = i * kept;
        for (let j = j0; j < j1; j++) {
          const cosine = Math.fround(products[(i - i0) * TRAIN_BLOCK + j - j0]!);
          // Strictly nearer only, so that the earlier of two equals stays first; NaN is never nearer.
          if (!(cosine > similarity[row + kept - 1]!) || (leaveOut && i === j)) continue;
          let place = row + kept - 1;
          while (place > row && cosine > similarity[place - 1]!) {
            similarity[place] = similarity[place - 1]!;
            indices[place] = indices[place - 1]!;
            place--;
          }
          similarity[place] = cosine;
          indices[place] = j;
        }
      }
    }
  }
  return { k: kept, indices, similarity };
}

/** Votes of the first k of the neighbours found; `labels` [nTrain] must all be in [0, classes). */
function vote(
  neighbours: Neighbours,
  labels: Int32Array,
  classes: number,
  k: number,
  temperature = KNN_TEMPERATURE,
): Pick<KnnResult, 'pred' | 'votes'> {
  const { indices, similarity } = neighbours;
  const n = neighbours.k === 0 ? 0 : indices.length / neighbours.k;
  const votes = new Float32Array(n * classes);
  const pred = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < Math.min(k, neighbours.k); j++) {
      const neighbour = indices[i * neighbours.k + j]!;
      if (neighbour < 0) continue;
      votes[i * classes + labels[neighbour]!]! += Math.exp(similarity[i * neighbours.k + j]! / temperature);
    }
    let most = 0;
    for (let c = 0; c < classes; c++) {
      if (votes[i * classes + c]! > most) {
        most = votes[i * classes + c]!;
        pred[i] = c;
      }
    }
  }
  return { pred, votes };
}

function labelledRows(labels: Int32Array): Int32Array {
  return Int32Array.from(labels.keys()).filter((row) => labels[row]! >= 0);
}

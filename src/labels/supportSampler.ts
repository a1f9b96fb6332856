/**
 * The support batches of PAWS (Assran et al. 2021), class-balanced as in the official `ClassStratifiedSampler`:
 * a random order of the classes is walked in slices of `classesPerBatch`, each slice one step; one walk is an
 * inner epoch, after which classes and pictures are shuffled anew. The order is a function of (seed, inner epoch,
 * class), so any step can be asked for at any time, and a label that changes disturbs its own class only.
 *
 * Beyond the official sampler, which stops there: a class with fewer labels than asked repeats them, one
 * permutation after the other; and where the slices do not come out even, the classes left over sit that inner
 * epoch out, others each time.
 */
import { PawsaurError } from '../platform/errors';
import { randomStream } from '../platform/random';

/** What support batches are drawn from. */
export interface SupportRequest {
  /** [count] class given to each picture; −1 = none. */
  given: Int32Array;
  /** Pictures that may be trained on; labels on others are not used. */
  trainIndices: ArrayLike<number>;
  /** Classes of the data set. Those without a labelled training picture are left out. */
  classes: number;
  /** Classes in one batch; 0 = all that have labels. */
  classesPerBatch: number;
  imagesPerClass: number;
  seed: number;
}

/** The support of one step. */
export interface SupportBatch {
  /** [imagesPerClass × classesPerBatch] pictures, interleaved: row r is of class `classes[r % classesPerBatch]`. */
  indices: Int32Array;
  /** [classesPerBatch] the classes of this batch as numbers of the data set; a position here is a label's column. */
  classes: Int32Array;
}

/** The support batches of a run. */
export interface SupportSampler {
  /** Classes with labels, in order. */
  readonly labelledClasses: Int32Array;
  /** Classes in one batch, never 0. */
  readonly classesPerBatch: number;
  /** Pictures in one batch. */
  readonly rows: number;
  /** Batches in one walk through the classes. */
  readonly batchesPerEpoch: number;
  /** The support of step 0, 1, 2 …; the same step always gives the same. */
  batchAt(step: number): SupportBatch;
}

/**
 * Support batches from the labels given. Throws 'labels/none' when no training picture has a label, and
 * 'labels/classes-per-batch' when a batch wants more classes than have labels.
 */
export function createSupportSampler(request: SupportRequest): SupportSampler {
  const { imagesPerClass, seed } = request;
  const members = membersOf(request);
  const labelledClasses = Int32Array.from(members.keys()).sort();
  const labelled = labelledClasses.length;
  const classesPerBatch = request.classesPerBatch || labelled;
  if (labelled === 0) {
    throw new PawsaurError(
      'labels/none',
      'No training picture has a label.',
      'Label a few pictures of every class.',
    );
  }
  if (classesPerBatch > labelled) {
    throw new PawsaurError(
      'labels/classes-per-batch',
      `A support batch of ${classesPerBatch} classes cannot be drawn: only ${labelled} have labels.`,
      `Set classes_per_batch to at most ${labelled}, or to 0 for all.`,
    );
  }
  const batchesPerEpoch = Math.floor(labelled / classesPerBatch);
  const rows = imagesPerClass * classesPerBatch;

  return {
    labelledClasses,
    classesPerBatch,
    rows,
    batchesPerEpoch,
    batchAt(step) {
      const epoch = Math.floor(step / batchesPerEpoch);
      const start = (step % batchesPerEpoch) * classesPerBatch;
      const order = randomStream(seed, `support/classes/${epoch}`).shuffle(labelledClasses.slice());
      const classes = order.slice(start, start + classesPerBatch);
      const indices = new Int32Array(rows);
      classes.forEach((label, c) => {
        const rng = randomStream(seed, `support/${epoch}/${label}`);
        const images = members.get(label)!;
        let permuted = images;
        for (let image = 0; image < imagesPerClass; image++) {
          const position = image % images.length;
          if (position === 0) permuted = rng.shuffle(images.slice());
          indices[image * classesPerBatch + c] = permuted[position]!;
        }
      });
      return { indices, classes };
    },
  };
}

/** The labelled training pictures of every class that has some. */
function membersOf({ given, trainIndices, classes }: SupportRequest): Map<number, Int32Array> {
  const lists = Array.from({ length: classes }, (): number[] => []);
  for (let i = 0; i < trainIndices.length; i++) lists[given[trainIndices[i]!]!]?.push(trainIndices[i]!);
  return new Map(
    lists.flatMap((list, label) => (list.length > 0 ? [[label, Int32Array.from(list)] as const] : [])),
  );
}

/**
 * Batches of labelled pictures, as many of every class as of the others, step by step. They follow labels that
 * change while the run goes on; a batch always has the same number of pictures, so that a captured step stays.
 */
import { createSupportSampler, type SupportSampler } from '../labels';
import type { TrainingImages } from './method';

/** The labelled pictures of one step. */
export interface LabelledBatch {
  /** [rows] pictures; where there are fewer labels, they come again. */
  indices: Int32Array;
  /** [rows] the class given to each. */
  classes: Int32Array;
}

export class LabelledBatches {
  private given: Int32Array | null = null;
  private sampler: SupportSampler | null = null;

  constructor(
    private readonly images: Pick<TrainingImages, 'trainIndices' | 'labels'>,
    private readonly rows: number,
    private readonly seed: number,
  ) {}

  /**
   * The batch of step 0, 1, 2 …, from the labels as they are now; where there are fewer rows than classes, other
   * classes each time. Labels that are all gone leave the batches as they were.
   * @throws PawsaurError 'labels/none' where no training picture ever had a label
   */
  at(step: number): LabelledBatch {
    const sampler = this.follow();
    const { indices, classes } = sampler.batchAt(step);
    return {
      indices: indices.slice(0, this.rows),
      classes: Int32Array.from({ length: this.rows }, (_, row) => classes[row % classes.length] as number),
    };
  }

  /** Training pictures that have a label now. */
  labelled(): Int32Array {
    const { trainIndices, labels } = this.images;
    return trainIndices.filter((index) => (labels.given[index] as number) >= 0);
  }

  /** The sampler of the labels as they are now. */
  private follow(): SupportSampler {
    const { trainIndices, labels } = this.images;
    const { given, classes } = labels;
    if (this.sampler && given === this.given) return this.sampler;
    const labelled = new Set(this.labelled().map((index) => given[index] as number));
    if (!this.sampler || labelled.size > 0) {
      this.sampler = createSupportSampler({
        ...{ given, trainIndices, classes, seed: this.seed, classesPerBatch: 0 },
        imagesPerClass: Math.ceil(this.rows / labelled.size),
      });
    }
    this.given = given;
    return this.sampler;
  }
}

/**
 * The support of a PAWS run step by step: which labelled pictures vote, and what for. It follows labels that change
 * while the run goes on, though the shapes of a captured step stay: a step always has the same number of pictures
 * and of columns.
 */
import { createSupportSampler, noClass, type SupportSampler } from '../../labels';
import type { Recipe } from '../../recipe';
import type { TrainingImages } from '../method';
import { cyclingColumns } from './labelsMatrix';

/** The pictures that vote in one step. */
export interface Support {
  /** [rows] pictures; a class with few labels repeats them. */
  indices: Int32Array;
  /** [rows] the column each votes for. */
  columns: Int32Array;
  /** The class of each column in use, as numbers of the data set. */
  classes: Int32Array;
}

type SupportImages = Pick<TrainingImages, 'trainIndices' | 'labels'>;

/** How many classes have a labelled training picture. */
function labelledClasses({ trainIndices, labels }: SupportImages): number {
  const seen = new Set<number>();
  for (const index of trainIndices) seen.add(labels.given[index] ?? noClass);
  seen.delete(noClass);
  return seen.size;
}

export class LiveSupport {
  /** Columns of every step: the classes per batch, of those that had labels at the start. */
  readonly width: number;
  /** Pictures of every step. */
  readonly rows: number;
  private given: Int32Array | null = null;
  private sampler: SupportSampler | null = null;

  constructor(
    private readonly recipe: Recipe,
    private readonly images: SupportImages,
  ) {
    // A run without labels can still be planned; its first step says what is missing.
    const labelled = labelledClasses(images) || images.labels.classes;
    this.width = Math.max(1, Math.min(recipe.classes_per_batch || labelled, labelled));
    this.rows = this.width * recipe.supervised_imgs_per_class;
  }

  /**
   * The support of step 0, 1, 2 …, from the labels as they are now. Where fewer classes have labels than there are
   * columns, theirs fill all rows. When the last label goes, the support stays as it was.
   * @throws PawsaurError 'labels/none' where no training picture ever had a label
   */
  at(step: number): Support {
    const { classesPerBatch, batchAt } = this.current();
    const { indices, classes } = batchAt(step);
    return {
      indices: indices.slice(0, this.rows),
      columns: cyclingColumns(this.rows, classesPerBatch),
      classes,
    };
  }

  /** The sampler of the labels as they are now. */
  private current(): SupportSampler {
    const { trainIndices, labels } = this.images;
    if (this.sampler && labels.given === this.given) return this.sampler;
    this.given = labels.given;
    const labelled = labelledClasses(this.images);
    if (this.sampler && labelled === 0) return this.sampler;
    const classesPerBatch = Math.min(this.width, labelled);
    this.sampler = createSupportSampler({
      given: labels.given,
      trainIndices,
      classes: labels.classes,
      classesPerBatch,
      imagesPerClass: Math.ceil(this.rows / Math.max(1, classesPerBatch)),
      seed: this.recipe.seed,
    });
    return this.sampler;
  }
}

/** The one data set of a session: loading it, giving up a load that is overtaken, and pictures from it. */

import { type ImageDataset, summary, trainIndices } from '../dataset';
import { createLabelling, effectiveTruth, type Labelling, withGiven } from '../labels';
import { PawsaurError } from '../platform/errors';
import type { DataBaselines } from './baselines';
import { chooseProbes, thumbnailPictures } from './pictures';
import type { Command, DatasetSummary, PictureList, Thumbnails } from './protocol';

/** A data set with what follows from it alone. Never changed: other labels make another. */
export interface ShelvedData {
  dataset: ImageDataset;
  /** Who knows what about the pictures; `given` is by hand. */
  labelling: Labelling;
  /** [trainCount] pictures that may be trained on. */
  trainIndices: Int32Array;
  summary: DatasetSummary;
  probes: Int32Array;
  /** Scores of pixels, histograms and simple masks by `eval_images`, once they are known. */
  baselines: Map<number, DataBaselines>;
  /** Best held-out accuracy that supervised training made of given labels, percent, by `labelsKey`. */
  supervised: Map<string, number>;
}

/** Labels as they come from the page. */
export type GivenLabels = Pick<
  Extract<Command, { type: 'setLabels' }>,
  'generation' | 'classNames' | 'given' | 'truth'
>;

export class DataShelf {
  #data: ShelvedData | null = null;
  #generation = 0;
  #abort = new AbortController();

  /** The data set that is there. @throws PawsaurError 'session/no-data' */
  get data(): ShelvedData {
    if (this.#data !== null) return this.#data;
    throw new PawsaurError(
      'session/no-data',
      'There are no pictures yet.',
      'Choose a built-in set or drop a folder.',
    );
  }

  /**
   * Opens a data set; the one before stays until the new one is put in its place with `put`.
   * @throws an abort when another load or `cancel` overtakes it
   */
  async load(open: (signal: AbortSignal) => Promise<ImageDataset>): Promise<ImageDataset> {
    this.cancel();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const dataset = await open(signal);
    if (signal.aborted) closeStores(dataset);
    signal.throwIfAborted();
    return dataset;
  }

  /** Gives up a load under way. */
  cancel(): void {
    this.#abort.abort();
  }

  /** Puts a data set in the place of the one before, whose stores are closed: nobody may use that one any more. */
  put(dataset: ImageDataset): ShelvedData {
    this.close();
    const probes = chooseProbes(dataset);
    const generation = ++this.#generation;
    this.#data = {
      dataset,
      labelling: labellingOf(dataset),
      trainIndices: trainIndices(dataset),
      probes,
      summary: { ...summary(dataset), generation, probes: [...probes] },
      baselines: new Map(),
      supervised: new Map(),
    };
    return this.#data;
  }

  /** Lets go of the files of the data set that is there. */
  close(): void {
    if (this.#data !== null) closeStores(this.#data.dataset);
    this.#data = null;
  }

  /** @throws PawsaurError 'session/overtaken' when other pictures have taken the place of these */
  requireCurrent({ summary }: ShelvedData): void {
    if (this.#data?.summary.generation === summary.generation) return;
    throw new PawsaurError('session/overtaken', 'Other pictures came first, so this was dropped.');
  }

  /**
   * Other labels, and perhaps other classes, for the pictures that are there.
   * @throws PawsaurError 'session/stale' when they are for other pictures, or 'labels/…'
   */
  relabel(given: GivenLabels): ShelvedData {
    const before = this.data;
    const { count } = before.dataset;
    const { generation, classNames, truth } = given;
    if (generation !== before.summary.generation || truth.length !== count || given.given.length !== count) {
      throw new PawsaurError('session/stale', 'These labels are for other pictures, so nothing was changed.');
    }
    const labelling = withGiven(createLabelling(classNames, truth), given.given);
    const labels = effectiveTruth(labelling);
    const dataset = { ...before.dataset, classNames: [...classNames], labels };
    const known =
      sameArrays(labels, before.dataset.labels) && sameArrays(classNames, before.dataset.classNames);
    const { probes } = before;
    this.#data = {
      ...before,
      dataset,
      labelling,
      summary: { ...summary(dataset), generation, probes: [...probes] },
      baselines: known ? before.baselines : new Map(),
      supervised: known ? before.supervised : new Map(),
    };
    return this.#data;
  }

  /** Every picture, for the labelling surface. */
  list(): PictureList {
    const { dataset, labelling, summary } = this.data;
    return {
      generation: summary.generation,
      classNames: [...labelling.classNames],
      names: [...dataset.names],
      truth: labelling.truth.slice(),
      given: labelling.given.slice(),
      heldOut: dataset.heldOut.slice(),
      rows: dataset.rows.slice(),
    };
  }

  thumbnails(indices: number[], size: number): Thumbnails {
    const { dataset, summary } = this.data;
    const pixels = thumbnailPictures(dataset, indices, size);
    return { generation: summary.generation, indices, size, pixels };
  }
}

/** The classes of the pictures, with the labels that came with them. */
function labellingOf({ classNames, labels, given }: ImageDataset): Labelling {
  const labelling = createLabelling(classNames, labels);
  return given ? withGiven(labelling, given) : labelling;
}

function closeStores({ pixels, masks }: ImageDataset): void {
  pixels.close();
  masks?.close();
}

/** Whether two columns are the same, entry by entry. */
export function sameArrays<T>(a: ArrayLike<T>, b: ArrayLike<T>): boolean {
  return a.length === b.length && Array.prototype.every.call(a, (value, i) => value === b[i]);
}

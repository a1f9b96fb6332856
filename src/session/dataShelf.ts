/** The one data set of a session: loading it, giving up a load that is overtaken, and pictures from it. */

import { type ImageDataset, summary } from '../dataset';
import { PawsaurError } from '../platform/errors';
import type { DataBaselines } from './baselines';
import { chooseProbes, thumbnailPictures } from './pictures';
import type { DatasetSummary, Thumbnails } from './protocol';

/** A data set with what follows from it alone. */
export interface ShelvedData {
  dataset: ImageDataset;
  summary: DatasetSummary;
  probes: Int32Array;
  /** Scores of pixels, histograms and simple masks by `eval_images`, once they are known. */
  baselines: Map<number, DataBaselines>;
}

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
    signal.throwIfAborted();
    return dataset;
  }

  /** Gives up a load under way. */
  cancel(): void {
    this.#abort.abort();
  }

  put(dataset: ImageDataset): ShelvedData {
    const probes = chooseProbes(dataset);
    const generation = ++this.#generation;
    this.#data = {
      dataset,
      probes,
      summary: { ...summary(dataset), generation, probes: [...probes] },
      baselines: new Map(),
    };
    return this.#data;
  }

  thumbnails(indices: number[], size: number): Thumbnails {
    const { dataset, summary } = this.data;
    const pixels = thumbnailPictures(dataset, indices, size);
    return { generation: summary.generation, indices, size, pixels };
  }
}

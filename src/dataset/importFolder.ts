/** Imports a folder and keeps it in memory, ready for training. */
import type { FolderFile } from '../platform/files';
import type { ImageDecoder } from '../platform/imageDecoder';
import { datasetFromIndex } from './fromIndex';
import type { ImageDataset } from './imageDataset';
import { importPictures } from './importing/importPictures';
import { memorySink } from './importing/pictureSink';
import { localReader } from './reading/localReader';

/** How to import. */
export interface ImportOptions {
  decoder: ImageDecoder;
  /** See `importPictures`. */
  name?: string;
  /** `data_seed` of the recipe: draws the held-out pictures; default 0. */
  seed?: number;
  /** Called after every file. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** @throws PawsaurError as `importPictures` does */
export async function importFolder(
  files: Iterable<FolderFile>,
  { decoder, name, seed = 0, onProgress, signal }: ImportOptions,
): Promise<ImageDataset> {
  const sink = memorySink();
  const set = await importPictures(files, {
    reader: localReader(decoder),
    sink,
    name,
    signal,
    onProgress: ({ stage, done, total }) => {
      if (stage === 'reading') onProgress?.(done, total);
    },
  });
  return datasetFromIndex({ id: null, revision: 0, ...set, ...sink.stores(set.index) }, seed);
}

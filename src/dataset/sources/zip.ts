/**
 * ZIP archives (APPNOTE.TXT 6.3), read in ranges: the directory first, by zip.js, and every entry by itself when it is
 * wanted. What an entry may be and how large is decided here.
 */
import { type FileEntry, ZipReader } from '@zip.js/zip.js/lib/zip-core-reader.js';
import {
  type ArchiveEntry,
  type EntryProblem,
  largerThan,
  type OpenedArchive,
  type OpenOptions,
  takeTurns,
  tooManyEntries,
} from './archive';
import { sizeText } from './limits';
import { readRange } from './records';
import { SourceError } from './source';
import { collectBlob } from './unpack';
import { deflated, stored, unpackEntry } from './zipEntry';

/** A directory beyond this is no directory of `limits.entries` files, whatever the archive says. */
const mostDirectoryBytes = 128 * 2 ** 20;
/** Entries are listed in turns of so many, between which others can work. */
const listedAtOnce = 1000;

const readerOptions = {
  // Names are judged here, one by one.
  filenameValidation: 'tolerant',
  // Code page 437 has pictures for control characters; a name in plain ASCII stays as it is.
  decodeText: (raw: Uint8Array, encoding: string) =>
    encoding === 'cp437' && raw.every((byte) => byte < 0x80) ? new TextDecoder().decode(raw) : undefined,
} as const;

/**
 * Lists the files of a ZIP. Throws `SourceError`: 'damaged', 'encrypted' (all of it), 'limit' (too many entries),
 * 'unreadable'; an abort as it comes.
 */
export async function openZip(archive: Blob, options: OpenOptions): Promise<OpenedArchive> {
  const { limits, signal, onProgress } = options;
  const files: FileEntry[] = [];
  let listed = 0;
  try {
    for await (const entry of new ZipReader(rangesOf(archive), readerOptions).getEntriesGenerator()) {
      listed++;
      if (listed > limits.entries) throw tooManyEntries(limits);
      if (!entry.directory) files.push(entry);
      if (listed % listedAtOnce === 0) {
        await takeTurns(signal);
        onProgress?.(listed);
      }
    }
  } catch (cause) {
    throw asSourceError(cause, signal);
  }
  if (files.length > 0 && files.every(({ encrypted }) => encrypted)) {
    throw new SourceError('encrypted', 'it is protected by a password');
  }
  const packed = files.reduce((sum, { compressedSize }) => sum + compressedSize, 0);
  if (packed > archive.size) throw new SourceError('damaged', 'its files lie on top of each other');
  return { entries: files.map((file) => entryOf(archive, file, options)), broken: null };
}

function entryOf(archive: Blob, file: FileEntry, options: OpenOptions): ArchiveEntry {
  const { limits, unpacked, signal } = options;
  const { filename, uncompressedSize: size } = file;
  const problem = unreadable(file) ?? tooMuch(file, options);
  if (problem === null) unpacked.bytes += size;
  return {
    path: filename,
    size,
    problem,
    bytes: async () => {
      if (size > limits.entryBytes) throw largerThan(limits.entryBytes);
      const content = new Uint8Array(size);
      await unpackEntry(archive, file, (chunk, at) => content.set(chunk, at), signal);
      return content;
    },
    binary: async () => {
      const content = collectBlob();
      await unpackEntry(archive, file, content.add, signal);
      return content.finish();
    },
  };
}

/** What about an entry rules it out, whatever its size. */
function unreadable({ symlink, encrypted, compressionMethod }: FileEntry): EntryProblem | null {
  if (symlink) return { reason: 'link', detail: 'a link to another file' };
  if (encrypted) return { reason: 'encrypted', detail: 'protected by a password' };
  if (compressionMethod !== stored && compressionMethod !== deflated) {
    return {
      reason: 'unsupported-compression',
      detail: `packed by a method that is not supported (${methodName(compressionMethod)})`,
    };
  }
  return null;
}

/** Whether the declared sizes are beyond the limits. */
function tooMuch(
  { uncompressedSize, compressedSize }: FileEntry,
  { limits, unpacked }: OpenOptions,
): EntryProblem | null {
  if (uncompressedSize > limits.binaryBytes) return largerThan(limits.binaryBytes);
  if (uncompressedSize > limits.ratioFrom && uncompressedSize > limits.ratio * compressedSize) {
    return {
      reason: 'too-large',
      detail: `unpacks to ${sizeText(uncompressedSize)}, more than ${limits.ratio} times its packed size`,
    };
  }
  if (unpacked.bytes + uncompressedSize > limits.totalBytes) {
    return { reason: 'limit', detail: `beyond ${sizeText(limits.totalBytes)} of unpacked files` };
  }
  return null;
}

/** APPNOTE.TXT 4.4.5. */
function methodName(method: number): string {
  const names = new Map([
    [1, 'Shrink'],
    [6, 'Implode'],
    [9, 'Deflate64'],
    [12, 'BZIP2'],
    [14, 'LZMA'],
    [93, 'Zstandard'],
    [95, 'XZ'],
    [98, 'PPMd'],
  ]);
  return names.get(method) ?? `number ${method}`;
}

/** Ours and aborts pass through; all else that zip.js finds means that the archive is broken. */
function asSourceError(cause: unknown, signal: AbortSignal | undefined): unknown {
  if (cause instanceof SourceError || signal?.aborted) return cause;
  return new SourceError('damaged', 'damaged or cut short', { cause });
}

/** The archive as zip.js reads it: in ranges, and never as a whole. */
function rangesOf(archive: Blob) {
  const never = (): ReadableStream<Uint8Array> => {
    throw new SourceError('damaged', 'it cannot be read in parts');
  };
  return {
    size: archive.size,
    readUint8Array: async (offset: number, length: number) => {
      if (length > mostDirectoryBytes) throw new SourceError('damaged', 'its directory is larger than any');
      return readRange(archive, offset, length);
    },
    createReadable: never,
    get readable() {
      return never();
    },
  };
}

/**
 * ZIP archives (APPNOTE.TXT 6.3), read in ranges: the directory first, every entry by itself when it is wanted.
 * zip.js reads the structures; what an entry may be and how large is decided here.
 */
import { type FileEntry, ZipReader } from '@zip.js/zip.js/lib/zip-core-reader.js';
import { messageOf } from '../../platform/errors';
import type { ArchiveEntry, OpenOptions } from './archive';
import { sizeText } from './limits';
import { SourceError } from './source';

/** A directory beyond this is no directory of `limits.entries` files, whatever the archive says. */
const mostDirectoryBytes = 128 * 2 ** 20;
/** Entries are listed in turns of so many, between which others can work. */
const listedAtOnce = 1000;
const stored = 0;
const deflated = 8;

const readerOptions = {
  useWebWorkers: false,
  useCompressionStream: true,
  checkCrc32: true,
  // Names are judged here, one by one, and a careless local header spoils nothing: the checksum tells.
  filenameValidation: 'tolerant',
  checkLocalDirectory: false,
  // Code page 437 has pictures for control characters; a name in plain ASCII stays as it is.
  decodeText: (raw: Uint8Array, encoding: string) =>
    encoding === 'cp437' && raw.every((byte) => byte < 0x80) ? new TextDecoder().decode(raw) : undefined,
} as const;

/**
 * Lists the files of a ZIP. Throws `SourceError`: 'damaged', 'encrypted' (all of it), 'limit' (too many entries),
 * 'unreadable'; an abort as it comes.
 */
export async function openZip(archive: Blob, options: OpenOptions): Promise<ArchiveEntry[]> {
  const { limits, signal, onProgress } = options;
  const files: FileEntry[] = [];
  let listed = 0;
  try {
    for await (const entry of new ZipReader(rangesOf(archive), readerOptions).getEntriesGenerator()) {
      listed++;
      if (listed > limits.entries) {
        throw new SourceError('limit', `it holds more than ${limits.entries.toLocaleString('en')} files`);
      }
      if (!entry.directory) files.push(entry);
      if (listed % listedAtOnce === 0) {
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
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
  return files.map((file) => entryOf(file, options));
}

function entryOf(file: FileEntry, options: OpenOptions): ArchiveEntry {
  const { limits, unpacked, signal } = options;
  const { filename, uncompressedSize: size } = file;
  const readable = unreadable(file) ?? tooMuch(file, options);
  if (readable === null) unpacked.bytes += size;
  return {
    path: filename,
    size,
    problem: readable,
    bytes: () => {
      if (size > limits.entryBytes) return Promise.reject(largerThan(limits.entryBytes));
      return unpack(file, signal);
    },
    binary: async () => new Blob([await unpack(file, signal)]),
  };
}

/** What about an entry rules it out, whatever its size. */
function unreadable({ symlink, encrypted, compressionMethod }: FileEntry): ArchiveEntry['problem'] {
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
): ArchiveEntry['problem'] {
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

function largerThan(bytes: number): SourceError {
  return new SourceError('too-large', `unpacks to more than ${sizeText(bytes)}`);
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

/** The content of an entry; never more than it declares. */
async function unpack(file: FileEntry, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  signal?.throwIfAborted();
  const content = new Uint8Array(file.uncompressedSize);
  let filled = 0;
  const collect = new WritableStream<Uint8Array>({
    write(chunk) {
      if (filled + chunk.length > content.length) throw new Error('larger than declared');
      content.set(chunk, filled);
      filled += chunk.length;
    },
  });
  try {
    await file.getData(collect, { signal });
  } catch (cause) {
    throw asSourceError(cause, signal);
  }
  if (filled !== content.length) throw new SourceError('damaged', 'shorter than the archive says');
  return content;
}

/** Ours and aborts pass through; all else that zip.js finds means that the archive is broken. */
function asSourceError(cause: unknown, signal: AbortSignal | undefined): unknown {
  if (cause instanceof SourceError || signal?.aborted) return cause;
  return new SourceError('damaged', `damaged or cut short (${messageOf(cause)})`, { cause });
}

/** The archive as zip.js reads it: in ranges of the file. */
function rangesOf(archive: Blob) {
  const range = async (offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    if (length > mostDirectoryBytes) throw new SourceError('damaged', 'its directory is larger than any');
    try {
      return new Uint8Array(await archive.slice(offset, offset + length).arrayBuffer());
    } catch (cause) {
      throw new SourceError('unreadable', `the file cannot be read: ${messageOf(cause)}`, { cause });
    }
  };
  return {
    size: archive.size,
    readUint8Array: range,
    createReadable: ({ offset = 0, size = archive.size }: { offset?: number; size?: number } = {}) =>
      archive.slice(offset, offset + size).stream(),
    get readable() {
      return archive.stream();
    },
  };
}

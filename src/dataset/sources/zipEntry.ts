/** The content of one entry of a ZIP: read in one go where it is small, unpacked, and held against its declaration. */
import type { FileEntry } from '@zip.js/zip.js/lib/zip-core-reader.js';
import { crc32 } from '../crc32';
import { readRange } from './records';
import { SourceError } from './source';
import { inflate, piecesOf } from './unpack';

const headerBytes = 30;
const headerMark = 0x04034b50;
/** The names and notes of an entry's own header may be longer than those in the directory. */
const slackBytes = 128;
/** Packed entries up to this are in memory as a whole, bytes. */
const heldBytes = 2 ** 22;

/** How an entry is packed (APPNOTE.TXT 4.4.5). */
export const stored = 0;
export const deflated = 8;

/**
 * Hands the content of a stored or deflated entry to `take`, chunk by chunk: never more than it declares, and in the
 * end no less. Throws `SourceError`: 'damaged', 'unreadable'; an abort as it comes.
 */
export async function unpackEntry(
  archive: Blob,
  entry: FileEntry,
  take: (chunk: Uint8Array<ArrayBuffer>, at: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const packed = await packedContent(archive, entry);
  let filled = 0;
  let sum = 0;
  const check = (chunk: Uint8Array<ArrayBuffer>) => {
    if (filled + chunk.length > entry.uncompressedSize) {
      throw new SourceError('damaged', 'larger than the archive says');
    }
    sum = crc32(chunk, sum);
    take(chunk, filled);
    filled += chunk.length;
  };
  if (entry.compressionMethod === deflated) await inflate('deflate-raw', packed, check, signal);
  else for await (const piece of piecesOf(packed)) check(piece);
  if (filled < entry.uncompressedSize) throw new SourceError('damaged', 'smaller than the archive says');
  if (sum !== entry.crc32) throw new SourceError('damaged', 'damaged: its checksum does not fit');
}

/** What lies behind the entry's own header, of which only the lengths of its fields are believed. */
async function packedContent(archive: Blob, entry: FileEntry): Promise<Blob | Uint8Array<ArrayBuffer>> {
  const { offset, compressedSize, rawFilename, rawExtraField } = entry;
  const expected = headerBytes + rawFilename.length + rawExtraField.length + slackBytes;
  const isSmall = compressedSize <= heldBytes;
  const bytes = await readRange(archive, offset, isSmall ? expected + compressedSize : headerBytes);
  const header = new DataView(bytes.buffer);
  if (bytes.length < headerBytes || header.getUint32(0, true) !== headerMark) {
    throw new SourceError('damaged', 'it is not where the archive says');
  }
  const start = headerBytes + header.getUint16(26, true) + header.getUint16(28, true);
  const end = start + compressedSize;
  if (offset + end > archive.size) throw new SourceError('damaged', 'the archive ends in the middle of it');
  if (end <= bytes.length) return bytes.subarray(start, end);
  return archive.slice(offset + start, offset + end);
}

/**
 * Unpacking DEFLATE streams (RFC 1951, 1952) by the host's own means. They go in in small pieces, so that the most that
 * a hostile one can make of a piece stays small, and come out to someone who counts.
 */
import type { OpenOptions } from './archive';
import { sizeText } from './limits';
import { readRange } from './records';
import { SourceError } from './source';

/** Bytes that are unpacked at once: 16 MiB at most come out of them. */
const pieceBytes = 2 ** 14;
/** Bytes of a file that are read at once. */
const readBytes = 2 ** 20;
/** Bytes that are gathered before they are handed to the host. */
const partBytes = 2 ** 22;

/** Cuts content into pieces. @throws SourceError 'unreadable' */
export async function* piecesOf(
  content: Blob | Uint8Array<ArrayBuffer>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const inMemory = !(content instanceof Blob);
  const size = inMemory ? content.length : content.size;
  for (let start = 0; start < size; start += readBytes) {
    const end = Math.min(size, start + readBytes);
    const bytes = inMemory ? content.subarray(start, end) : await readRange(content, start, end - start);
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
}

/**
 * Unpacks `content` and hands `take` what comes out; what that throws ends it. Throws `SourceError`: 'damaged',
 * 'unreadable'; an abort as it comes.
 */
export async function inflate(
  format: 'gzip' | 'deflate-raw',
  content: Blob | Uint8Array<ArrayBuffer>,
  take: (chunk: Uint8Array<ArrayBuffer>) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { readable, writable } = new DecompressionStream(format);
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const writing = (async () => {
    for await (const piece of piecesOf(content)) await writer.write(piece);
    await writer.close();
  })();
  // A file that cannot be read any further is seen by the reader below.
  writing.catch((cause) => writer.abort(cause)).catch(() => undefined);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      take(value);
    }
    await writing;
  } catch (cause) {
    writer.abort(cause).catch(() => undefined);
    reader.cancel(cause).catch(() => undefined);
    if (cause instanceof SourceError || signal?.aborted) throw cause;
    throw new SourceError('damaged', 'damaged or cut short', { cause });
  }
}

/** Gathers bytes in a Blob, which hosts keep outside of the script's memory, on disk when it grows. */
export interface BlobCollector {
  /** Takes the chunk over. */
  add(chunk: Uint8Array<ArrayBuffer>): void;
  readonly size: number;
  finish(): Blob;
}

export function collectBlob(): BlobCollector {
  const parts: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let gathered = 0;
  let size = 0;
  const hand = () => {
    if (gathered > 0) parts.push(new Blob(chunks));
    chunks = [];
    gathered = 0;
  };
  return {
    add(chunk) {
      chunks.push(chunk);
      gathered += chunk.length;
      size += chunk.length;
      if (gathered >= partBytes) hand();
    },
    get size() {
      return size;
    },
    finish() {
      hand();
      return new Blob(parts);
    },
  };
}

/** Whether a file begins as a GZ does: some programs unpack on the way and keep the name. */
export async function isGzip(file: Blob): Promise<boolean> {
  const [first, second] = await readRange(file, 0, 2);
  return first === 0x1f && second === 0x8b;
}

/**
 * Unpacks a GZ, whose length and checksum the host proves. Throws `SourceError`: 'damaged', 'too-large' (beyond the
 * ratio), 'limit' (beyond what all archives may unpack to); an abort as it comes.
 */
export async function gunzip(
  packed: Blob,
  { limits, unpacked, signal }: Pick<OpenOptions, 'limits' | 'unpacked' | 'signal'>,
): Promise<Blob> {
  const content = collectBlob();
  const take = (chunk: Uint8Array<ArrayBuffer>) => {
    unpacked.bytes += chunk.length;
    if (unpacked.bytes > limits.totalBytes) {
      throw new SourceError('limit', `beyond ${sizeText(limits.totalBytes)} of unpacked files`);
    }
    content.add(chunk);
    if (content.size > limits.ratioFrom && content.size > limits.ratio * packed.size) {
      throw new SourceError('too-large', `unpacks to more than ${limits.ratio} times its packed size`);
    }
  };
  await inflate('gzip', packed, take, signal);
  return content.finish();
}

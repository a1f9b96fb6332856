/** Unpacking streams into Blobs, which hosts keep outside of the script's memory, on disk when they grow. */
import { messageOf } from '../../platform/errors';
import type { OpenOptions } from './archive';
import { sizeText } from './limits';
import { SourceError } from './source';

/** Bytes that are gathered before they are handed to the host. */
const partBytes = 8 * 2 ** 20;

/** A place to write to, and what was written. */
export interface BlobCollector {
  /** Adds a copy of `chunk`. */
  add(chunk: Uint8Array): void;
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
      chunks.push(new Uint8Array(chunk));
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
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}

/**
 * Unpacks a GZ (RFC 1952), whose length and checksum the host proves. Throws `SourceError`: 'damaged', 'too-large'
 * (beyond the ratio), 'limit' (beyond what all archives may unpack to); an abort as it comes.
 */
export async function gunzip(
  packed: Blob,
  { limits, unpacked, signal }: Pick<OpenOptions, 'limits' | 'unpacked' | 'signal'>,
): Promise<Blob> {
  const collector = collectBlob();
  const reader = packed.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return collector.finish();
      unpacked.bytes += value.length;
      if (unpacked.bytes > limits.totalBytes) {
        throw new SourceError('limit', `beyond ${sizeText(limits.totalBytes)} of unpacked files`);
      }
      collector.add(value);
      if (collector.size > limits.ratioFrom && collector.size > limits.ratio * packed.size) {
        throw new SourceError('too-large', `unpacks to more than ${limits.ratio} times its packed size`);
      }
    }
  } catch (cause) {
    reader.cancel().catch(() => undefined);
    if (cause instanceof SourceError || signal?.aborted) throw cause;
    throw new SourceError('damaged', `damaged or cut short (${messageOf(cause)})`, { cause });
  }
}

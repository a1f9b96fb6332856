/** Files of many records of one length: the pictures of binary data sets. */
import { messageOf } from '../../platform/errors';
import { SourceError } from './source';

/** Bytes read at once, where records are shorter. */
const chunkBytes = 2 ** 20;
/** Chunks kept: pictures are read in order, by a few readers at once. */
const keptChunks = 2;

/** Where the records lie in a file. */
export interface RecordLayout {
  /** Bytes before the first. */
  start: number;
  /** Bytes of each. */
  length: number;
  /** How many there are. */
  count: number;
}

/** Calls `look` with every record, in order; stops where that says false. @throws SourceError 'unreadable' */
export async function eachRecord(
  file: Blob,
  { start, length, count }: RecordLayout,
  look: (record: Uint8Array, index: number) => boolean,
): Promise<boolean> {
  const step = Math.max(1, Math.floor(chunkBytes / length));
  for (let first = 0; first < count; first += step) {
    const records = Math.min(step, count - first);
    const bytes = await readRange(file, start + first * length, records * length);
    for (let i = 0; i < records; i++) {
      if (!look(bytes.subarray(i * length, (i + 1) * length), first + i)) return false;
    }
  }
  return true;
}

/** Reads single records; neighbours come out of one read of the file. The bytes are not to be changed. */
export function recordReader(
  file: Blob,
  { start, length, count }: RecordLayout,
): (index: number) => Promise<Uint8Array> {
  const step = Math.max(1, Math.floor(chunkBytes / length));
  const chunks = new Map<number, Promise<Uint8Array>>();
  return async (index) => {
    const chunk = Math.floor(index / step);
    let bytes = chunks.get(chunk);
    if (!bytes) {
      const records = Math.min(step, count - chunk * step);
      bytes = readRange(file, start + chunk * step * length, records * length);
      chunks.set(chunk, bytes);
      if (chunks.size > keptChunks) chunks.delete(chunks.keys().next().value!);
    }
    const at = (index - chunk * step) * length;
    return (await bytes).subarray(at, at + length);
  };
}

/** @throws SourceError 'unreadable' */
export async function readRange(file: Blob, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.slice(start, start + length).arrayBuffer());
  } catch (cause) {
    throw new SourceError('unreadable', `the file cannot be read: ${messageOf(cause)}`, { cause });
  }
}

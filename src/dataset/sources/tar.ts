/**
 * TAR archives: the headers of POSIX.1-1988 (ustar) and -2001 (pax), and of GNU tar. Headers are read in windows of
 * the file, contents as ranges of it.
 */
import {
  type ArchiveEntry,
  type EntryProblem,
  largerThan,
  type OpenedArchive,
  type OpenOptions,
  takeTurns,
  tooManyEntries,
} from './archive';
import type { ArchiveLimits } from './limits';
import { SourceError } from './source';

const block = 512;
/** Bytes read at once: many small files, or one header of a large one. */
const windowBytes = 2 ** 16;
/** A name longer than this is none. */
const mostNameBytes = 2 ** 20;
const listedAtOnce = 1000;

/** What a header says. */
interface Header {
  name: string;
  /** Bytes of the content, which follows and is padded to whole blocks. */
  size: number;
  /** '0' = file, '5' = folder … */
  type: string;
}

/** What pax and GNU records say of the entry that follows them. */
interface Extra {
  path?: string;
  size?: number;
}

/**
 * Lists the files of a TAR; where it breaks off, those before. Throws `SourceError`: 'damaged' (from its first header
 * on), 'limit'; an abort as it comes.
 */
export async function openTar(archive: Blob, options: OpenOptions): Promise<OpenedArchive> {
  const { limits, signal, onProgress } = options;
  if (archive.size < block) throw new SourceError('damaged', 'too short for a TAR archive');
  const read = windowReader(archive);
  const entries: ArchiveEntry[] = [];
  let extra: Extra = {};
  let at = 0;
  for (let listed = 0; at + block <= archive.size; listed++) {
    if (listed > limits.entries) throw tooManyEntries(limits);
    if (listed % listedAtOnce === listedAtOnce - 1) {
      await takeTurns(signal);
      onProgress?.(entries.length);
    }
    const bytes = await read(at, block);
    if (bytes.every((byte) => byte === 0)) return { entries, broken: null };
    const header = readHeader(bytes);
    if (!header) {
      if (at === 0) throw new SourceError('damaged', 'no TAR archive, or a damaged one');
      return { entries, broken: `it breaks off after ${entries.length} files` };
    }
    const size = extra.size ?? header.size;
    const start = at + block;
    at = start + Math.ceil(size / block) * block;
    if (isNote(header)) {
      if (size > mostNameBytes) return { entries, broken: `it breaks off after ${entries.length} files` };
      extra = { ...extra, ...readNote(header.type, await read(start, size)) };
      continue;
    }
    const path = extra.path ?? header.name;
    extra = {};
    if (header.type === '5' || path.endsWith('/')) continue;
    const problem = start + size > archive.size ? cutShort : problemOf(header);
    entries.push(entryOf(path, archive.slice(start, start + size), size, problem, limits));
  }
  return { entries, broken: null };
}

const cutShort: EntryProblem = { reason: 'damaged', detail: 'the archive ends in the middle of it' };

/** Whether `head` (512 bytes) begins a TAR. */
export function beginsTar(head: Uint8Array): boolean {
  return head.length >= block && readHeader(head) !== null;
}

function entryOf(
  path: string,
  content: Blob,
  size: number,
  problem: EntryProblem | null,
  limits: ArchiveLimits,
): ArchiveEntry {
  const within = (most: number) => async () => {
    if (size > most) throw largerThan(most);
    return content;
  };
  return { path, size, problem, bytes: within(limits.entryBytes), binary: within(limits.binaryBytes) };
}

function problemOf({ type }: Header): EntryProblem | null {
  if (type === '0' || type === '\0' || type === '7') return null;
  if (type === '1' || type === '2') return { reason: 'link', detail: 'a link to another file' };
  return { reason: 'unsupported-format', detail: 'no ordinary file' };
}

/** The header in a block; null where its checksum is wrong. */
function readHeader(bytes: Uint8Array): Header | null {
  let sum = 0;
  for (let i = 0; i < block; i++) sum += i >= 148 && i < 156 ? 0x20 : bytes[i]!;
  if (readNumber(bytes.subarray(148, 156)) !== sum) return null;
  const size = readNumber(bytes.subarray(124, 136));
  if (size === null) return null;
  const isUstar = readText(bytes.subarray(257, 262)) === 'ustar';
  const prefix = isUstar && bytes[262] === 0 ? readText(bytes.subarray(345, 500)) : '';
  const leaf = readText(bytes.subarray(0, 100));
  return {
    name: prefix === '' ? leaf : `${prefix}/${leaf}`,
    size,
    type: String.fromCharCode(bytes[156]!),
  };
}

/** An octal number in ASCII, or GNU's binary one behind a set first bit; null where it is neither. */
function readNumber(field: Uint8Array): number | null {
  if (field[0]! & 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, field[0]! & 0x7f);
    return Number.isSafeInteger(value) ? value : null;
  }
  const digits = /^ *([0-7]*)[ \0]*$/.exec(String.fromCharCode(...field))?.[1];
  return digits === undefined ? null : digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** Text up to the first zero: UTF-8, else as Windows writes Western languages. */
function readText(field: Uint8Array): string {
  const end = field.indexOf(0);
  const bytes = end < 0 ? field : field.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Whether an entry only says something of others: pax 'x' and 'g', GNU 'L' (long name) and 'K' (long link). */
function isNote({ type }: Header): boolean {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K';
}

function readNote(type: string, content: Uint8Array): Extra {
  if (type === 'L') return { path: readText(content) };
  return type === 'x' ? readPax(content) : {};
}

/** Records 'LENGTH KEY=VALUE\n', the length in bytes and of the whole record. */
function readPax(content: Uint8Array): Extra {
  const extra: Extra = {};
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(readText(content.subarray(at, space)));
    if (!Number.isInteger(length) || length <= space - at || at + length > content.length) break;
    const record = readText(content.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === 'path') extra.path = value;
    if (key === 'size' && /^\d{1,15}$/.test(value)) extra.size = Number(value);
    at += length;
  }
  return extra;
}

/** Reads short ranges; neighbours come out of one read of the file. */
function windowReader(file: Blob): (start: number, length: number) => Promise<Uint8Array> {
  let from = 0;
  let window = new Uint8Array(0);
  return async (start, length) => {
    if (start < from || start + length > from + window.length) {
      const end = start + Math.max(length, windowBytes);
      window = new Uint8Array(await file.slice(start, end).arrayBuffer());
      from = start;
    }
    return window.subarray(start - from, start - from + length);
  };
}

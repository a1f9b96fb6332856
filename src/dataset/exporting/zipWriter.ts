/**
 * Writing ZIP archives (APPNOTE.TXT 6.3) of files that are compressed already: they are stored, one after the other,
 * and the archive grows as a Blob, which a browser can keep on disk. Beyond 65,535 files or 4 GiB it is ZIP64. (The
 * writers of the libraries end at those limits, or take milliseconds for every file.)
 */
import { crc32 } from '../crc32';

/** An archive that is being written. */
export interface ZipWriter {
  /** Adds a file; paths are unique, with '/', and safe to unpack. */
  add(path: string, content: Uint8Array<ArrayBuffer> | string): void;
  /** Writes the directory; nothing is added after that. */
  finish(): Blob;
}

/** Bytes that are gathered before they become a Blob. */
const gathered = 8 * 2 ** 20;
/** Version 4.5 (ZIP64) or 2.0; made by Unix, so that unpacked files get the mode below. */
const version = 45;
const madeBy = (3 << 8) | version;
/** A plain file, rw-r--r--. */
const mode = (0o100644 << 16) >>> 0;
/** Names are UTF-8. */
const flags = 1 << 11;
const most16 = 0xffff;
const most32 = 0xffffffff;

interface Entry {
  name: Uint8Array;
  size: number;
  checksum: number;
  at: number;
}

/** @param now the time that all files bear */
export function createZip(now = new Date()): ZipWriter {
  const stamp = dosTime(now);
  const entries: Entry[] = [];
  const blobs: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let waiting = 0;
  let at = 0;

  const append = (bytes: Uint8Array<ArrayBuffer>) => {
    chunks.push(bytes);
    waiting += bytes.length;
    at += bytes.length;
    if (waiting >= gathered) gather();
  };
  const gather = () => {
    blobs.push(new Blob(chunks));
    chunks = [];
    waiting = 0;
  };

  return {
    add(path, content) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      const entry = { name: new TextEncoder().encode(path), size: bytes.length, checksum: crc32(bytes), at };
      entries.push(entry);
      append(fields(0x04034b50, [[2, version], ...common(entry, stamp)]));
      append(entry.name.slice());
      append(bytes);
    },
    finish() {
      const start = at;
      for (const entry of entries) {
        const far = entry.at >= most32;
        append(
          fields(0x02014b50, [
            [2, madeBy],
            [2, version],
            ...common(entry, stamp, far ? 12 : 0),
            [2, 0],
            [2, 0],
            [2, 0],
            [4, mode],
            [4, far ? most32 : entry.at],
          ]),
        );
        append(entry.name.slice());
        if (far)
          append(
            numbers([
              [2, 1],
              [2, 8],
              [8, entry.at],
            ]),
          );
      }
      const size = at - start;
      const count = entries.length;
      if (count >= most16 || at >= most32) {
        const record = at;
        append(
          fields(0x06064b50, [
            [8, 44],
            [2, madeBy],
            [2, version],
            [4, 0],
            [4, 0],
            [8, count],
            [8, count],
            [8, size],
            [8, start],
          ]),
        );
        append(
          fields(0x07064b50, [
            [4, 0],
            [8, record],
            [4, 1],
          ]),
        );
      }
      const shown = Math.min(count, most16);
      append(
        fields(0x06054b50, [
          [2, 0],
          [2, 0],
          [2, shown],
          [2, shown],
          [4, Math.min(size, most32)],
          [4, Math.min(start, most32)],
          [2, 0],
        ]),
      );
      gather();
      return new Blob(blobs, { type: 'application/zip' });
    },
  };
}

type Field = readonly [bytes: number, value: number];

/** What stands in both headers of a file: from its flags to the length of its extra field. */
function common({ name, size, checksum }: Entry, stamp: number, extra = 0): Field[] {
  return [
    [2, flags],
    [2, 0],
    [4, stamp],
    [4, checksum],
    [4, size],
    [4, size],
    [2, name.length],
    [2, extra],
  ];
}

function fields(signature: number, values: readonly Field[]): Uint8Array<ArrayBuffer> {
  return numbers([[4, signature], ...values]);
}

/** Numbers of 2, 4 or 8 bytes, little-endian. */
function numbers(values: readonly Field[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.reduce((sum, [length]) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [length, value] of values) {
    if (length === 2) view.setUint16(at, value, true);
    else if (length === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += length;
  }
  return bytes;
}

/** Local time in steps of two seconds, from 1980 on: the date in the upper half. */
function dosTime(now: Date): number {
  const year = Math.max(1980, now.getFullYear());
  const date = ((year - 1980) << 9) | ((now.getMonth() + 1) << 5) | now.getDate();
  const time = (now.getHours() << 11) | (now.getMinutes() << 5) | (now.getSeconds() >> 1);
  return ((date << 16) | time) >>> 0;
}

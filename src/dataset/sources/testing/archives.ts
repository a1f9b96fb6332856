/** Small archives and binary data sets, made for tests. */

import { gzipSync, strToU8, zipSync } from 'fflate';
import type { FolderFile } from '../../../platform/files';
import { joinBytes } from '../../../platform/joinBytes';
import { openSources, type SourceOptions } from '../openSources';
import { SourceError, type SourcePicture, type Sources } from '../source';

export const text = (content: string): Uint8Array<ArrayBuffer> => new Uint8Array(strToU8(content));

export const zip = (files: Record<string, string | Uint8Array>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(zipSync(mapped(files)));

export const gzip = (content: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(content));

function mapped(files: Record<string, string | Uint8Array>): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === 'string' ? text(content) : content,
    ]),
  );
}

export interface TarEntry {
  name: string;
  content?: string | Uint8Array;
  /** Default '0', a file. */
  type?: string;
  prefix?: string;
}

/** A TAR of ustar headers, ended as it should be. */
export function tar(entries: readonly TarEntry[]): Uint8Array<ArrayBuffer> {
  const blocks = entries.flatMap(({ name, content = '', type = '0', prefix = '' }) => {
    const bytes = typeof content === 'string' ? text(content) : content;
    const header = new Uint8Array(512);
    const put = (at: number, value: string) => header.set(text(value), at);
    put(0, name);
    put(100, '0000644\0');
    put(124, `${bytes.length.toString(8).padStart(11, '0')}\0`);
    put(156, type);
    put(257, 'ustar\u000000');
    put(345, prefix);
    put(148, '        ');
    const sum = header.reduce((total, byte) => total + byte, 0);
    put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
    const padded = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
    padded.set(bytes);
    return [header, padded];
  });
  return joinBytes([...blocks, new Uint8Array(1024)]);
}

/** An IDX file: the mark, the dimensions, the bytes. */
export function idx(dimensions: readonly number[], bytes: readonly number[]): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(4 + 4 * dimensions.length + bytes.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x800 + dimensions.length);
  dimensions.forEach((dimension, i) => {
    view.setUint32(4 + 4 * i, dimension);
  });
  file.set(bytes, 4 + 4 * dimensions.length);
  return file;
}

/** A CIFAR file of one record for each list of labels; the red, green and blue of a picture are its number + 1, 2, 3. */
export function cifar(labels: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  return joinBytes(
    labels.flatMap((bytes, i) => [
      Uint8Array.from(bytes),
      ...[1, 2, 3].map((channel) => new Uint8Array(1024).fill(i + channel)),
    ]),
  );
}

export const file = (path: string, content: Uint8Array): FolderFile => ({ path, bytes: async () => content });

/** Opens files given by path and content. */
export function open(files: Record<string, string | Uint8Array>, options?: SourceOptions): Promise<Sources> {
  return openSources(
    Object.entries(mapped(files)).map(([path, content]) => file(path, content)),
    options,
  );
}

/** The content of a file, or the reason why there is none. */
async function contentOf(picture: SourcePicture): Promise<string> {
  if (picture.kind === 'raw') return JSON.stringify(await picture.raw());
  try {
    return await (await blobOf(await picture.bytes())).text();
  } catch (thrown) {
    if (thrown instanceof SourceError) return `(${thrown.reason})`;
    throw thrown;
  }
}

async function blobOf(content: Blob | Uint8Array): Promise<Blob> {
  return content instanceof Blob ? content : new Blob([new Uint8Array(content)]);
}

/** Path → content of everything found. */
export async function contents({ pictures }: Sources): Promise<[string, string][]> {
  return Promise.all(
    pictures.map(async (picture): Promise<[string, string]> => [picture.path, await contentOf(picture)]),
  );
}

/** 'path: reason' of what was skipped. */
export function skipped({ lines }: Sources): string[] {
  return lines.filter(({ outcome }) => outcome === 'skipped').map(({ path, reason }) => `${path}: ${reason}`);
}

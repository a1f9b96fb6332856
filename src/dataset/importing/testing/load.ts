/** Small imports into memory, for tests. */
import type { FolderFile } from '../../../platform/files';
import { nodeImageDecoder } from '../../../platform/node/imageDecoder';
import { encodePicture } from '../../../platform/testing/pictures';
import { localReader } from '../../reading/localReader';
import { type ImportOptions, importPictures } from '../importPictures';
import { memorySink } from '../pictureSink';

export const reader = localReader(nodeImageDecoder);

export const file = (path: string, bytes: Uint8Array): FolderFile => ({ path, bytes: async () => bytes });

export const text = (path: string, content: string): FolderFile =>
  file(path, new TextEncoder().encode(content));

/** Files of pictures: 100 × 90 px, 40 × 60 px, and 50 × 50 px of which the right half is white. */
export async function colouredPictures(): Promise<Record<'red' | 'blue' | 'green', Uint8Array>> {
  return {
    red: await encodePicture('png', { width: 100, height: 90, colour: [250, 0, 0] }),
    blue: await encodePicture('png', { width: 40, height: 60, colour: [0, 0, 250] }),
    green: await encodePicture('png', { width: 50, height: 50, colour: [0, 120, 0], right: [255, 255, 255] }),
  };
}

/** Imports into memory, as squares of 16 px. */
export async function load(files: Iterable<FolderFile>, options: Partial<ImportOptions> = {}) {
  const sink = memorySink();
  const set = await importPictures(files, { reader, sink, size: 16, ...options });
  const { pixels, masks } = sink.stores(set.index);
  return { ...set, pixels, masks, lines: new Map(set.report.lines.map((line) => [line.path, line])) };
}

/** Names of the classes of the pictures, in order; null = unlabelled. */
export function classesOf({ index }: Pick<Awaited<ReturnType<typeof load>>, 'index'>): (string | null)[] {
  return [...index.labels].map((label) => index.classNames[label] ?? null);
}

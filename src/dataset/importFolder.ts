/**
 * From files to a data set: every file is looked at, the usable pictures become stored squares, the others are
 * listed with their reason, and one broken picture never costs the rest. A few files are in memory at a time.
 */
import { asPawsaurError, messageOf, PawsaurError } from '../platform/errors';
import type { FolderFile } from '../platform/files';
import type { ImageDecoder } from '../platform/imageDecoder';
import type { ImageDataset } from './imageDataset';
import { type PlacedFile, readFolderLayout } from './importing/folderLayout';
import { sortNaturally } from './importing/naturalOrder';
import { memoryPixels } from './pixelStore';
import { pictureFormats } from './reading/pictureHeader';
import { readLimits, readPicture } from './reading/readPicture';
import { drawHeldOut } from './split';

/** Side of the stored squares of a folder, px: crops of 64 px are cut out of them. */
const storedSide = 80;
/** Files read at once: one is decoded while another is resampled. */
const concurrency = 2;

/** A file of the folder that could not be used, with the reason in words. */
interface SkippedFile {
  path: string;
  reason: string;
}

/** The pictures of a folder, and the files that are none. */
interface ImportedFolder extends ImageDataset {
  skipped: SkippedFile[];
}

/** How to import. */
export interface ImportOptions {
  decoder: ImageDecoder;
  /** Name of the folder chosen; without it the first folder that all paths share. */
  name?: string;
  /** `data_seed` of the recipe: draws the held-out pictures; default 0. */
  seed?: number;
  /** Side of the stored squares, px; default 80. */
  size?: number;
  /** Called after every file. */
  onProgress?: (done: number, total: number) => void;
  /** Stops the import; nothing of it is kept. */
  signal?: AbortSignal;
}

/**
 * Imports the files of a folder (layout: `folderLayout.ts`). Pictures come in natural order of their paths, and
 * so do class names; the result does not depend on the order of `files`. Where the folders name splits they
 * are used, else a fifth of every class is held out.
 *
 * Throws 'import/no-images' when no file is usable, 'import/memory' when the squares do not fit into memory,
 * 'aborted' when `signal` fires.
 */
export async function importFolder(
  files: Iterable<FolderFile>,
  options: ImportOptions,
): Promise<ImportedFolder> {
  const { decoder, seed = 0, size = storedSide, onProgress, signal } = options;
  const layout = readFolderLayout(files, options.name);
  const total = layout.files.length;
  const results: (Uint32Array | string)[] = new Array(total);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < total) {
      throwIfAborted(signal);
      const index = next++;
      results[index] = await readSquare(layout.files[index]!.file, decoder, size);
      onProgress?.(++done, total);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  throwIfAborted(signal);

  const name = layout.name ?? 'pictures';
  const skipped: SkippedFile[] = layout.unsafe.map((path) => ({
    path,
    reason: 'its path leaves the folder',
  }));
  const squares: { placed: PlacedFile; pixels: Uint32Array }[] = [];
  layout.files.forEach((placed, i) => {
    const result = results[i]!;
    if (typeof result === 'string') skipped.push({ path: placed.path, reason: result });
    else squares.push({ placed, pixels: result });
  });
  if (squares.length === 0) throw noPictures(name, skipped);

  const pixels = allocate(squares.length * size * size);
  for (const [i, square] of squares.entries()) pixels.set(square.pixels, i * size * size);
  const { classNames, labels } = numberClasses(squares.map(({ placed }) => placed.className));
  return {
    set: null,
    revision: 0,
    name,
    kind: 'folder',
    size,
    count: squares.length,
    pixels: memoryPixels(pixels, size),
    rows: Int32Array.from(squares, (_, i) => i),
    classNames,
    labels,
    masks: null,
    names: squares.map(({ placed }) => placed.path),
    heldOut: givenSplit(squares.map(({ placed }) => placed.heldOut)) ?? drawHeldOut(labels, seed),
    skipped,
  };
}

/** The stored square of a file, or the reason in words why there is none. Never throws. */
async function readSquare(
  file: FolderFile,
  decoder: ImageDecoder,
  size: number,
): Promise<Uint32Array | string> {
  let bytes: Blob | Uint8Array;
  try {
    bytes = await file.bytes();
  } catch (error) {
    return `cannot be read (${messageOf(error)})`;
  }
  const result = await readPicture({ bytes, side: size, as: 'picture' }, decoder);
  if (result.kind === 'picture') return packed(result.rgb);
  return result.kind === 'refused' ? result.detail : 'a mask';
}

function packed(rgb: Uint8Array): Uint32Array {
  const pixels = new Uint32Array(rgb.length / 3);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = rgb[3 * i]! | (rgb[3 * i + 1]! << 8) | (rgb[3 * i + 2]! << 16) | (255 << 24);
  }
  return pixels;
}

function allocate(length: number): Uint32Array {
  try {
    return new Uint32Array(length);
  } catch (cause) {
    throw new PawsaurError(
      'import/memory',
      `The pictures need ${Math.round((4 * length) / 1e6)} MB of memory, more than there is. Nothing was imported.`,
      'Choose a folder with fewer pictures.',
      { cause },
    );
  }
}

function noPictures(name: string, skipped: readonly SkippedFile[]): PawsaurError {
  const [first] = skipped;
  let what = `There are no pictures in “${name}”.`;
  if (first !== undefined) {
    const files =
      skipped.length === 1
        ? `The one file in “${name}” cannot be used`
        : `None of the ${skipped.length} files in “${name}” can be used; the first`;
    what = `${files}: ${first.path}: ${first.reason}.`;
  }
  const hint = `Choose a folder with ${pictureFormats.join(', ')} pictures of at least ${readLimits.shortest} px.`;
  return new PawsaurError('import/no-images', what, hint);
}

/** Numbers the classes that have a picture, in natural order of their names; −1 where there is none. */
function numberClasses(names: readonly (string | null)[]): { classNames: string[]; labels: Int32Array } {
  const classNames = sortNaturally([...new Set(names.filter((name) => name !== null))], (name) => name);
  const numbers = new Map(classNames.map((name, i) => [name, i]));
  return { classNames, labels: Int32Array.from(names, (name) => (name === null ? -1 : numbers.get(name)!)) };
}

/** The split that the folders name, unless one side of it came out empty. */
function givenSplit(flags: readonly (boolean | null)[]): Uint8Array | null {
  if (flags.includes(null) || !flags.includes(true) || !flags.includes(false)) return null;
  return Uint8Array.from(flags, (flag) => (flag ? 1 : 0));
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  const { cause } = asPawsaurError(signal.reason);
  throw new PawsaurError('aborted', 'The import was stopped. Nothing of it was kept.', undefined, { cause });
}

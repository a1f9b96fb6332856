/**
 * What the folders of an import mean. Below the folder chosen, sub-folders are classes; `train/` and `val/`
 * at the top are splits with the classes below them; files without a folder are unlabelled. A folder that
 * only wraps the others (`data/photos/cat/…`) is looked through. Names are untrusted text and never become
 * keys of plain objects.
 */
import type { FolderFile } from '../../platform/files';
import { sortNaturally } from './naturalOrder';

/** A file to import, and what its place says about it. */
export interface PlacedFile {
  file: FolderFile;
  /** Path inside the folder chosen. */
  path: string;
  /** Name of the class, null = unlabelled. */
  className: string | null;
  /** Held out or not by its folder; null where the folders say nothing. */
  heldOut: boolean | null;
}

/** The folder chosen, understood. */
export interface FolderLayout {
  /** Name of the top folder, if the paths or the caller name one. */
  name: string | null;
  /** In natural order of their paths, whatever order they came in. */
  files: PlacedFile[];
  /** Paths that climb out of the folder: never used. */
  unsafe: string[];
}

const trainFolder = /^train(ing)?$/i;
const heldOutFolder = /^(val|valid|validation|test)$/i;
const systemFile = /^(\..*|__macosx|thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r|\$recycle\.bin)$/i;

/**
 * Reads the layout off the paths. With a `name`, paths may begin with it or be relative to that folder;
 * without one, a first folder that all paths share is taken for the folder chosen. Hidden and system files
 * are dropped without a word.
 */
export function readFolderLayout(files: Iterable<FolderFile>, name?: string): FolderLayout {
  const unsafe: string[] = [];
  let entries: { file: FolderFile; folders: string[]; leaf: string }[] = [];
  for (const file of files) {
    const parts = file.path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.length === 0 || parts.includes('..')) unsafe.push(file.path);
    else if (!parts.some((part) => systemFile.test(part))) {
      entries.push({ file, folders: parts.slice(0, -1), leaf: parts.at(-1)! });
    }
  }
  const shared = sharedFolder(entries);
  if (shared !== null && (name === undefined || name === shared)) entries = entries.map(withoutFirst);
  const chosen = name ?? shared;
  const placed = entries.map((entry) => ({ ...entry, path: [...entry.folders, entry.leaf].join('/') }));
  const inner = lookThroughWrappers(placed);
  const splits = hasSplits(inner);
  return {
    name: chosen,
    unsafe,
    files: sortNaturally(
      inner.map(({ file, path, folders }) => ({
        file,
        path,
        className: (splits ? folders[1] : folders[0]) ?? null,
        heldOut: splits ? heldOutFolder.test(folders[0] ?? '') : null,
      })),
      ({ path }) => path,
    ),
  };
}

/** The first folder of all entries, if they share one. */
function sharedFolder(entries: readonly { folders: string[] }[]): string | null {
  const first = entries[0]?.folders[0];
  if (first === undefined) return null;
  return entries.every(({ folders }) => folders[0] === first) ? first : null;
}

function withoutFirst<T extends { folders: string[] }>(entry: T): T {
  return { ...entry, folders: entry.folders.slice(1) };
}

/** Drops folders that hold everything, where at least two folders come to light inside them. */
function lookThroughWrappers<T extends { folders: string[] }>(entries: T[]): T[] {
  if (sharedFolder(entries) === null) return entries;
  const inner = lookThroughWrappers(entries.map(withoutFirst));
  return firstFolders(inner).length > 1 ? inner : entries;
}

/** Whether the first level consists of at least one training and one held-out folder and of no others. */
function hasSplits(entries: readonly { folders: string[] }[]): boolean {
  const folders = firstFolders(entries);
  const trains = folders.filter((folder) => trainFolder.test(folder)).length;
  const heldOuts = folders.filter((folder) => heldOutFolder.test(folder)).length;
  return trains > 0 && heldOuts > 0 && trains + heldOuts === folders.length;
}

function firstFolders(entries: readonly { folders: string[] }[]): string[] {
  return [...new Set(entries.flatMap(({ folders }) => folders.slice(0, 1)))];
}

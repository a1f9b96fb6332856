/**
 * What the folders of an import mean. Below the folder chosen, sub-folders are classes; `train/` and `val/` or `test/`
 * at the top are splits with the classes below them; files without a folder are unlabelled. A folder that only
 * wraps the others (`data/photos/cat/…`) is looked through, and so is `images/` where it says nothing else. Masks
 * are found as `maskFolders.ts` says. Names are untrusted text and never become keys of plain objects.
 */
import { type Entry, folderNames, pairMasks } from './maskFolders';
import { sortNaturally } from './naturalOrder';
import { descriptionFile } from './setDescription';
import { splitOf } from './splitNames';

/** A file, and where it lies inside the folder chosen. */
export interface FoundFile<T> {
  file: T;
  /** Path inside the folder chosen. */
  path: string;
}

/** A file that may be a picture, and what its place says about it. */
export interface PlacedFile<T> extends FoundFile<T> {
  /** Name of the class, null = unlabelled. */
  className: string | null;
  /** Held out or not by its folder; null where the folders say nothing. */
  heldOut: boolean | null;
  mask: FoundFile<T> | null;
}

/** The folder chosen, understood; all lists in natural order of their paths, whatever order they came in. */
export interface FolderLayout<T> {
  /** Name of the top folder, if the paths or the caller name one. */
  name: string | null;
  files: PlacedFile<T>[];
  /** Files that may tell labels: `labels.csv` and the like. */
  lists: FoundFile<T>[];
  /** What a set that Pawsaur exported says of itself. */
  description: FoundFile<T> | null;
  /** The path inside the folder chosen of any other file. */
  inside: (path: string) => string;
  /** Masks of no picture, or of one that has another, with the reason as part of a sentence. */
  lostMasks: (FoundFile<T> & { why: string })[];
}

const labelList = /^(labels?|index|annotations?|metadata|train|classes)\.(csv|tsv|txt)$/i;
/** Files that lie beside pictures and say nothing about what the folders mean. */
const sideFile = /\.(txt|md|rtf|csv|tsv|json|xml|ya?ml|toml|html?|pdf|docx?|xlsx?|py|ipynb|log|zip|gz|tar)$/i;

/**
 * Reads the layout off clean paths (no empty parts, no '..'). With a `name`, paths may begin with it or be relative
 * to that folder; without one, a first folder that all paths share is taken for the folder chosen.
 */
export function readFolderLayout<T extends { path: string }>(
  files: Iterable<T>,
  name?: string,
): FolderLayout<T> {
  const found = sortNaturally([...files], pathOf).map(entryOf);
  const { entries, top } = withoutTop(found, name);
  const description = shallowest(entries.filter(({ leaf }) => leaf === descriptionFile));
  const lists = entries.filter(({ leaf }) => labelList.test(leaf));
  const rest = entries.filter((entry) => entry !== description && !labelList.test(entry.leaf));
  const likely = likelyPictures(rest);

  const { pictures, lost, meaningOf } = pairMasks(likely);
  const placeOf = placesIn(pictures.map(({ entry }) => meaningOf(entry)));
  const known = new Set(likely);
  const others = rest.filter((entry) => !known.has(entry)).map((entry) => ({ entry, mask: null }));
  const placed = [...pictures, ...others].map(({ entry, mask }) => ({
    ...foundFile(entry),
    ...placeOf(meaningOf(entry)),
    mask: mask && foundFile(mask),
  }));
  return {
    name: name ?? top,
    files: sortNaturally(placed, pathOf),
    lists: lists.map(foundFile),
    description: description ? foundFile(description) : null,
    lostMasks: lost.map(({ entry, why }) => ({ ...foundFile(entry), why })),
    inside: (path) => (top !== null && path.startsWith(`${top}/`) ? path.slice(top.length + 1) : path),
  };
}

/** The clean path taken apart. */
function entryOf<T extends { path: string }>(file: T): Entry<T> {
  const parts = file.path.split('/');
  return { file, path: file.path, folders: parts.slice(0, -1), leaf: parts.at(-1)! };
}

/** Takes the folder chosen off the paths that begin with it: none where a set's own description lies beside them. */
function withoutTop<T>(entries: Entry<T>[], name: string | undefined) {
  const isExport = entries.some(({ folders, leaf }) => folders.length === 0 && leaf === descriptionFile);
  if (isExport) return { entries, top: null };
  const top = sharedFolder(likelyPictures(entries).map(({ folders }) => folders));
  if (top === null || (name !== undefined && name !== top)) return { entries, top: null };
  const inside = entries.map((entry) => {
    if (entry.folders[0] !== top) return entry;
    const folders = entry.folders.slice(1);
    return { ...entry, folders, path: [...folders, entry.leaf].join('/') };
  });
  return { entries: inside, top };
}

/** Tells the class and the split of a file from its folders, where those of all pictures are `all`. */
function placesIn(all: readonly string[][]) {
  const depth = wrapperDepth(all);
  const first = firstFolders(all, depth);
  const splits = hasSplits(first);
  const meaningless = first.length === 1 && folderNames.images.test(first[0]!);
  const level = splits || meaningless ? depth + 1 : depth;
  return (folders: readonly string[]): { className: string | null; heldOut: boolean | null } => ({
    className: folders[level] ?? null,
    heldOut: splits ? splitOf(folders[depth] ?? '') : null,
  });
}

/** The folder of all at a level, if they share one. */
function sharedFolder(all: readonly string[][], level = 0): string | null {
  const first = all[0]?.[level];
  return first !== undefined && all.every((folders) => folders[level] === first) ? first : null;
}

/** Levels of folders that hold everything, where at least two folders come to light inside them; else 0. */
function wrapperDepth(all: readonly string[][]): number {
  let depth = 0;
  while (sharedFolder(all, depth) !== null) depth++;
  return firstFolders(all, depth).length > 1 ? depth : 0;
}

/** Whether the first folders are at least one of training and one held out, and no others. */
function hasSplits(first: readonly string[]): boolean {
  const halves = first.map(splitOf);
  return halves.includes(true) && halves.includes(false) && !halves.includes(null);
}

function firstFolders(all: readonly string[][], level: number): string[] {
  return [...new Set(all.flatMap((folders) => folders.slice(level, level + 1)))];
}

/** Those that are no side files by their name, which say what the folders mean; all where there are no others. */
function likelyPictures<T>(entries: Entry<T>[]): Entry<T>[] {
  const likely = entries.filter(({ leaf }) => !sideFile.test(leaf));
  return likely.length > 0 ? likely : entries;
}

function shallowest<T>(entries: readonly Entry<T>[]): Entry<T> | undefined {
  const depth = Math.min(...entries.map(({ folders }) => folders.length));
  return entries.find(({ folders }) => folders.length === depth);
}

function foundFile<T>({ file, path }: Entry<T>): FoundFile<T> {
  return { file, path };
}

function pathOf({ path }: { path: string }): string {
  return path;
}

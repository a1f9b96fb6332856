/**
 * Masks among the pictures: a folder `masks/` whose files have the names of pictures beside it or in an `images/`
 * beside it, whatever their extensions (`images/a.jpg` with `masks/a.png`, `cat/1.jpg` with `masks/cat/1.png`). A
 * folder of that name in which no file fits a picture is a class like any other.
 */

/** A file with its path taken apart. */
export interface Entry<T> {
  file: T;
  path: string;
  folders: string[];
  leaf: string;
}

/** Folders that are named for what they hold, not for a class. */
export const folderNames = { masks: /^masks?$/i, images: /^(images?|imgs?|pictures?|photos?)$/i };

/** Pictures, masks found for them, and masks without a picture. */
export interface PairedMasks<T> {
  pictures: { entry: Entry<T>; mask: Entry<T> | null }[];
  lost: { entry: Entry<T>; why: string }[];
  /** The folders of a file that may name its class: without an `images/` that goes with a `masks/`. */
  meaningOf(entry: Entry<T>): string[];
}

/** Pairs `entries`, which are in natural order and stay in it. */
export function pairMasks<T>(entries: readonly Entry<T>[]): PairedMasks<T> {
  const candidates = new Map<string, { before: string[]; members: Entry<T>[] }>();
  for (const entry of entries) {
    const at = maskLevel(entry);
    if (at < 0) continue;
    const folder = keyOf(entry.folders.slice(0, at + 1));
    const group = candidates.get(folder) ?? { before: entry.folders.slice(0, at), members: [] };
    group.members.push(entry);
    candidates.set(folder, group);
  }
  if (candidates.size === 0) {
    return {
      pictures: entries.map((entry) => ({ entry, mask: null })),
      lost: [],
      meaningOf: ({ folders }) => folders,
    };
  }
  const byPlace = picturesByPlace(entries.filter((entry) => maskLevel(entry) < 0));
  const masks = new Map<Entry<T>, Entry<T>>();
  const lost: PairedMasks<T>['lost'] = [];
  const settled = new Set<Entry<T>>();
  const masked = new Map<string, string[]>();
  for (const { before, members } of candidates.values()) {
    const pairs = members.map((mask) => ({ mask, fitting: byPlace.get(maskPlace(mask)) ?? [] }));
    if (pairs.every(({ fitting }) => fitting.length === 0)) continue;
    masked.set(keyOf(before), before);
    for (const { mask, fitting } of pairs) {
      const picture = fitting.find(({ leaf }) => leaf === mask.leaf) ?? fitting[0];
      settled.add(mask);
      if (picture === undefined) lost.push({ entry: mask, why: 'no picture has its name' });
      else if (masks.has(picture)) lost.push({ entry: mask, why: 'its picture has another mask' });
      else masks.set(picture, mask);
    }
  }
  const pictures = entries.filter((entry) => !settled.has(entry));
  const levels = new Set([...masked.values()].map((before) => before.length));
  const above = masked.size === 1 ? commonPlace(pictures, [...masked.values()][0]!) : 0;
  return {
    pictures: pictures.map((entry) => ({ entry, mask: masks.get(entry) ?? null })),
    lost,
    meaningOf: ({ folders }) => withoutImages(folders, levels).slice(above),
  };
}

/** Level of the folder `masks`, −1 where there is none. */
function maskLevel<T>({ folders }: Entry<T>): number {
  return folders.findIndex((folder) => folderNames.masks.test(folder));
}

/** Pictures by every place at which their masks may be looked for: their own, and that without an `images/`. */
function picturesByPlace<T>(entries: readonly Entry<T>[]): Map<string, Entry<T>[]> {
  const places = new Map<string, Entry<T>[]>();
  for (const entry of entries) {
    const stem = stemOf(entry.leaf);
    const levels = [-1, ...entry.folders.keys()];
    for (const level of levels) {
      if (level >= 0 && !folderNames.images.test(entry.folders[level]!)) continue;
      const place = keyOf([...entry.folders.filter((_, i) => i !== level), stem]);
      const there = places.get(place);
      if (there) there.push(entry);
      else places.set(place, [entry]);
    }
  }
  return places;
}

function maskPlace<T>(mask: Entry<T>): string {
  const level = maskLevel(mask);
  return keyOf([...mask.folders.filter((_, i) => i !== level), stemOf(mask.leaf)]);
}

/** Without an `images/` at a level at which there are masks: `val/images/`, even where only `train/` has masks. */
function withoutImages(folders: string[], levels: ReadonlySet<number>): string[] {
  const level = folders.findIndex((folder, i) => levels.has(i) && folderNames.images.test(folder));
  return level < 0 ? folders : folders.filter((_, i) => i !== level);
}

/** Levels down to the folder that holds the `masks/`, where it holds all pictures, too; else 0. */
function commonPlace<T>(pictures: readonly Entry<T>[], place: readonly string[]): number {
  const holdsAll = pictures.every(({ folders }) => place.every((folder, i) => folders[i] === folder));
  return holdsAll ? place.length : 0;
}

/** Names differ in case, and in the spelling of accents, from one system to the next. */
function keyOf(parts: readonly string[]): string {
  return parts.join('/').normalize('NFC').toLowerCase();
}

function stemOf(leaf: string): string {
  return leaf.replace(/(?<=.)\.[a-z0-9]{1,5}$/i, '');
}

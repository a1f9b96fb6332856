/**
 * Paths for the pictures of a set inside an archive: as close to their names as is safe on every system, unique
 * there, and read as nothing else when they are imported again. What a path cannot say is in the lists beside it.
 */
import type { PictureIndex } from '../importing/pictureIndex';
import { splitOf } from '../importing/splitNames';

/** Letters of a part of a path. */
const longest = 80;
/** Control characters, those that turn the direction of text, and those that some system forbids. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"/\\|?*]/gu;
/** Names of devices, and folders that mean something to an import. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d|masks?|images?|imgs?|pictures?|photos?|__macosx)$/i;

/** Paths [rows], ending in '.png', of the rows of a set: their class, below their half where every one has one. */
export function exportPaths(
  { names, classNames, labels, split }: Pick<PictureIndex, 'names' | 'classNames' | 'labels' | 'split'>,
  rows: readonly number[],
): string[] {
  const halves = rows.every((row) => split[row]! >= 0) && new Set(rows.map((row) => split[row])).size === 2;
  const uniquePath = uniquePaths('.png');
  const folders = classFolders(classNames);
  return rows.map((row) => {
    const half = halves ? (split[row] === 1 ? ['val'] : ['train']) : [];
    const folder = folders[labels[row]!];
    const leaf = safePart(
      names[row]!.split('/')
        .at(-1)!
        .replace(/(?<=.)\.[a-z0-9]{1,5}$/i, ''),
    );
    return uniquePath([...half, ...(folder === undefined ? [] : [folder]), leaf].join('/'));
  });
}

/** A folder for each class, all different. */
function classFolders(classNames: readonly string[]): string[] {
  const uniqueFolder = uniquePaths('');
  return classNames.map((name) => {
    const part = safePart(name);
    const known = reserved.test(part) || splitOf(part) !== null;
    return uniqueFolder(known ? `${part}_` : part);
  });
}

/** A text as a file name: never empty, never hidden, never a system's own. */
export function safePart(text: string): string {
  const part = Array.from(text.normalize('NFC').replace(unsafe, '_'))
    .slice(0, longest)
    .join('')
    .trim()
    .replace(/^\.+|[. ]+$/g, '_');
  if (part === '') return '_';
  return reserved.test(part) ? `${part}_` : part;
}

/** Hands out paths with an ending, each once, in whatever case: with a number where another has it already. */
function uniquePaths(ending: string): (path: string) => string {
  const taken = new Set<string>();
  /** The number tried last, by path: those below it are taken. */
  const numbers = new Map<string, number>();
  return (path) => {
    let unique = `${path}${ending}`;
    let number = numbers.get(path.toLowerCase()) ?? 1;
    while (taken.has(unique.toLowerCase())) unique = `${path} (${++number})${ending}`;
    numbers.set(path.toLowerCase(), number);
    taken.add(unique.toLowerCase());
    return unique;
  };
}

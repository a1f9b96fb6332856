/**
 * Finds the pictures that a label file names. Files are written elsewhere: with folders above the data set or
 * without the folders inside it, with backslashes, other capitals, no extension. A name is taken only where it fits
 * one picture.
 */

/** A picture's index, or how a name fails to be one. */
export type Found = number | 'unknown' | 'ambiguous';

/** Finds pictures of the data set by a name as it stands in a file. */
export type PictureLookup = (written: string) => Found;

const ambiguous = -2;

/** A lookup among the pictures `names` [count]: paths inside the data set's folder, or other names. */
export function createPictureLookup(names: readonly string[]): PictureLookup {
  const exact = new Map<string, number>();
  // Whole paths, and all of their endings, loosely spelt.
  const whole = new Map<string, number>();
  const endings = new Map<string, number>();
  names.forEach((name, index) => {
    put(exact, name, index);
    const key = looseKey(name);
    for (const spelling of new Set([key, withoutExtension(key)])) {
      put(whole, spelling, index);
      for (const ending of endingsOf(spelling)) put(endings, ending, index);
    }
  });
  return (written) => {
    const key = looseKey(written);
    const found = exact.get(written) ?? whole.get(key) ?? endings.get(key) ?? deepest(key, whole);
    if (found === undefined) return 'unknown';
    return found === ambiguous ? 'ambiguous' : found;
  };
}

/** The picture whose whole path ends `key`, which has folders above the data set; the longest where several do. */
function deepest(key: string, whole: ReadonlyMap<string, number>): number | undefined {
  for (const ending of endingsOf(key)) {
    const found = whole.get(ending);
    if (found !== undefined) return found;
  }
  return undefined;
}

function put(map: Map<string, number>, key: string, index: number): void {
  const there = map.get(key);
  map.set(key, there === undefined || there === index ? index : ambiguous);
}

/** Most folders that are looked through: a path longer than any file system allows is not a path. */
const maxDepth = 40;

/** 'b/c', 'c' for 'a/b/c'. */
function endingsOf(key: string): string[] {
  const endings: string[] = [];
  let at = key.indexOf('/');
  while (at >= 0 && endings.length < maxDepth) {
    endings.push(key.slice(at + 1));
    at = key.indexOf('/', at + 1);
  }
  return endings;
}

function looseKey(name: string): string {
  return name
    .trim()
    .normalize('NFC')
    .toLowerCase()
    .replace(/\\/g, '/')
    .replace(/^(\.?\/)+/, '')
    .replace(/\r\n?/g, '\n');
}

function withoutExtension(key: string): string {
  return key.replace(/\.[a-z0-9]{1,5}$/, '');
}

/** Paths as they come: out of archives that anyone may have made, from pickers and drops. Untrusted text throughout. */

const drive = /^[a-z]:/i;

/**
 * The path inside an archive with '/' only, without empty and '.' parts; null where it leads out of the archive: by
 * '..', from the root, from a drive, or nowhere at all.
 */
export function archivePath(path: string): string | null {
  const slashed = path.replaceAll('\\', '/');
  return slashed.startsWith('/') || drive.test(slashed) ? null : insidePath(slashed);
}

/**
 * The path of a file chosen, without empty and '.' parts; null where it climbs by '..'. A backslash may be part of a
 * name here, as disks other than Windows' allow, but it does not climb either.
 */
export function chosenPath(path: string): string | null {
  return path.split(/[\\/]/).includes('..') ? null : insidePath(path);
}

function insidePath(path: string): string | null {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || parts.includes('..') ? null : parts.join('/');
}

/** Names under which systems keep their own notes, on any disk. */
const systemName =
  /^(\._.*|\.ds_store|__macosx|thumbs\.db|ehthumbs(_vista)?\.db|desktop\.ini|picasa\.ini|icon\r|\$recycle\.bin|system volume information|@eadir)$/i;
/** '.jpg', '...png': nothing but dots before the extension, which hides no file on purpose. */
const onlyExtension = /^\.+(jpe?g|jfif|png|webp|gif|bmp|avif)$/i;

/** Whether a file belongs to the system or is hidden, by its own name or that of a folder above it. */
export function isSystemPath(path: string): boolean {
  return path
    .split('/')
    .some((part) => systemName.test(part) || (part.startsWith('.') && !onlyExtension.test(part)));
}

/** The last part of a path. */
export function leafOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path up to and with its last '/'; empty where it has none. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** Hands out paths, each once: 'cat/1.jpg' becomes 'cat/1 (2).jpg' when it comes again. */
export function uniquePaths(): (path: string) => string {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return (path) => {
    let unique = path;
    if (taken.has(path)) {
      const leaf = leafOf(path);
      const dot = leaf.lastIndexOf('.');
      const stemEnd = path.length - leaf.length + (dot > 0 ? dot : leaf.length);
      let count = counts.get(path) ?? 1;
      do {
        count++;
        unique = `${path.slice(0, stemEnd)} (${count})${path.slice(stemEnd)}`;
      } while (taken.has(unique));
      counts.set(path, count);
    }
    taken.add(unique);
    return unique;
  };
}

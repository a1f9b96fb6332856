/** What kind of container a file is: by its name, or by its first bytes where those are at hand. */

/** `other-archive`: one that is not read; `none`: no container. */
export type FileKind = 'zip' | 'tar' | 'gzip' | 'other-archive' | 'none';

const kindsByName: readonly (readonly [RegExp, FileKind])[] = [
  [/\.(zip|zipx|cbz)$/i, 'zip'],
  [/\.tar$/i, 'tar'],
  [/\.(t?gz)$/i, 'gzip'],
  [/\.(rar|cbr|7z|cb7|xz|txz|bz2|tbz2?|zst|tzst|lz4|lzma|z|cab|arj|lzh|iso|dmg)$/i, 'other-archive'],
];

/** The kind that a name promises. */
export function kindByName(path: string): FileKind {
  return kindsByName.find(([pattern]) => pattern.test(path))?.[1] ?? 'none';
}

/** Bytes that `kindByContent` looks at. */
export const kindBytes = 512;

/** The kind that the first `kindBytes` bytes show; a TAR without its mark is not told. */
export function kindByContent(head: Uint8Array): FileKind {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (starts(0x50, 0x4b, 3, 4) || starts(0x50, 0x4b, 5, 6)) return 'zip';
  if (starts(0x1f, 0x8b)) return 'gzip';
  if (String.fromCharCode(...head.subarray(257, 262)) === 'ustar') return 'tar';
  const isOther =
    starts(0x52, 0x61, 0x72, 0x21) ||
    starts(0x37, 0x7a, 0xbc, 0xaf) ||
    starts(0xfd, 0x37, 0x7a, 0x58) ||
    starts(0x42, 0x5a, 0x68) ||
    starts(0x28, 0xb5, 0x2f, 0xfd);
  return isOther ? 'other-archive' : 'none';
}

/** 'RAR', '7Z': what an archive calls itself. */
export function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toUpperCase();
}

/** The name of an archive without its extension: 'photos.tar.gz' → 'photos'. */
export function archiveStem(path: string): string {
  return path.replace(/(\.tar)?\.[^./]+$/i, '') || path;
}

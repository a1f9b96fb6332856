/**
 * What an archive may hold. A few kilobytes can unpack to gigabytes, so sizes are checked twice: as declared, before
 * anything is unpacked, and as they turn out to be, while it is.
 */

/** All sizes in bytes. */
export interface ArchiveLimits {
  /** Files and folders in an archive. */
  entries: number;
  /** Of all files of all archives of one import, unpacked. */
  totalBytes: number;
  /** Of one file, unpacked. */
  entryBytes: number;
  /** Of one file of a binary data set (CIFAR, IDX), which holds many pictures. */
  binaryBytes: number;
  /** Unpacked size over packed size, for what unpacks to more than `ratioFrom`. */
  ratio: number;
  ratioFrom: number;
}

export const archiveLimits: ArchiveLimits = {
  entries: 100_000,
  totalBytes: 8 * 2 ** 30,
  entryBytes: 64 * 2 ** 20,
  binaryBytes: 2 ** 30,
  ratio: 200,
  ratioFrom: 2 ** 20,
};

/** What the archives of one import have declared or unpacked so far. */
export interface UnpackedSoFar {
  bytes: number;
}

/** '64 MiB', '8 GiB': for sentences. */
export function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= size) return `${Math.round((10 * bytes) / size) / 10} ${unit}`;
  }
  return `${bytes} bytes`;
}

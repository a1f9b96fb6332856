/** What the readers of archives (ZIP, TAR, GZ) have in common. */
import type { SkipReason } from '../importing/report';
import type { ArchiveLimits, UnpackedSoFar } from './limits';

/** How to open an archive. */
export interface OpenOptions {
  limits: ArchiveLimits;
  /** Counted up by all archives of an import together. */
  unpacked: UnpackedSoFar;
  signal?: AbortSignal;
  /** Called now and then with the number of entries listed. */
  onProgress?: (listed: number) => void;
}

/** A file in an archive; folders are left out. */
export interface ArchiveEntry {
  /** As the archive has it: not cleaned. */
  path: string;
  /** Unpacked, as declared. */
  size: number;
  /** Why it cannot be unpacked; null where it can be. */
  problem: { reason: SkipReason; detail: string } | null;
  /** The content, its size and checksum proven. @throws SourceError */
  bytes: () => Promise<Uint8Array<ArrayBuffer> | Blob>;
  /** The content of a file of a binary data set, which may be larger. @throws SourceError */
  binary: () => Promise<Blob>;
}

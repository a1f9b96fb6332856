/** What the readers of archives (ZIP, TAR, GZ) have in common. */
import type { SkipReason } from '../importing/report';
import { type ArchiveLimits, sizeText, type UnpackedSoFar } from './limits';
import { SourceError } from './source';

/** How to open an archive. */
export interface OpenOptions {
  limits: ArchiveLimits;
  /** Counted up by all archives of an import together. */
  unpacked: UnpackedSoFar;
  signal?: AbortSignal;
  /** Called now and then with the number of entries listed. */
  onProgress?: (listed: number) => void;
}

/** Why an entry cannot be unpacked. */
export interface EntryProblem {
  reason: SkipReason;
  /** Part of a sentence. */
  detail: string;
}

/** A file in an archive; folders are left out. */
export interface ArchiveEntry {
  /** As the archive has it: not cleaned. */
  path: string;
  /** Unpacked, as declared. */
  size: number;
  /** Null where it can be unpacked. */
  problem: EntryProblem | null;
  /** The content, proven to be what was declared. @throws SourceError */
  bytes: () => Promise<Blob | Uint8Array>;
  /** The content of a file of a binary data set, which may be larger. @throws SourceError */
  binary: () => Promise<Blob>;
}

/** An archive whose entries are listed. */
export interface OpenedArchive {
  entries: ArchiveEntry[];
  /** Where the archive breaks off, part of a sentence; null where it is whole. */
  broken: string | null;
}

/** The refusal of more entries than the limit. */
export function tooManyEntries({ entries }: ArchiveLimits): SourceError {
  return new SourceError('limit', `it holds more than ${entries.toLocaleString('en')} files`);
}

/** The refusal of a file that unpacks to more than `bytes`. */
export function largerThan(bytes: number): SourceError {
  return new SourceError('too-large', `unpacks to more than ${sizeText(bytes)}`);
}

/** Lets others work, and stops where that is asked for. @throws the signal's reason */
export async function takeTurns(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}

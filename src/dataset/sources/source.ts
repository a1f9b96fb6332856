/** What is found inside the files that a person chose. Paths and names are untrusted text. */
import { PawsaurError } from '../../platform/errors';
import type { ReportLine, SkipReason } from '../importing/report';

/** A file, from disk or out of an archive: a picture, a list of labels, a mask, or anything else. */
export interface SourceFile {
  kind: 'file';
  /** Path with '/' inside what was chosen; no two are equal. */
  path: string;
  /** Reads or unpacks the file; called at most once, and late. @throws SourceError */
  bytes: () => Promise<Blob | Uint8Array>;
}

/** The pixels of a picture that needs no decoding. */
export interface RawPixels {
  /** [height, width, 3] */
  rgb: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
}

/** A picture of a binary data set (CIFAR, IDX). */
export interface SourceRaw {
  kind: 'raw';
  /** Path of the binary file and number of the picture in it. */
  path: string;
  /** Reads the picture; pictures that follow each other are read together. @throws SourceError */
  raw: () => Promise<RawPixels>;
  /** Name of the class, null = unlabelled. */
  className: string | null;
  /** Whether the picture belongs to the held-out half; null where the names of the files do not tell. */
  heldOut: boolean | null;
}

export type SourcePicture = SourceFile | SourceRaw;

/** An archive among the files chosen. */
export interface SourceArchive {
  path: string;
  /** Why nothing of it can be used; null where it was opened. */
  reason: SkipReason | null;
  /** Part of a sentence; empty where it was opened. */
  detail: string;
}

/** All that was found, in the order of the files and of the entries of archives. */
export interface Sources {
  pictures: SourcePicture[];
  /** What is no picture and will not be looked at again: skipped, or used for what it says. */
  lines: ReportLine[];
  archives: SourceArchive[];
  /** Name of the archive, without its extension, where nothing else was chosen. */
  name: string | null;
}

/** Why a file cannot be had: the reason as a code, the detail as part of a sentence. */
export class SourceError extends PawsaurError {
  constructor(
    readonly reason: SkipReason,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(
      `import/${reason}`,
      `A file cannot be used: ${detail}.`,
      'Leave it out, or export it again.',
      options,
    );
  }
}

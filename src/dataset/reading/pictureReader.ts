/**
 * The line between the import, which knows files and their places, and the reading of one picture, which may happen
 * elsewhere: in a pool of workers in the browser, at once in Node. Everything that crosses it is plain data.
 */
import type { Conversion, SkipReason } from '../importing/report';

/** A picture to read. */
export interface ReadTask {
  bytes: Blob | Uint8Array;
  /** Side of the square to make, px. */
  side: number;
  /** A mask becomes 0 and 1: grey 128 and above is object. */
  as: 'picture' | 'mask';
}

/** What a picture became. */
export interface PictureRead {
  kind: 'picture';
  /** [side, side, 3] the centre square. */
  rgb: Uint8Array<ArrayBuffer>;
  /** Upright size of the file's picture, px. */
  width: number;
  height: number;
  /** 'JPEG', 'PNG' … */
  format: string;
  conversions: Conversion[];
  /** See `PictureIndex`: 2, 2 and 64 numbers. */
  exact: Uint32Array;
  look: Uint32Array;
  signature: Uint8Array;
}

/** What a mask became. */
export interface MaskRead {
  kind: 'mask';
  /** [side, side] 0/1 of the centre square. */
  mask: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
}

/** Why there is none, in a code and part of a sentence. */
export interface ReadRefusal {
  kind: 'refused';
  reason: SkipReason;
  detail: string;
}

export type ReadResult = PictureRead | MaskRead | ReadRefusal;

/** Reads pictures, several at once; never throws on account of a file. */
export interface PictureReader {
  read(task: ReadTask): Promise<ReadResult>;
  /** How many reads it likes to have under way. */
  readonly concurrency: number;
  close(): void;
}

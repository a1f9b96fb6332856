/**
 * Pictures and masks that lie in files, one file after the other: three bytes a pixel (red, green, blue), or one
 * (0/1). Only the rows asked for are read.
 */
import type { ReadableFile } from '../../platform/storage';
import { packRgb } from '../importing/pictureSink';
import type { MaskStore, PixelStore } from '../pixelStore';

/** A file and how many rows of the set lie in it. */
export interface FileRows {
  file: ReadableFile;
  rows: number;
}

/** Pictures [rows of all files, size, size, 3]. */
export function storedPixels(files: readonly FileRows[], size: number): PixelStore {
  const area = size * size;
  const rgb = new Uint8Array(area * 3);
  return {
    take(indices) {
      const taken = new Uint32Array(indices.length * area);
      for (let i = 0; i < indices.length; i++) {
        readRow(files, indices[i]!, rgb);
        packRgb(rgb, taken, i * area);
      }
      return taken;
    },
    close: () => closeAll(files),
  };
}

/** Masks [rows of all files, size, size]; `maskRows` [pictures] tells the row of each picture, −1 = none. */
export function storedMasks(files: readonly FileRows[], size: number, maskRows: Int32Array): MaskStore {
  const area = size * size;
  return {
    has: (index) => (maskRows[index] ?? -1) >= 0,
    take(indices) {
      const taken = new Uint8Array(indices.length * area);
      for (let i = 0; i < indices.length; i++) {
        const row = maskRows[indices[i]!] ?? -1;
        if (row >= 0) readRow(files, row, taken.subarray(i * area, (i + 1) * area));
      }
      return taken;
    },
    close: () => closeAll(files),
  };
}

function readRow(files: readonly FileRows[], row: number, into: Uint8Array<ArrayBuffer>): void {
  let first = 0;
  for (const { file, rows } of files) {
    if (row < first + rows) {
      file.read(into, (row - first) * into.length);
      return;
    }
    first += rows;
  }
  throw new RangeError(`There is no row ${row} among ${first}.`);
}

function closeAll(files: readonly FileRows[]): void {
  for (const { file } of files) file.close();
}

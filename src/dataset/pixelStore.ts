/**
 * Where the pictures of a data set lie: in memory, or in files of which only the pictures asked for are read. A
 * store reads at once (no promise), since a training step cannot wait: files are read through synchronous handles.
 */

/** Square pictures of one size. */
export interface PixelStore {
  /** [n, size, size] packed RGBA of the pictures `indices`: r | g << 8 | b << 16 | 255 << 24, row-major; a copy. */
  take(indices: ArrayLike<number>): Uint32Array<ArrayBuffer>;
  /** Lets go of files. */
  close(): void;
}

/** Foreground masks; some pictures may have none. */
export interface MaskStore {
  /** Whether the picture `index` has a mask. */
  has(index: number): boolean;
  /** [n, size, size] 1 = object, 0 = background; a picture without a mask is all 0. A copy. */
  take(indices: ArrayLike<number>): Uint8Array<ArrayBuffer>;
  close(): void;
}

/** Pictures [count, size, size] in memory. */
export function memoryPixels(pixels: Uint32Array, size: number): PixelStore {
  const area = size * size;
  return {
    take: (indices) => copySquares(pixels, new Uint32Array(indices.length * area), indices, area),
    close: () => undefined,
  };
}

/** Masks [count, size, size] in memory, one for every picture. */
export function memoryMasks(masks: Uint8Array, size: number): MaskStore {
  const area = size * size;
  return {
    has: (index) => (index + 1) * area <= masks.length,
    take: (indices) => copySquares(masks, new Uint8Array(indices.length * area), indices, area),
    close: () => undefined,
  };
}

/** Copies the squares `indices` of `from`, each of `area` values, one after the other into `to`, and returns it. */
function copySquares<T extends Uint8Array | Uint32Array>(
  from: Uint8Array | Uint32Array,
  to: T,
  indices: ArrayLike<number>,
  area: number,
): T {
  for (let i = 0; i < indices.length; i++) {
    to.set(from.subarray(indices[i]! * area, (indices[i]! + 1) * area), i * area);
  }
  return to;
}

/** The pictures `rows` of a store, under new indices; closing them closes the store. */
export function chosenPixels(store: PixelStore, rows: Int32Array): PixelStore {
  return { take: (indices) => store.take(rowsOf(rows, indices)), close: () => store.close() };
}

/** The masks of the pictures `rows`, as `chosenPixels`. */
export function chosenMasks(store: MaskStore, rows: Int32Array): MaskStore {
  return {
    has: (index) => store.has(rows[index]!),
    take: (indices) => store.take(rowsOf(rows, indices)),
    close: () => store.close(),
  };
}

function rowsOf(rows: Int32Array, indices: ArrayLike<number>): Int32Array {
  return Int32Array.from(indices, (index) => rows[index]!);
}

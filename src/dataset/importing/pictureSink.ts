/** Where the pictures of an import go, one after the other, so that the import itself holds only a few. */
import type { MaskStore, PixelStore } from '../pixelStore';
import type { PictureIndex } from './pictureIndex';

/** What is to come, as far as it can be told before anything is read. */
export interface SinkPlan {
  /** Side of the squares, px. */
  size: number;
  /** At most so many of each. */
  pictures: number;
  masks: number;
}

/** Takes pictures in the order of their rows. What it throws ends the import and reaches its caller untouched. */
export interface PictureSink {
  /** Called once, before the first picture: the time to see whether there is room. */
  begin?(plan: SinkPlan): Promise<void> | void;
  /** [size, size, 3] the next row. */
  picture(rgb: Uint8Array<ArrayBuffer>): Promise<void> | void;
  /** [size, size] 0/1, the next row of the masks: that of the picture handed over last. */
  mask(mask: Uint8Array<ArrayBuffer>): Promise<void> | void;
}

/** A sink that keeps everything in memory. */
export interface MemorySink extends PictureSink {
  /** What came in, as stores. */
  stores(index: PictureIndex): { pixels: PixelStore; masks: MaskStore | null };
}

/** Pictures in memory, three bytes a pixel: for Node, and for tests. */
export function memorySink(): MemorySink {
  const pictures: Uint8Array[] = [];
  const masks: Uint8Array[] = [];
  return {
    picture: (rgb) => void pictures.push(rgb),
    mask: (mask) => void masks.push(mask),
    stores: ({ size, maskRows }) => ({
      pixels: {
        take(indices) {
          const taken = new Uint32Array(indices.length * size * size);
          for (let i = 0; i < indices.length; i++) packRgb(pictures[indices[i]!]!, taken, i * size * size);
          return taken;
        },
        close: () => undefined,
      },
      masks:
        masks.length === 0
          ? null
          : {
              has: (index) => maskRows[index]! >= 0,
              take(indices) {
                const taken = new Uint8Array(indices.length * size * size);
                for (let i = 0; i < indices.length; i++) {
                  const row = maskRows[indices[i]!]!;
                  if (row >= 0) taken.set(masks[row]!, i * size * size);
                }
                return taken;
              },
              close: () => undefined,
            },
    }),
  };
}

/** Writes RGB bytes into `packed` from `at` on, one RGBA word for each pixel: r | g << 8 | b << 16 | 255 << 24. */
export function packRgb(rgb: Uint8Array, packed: Uint32Array, at: number): void {
  for (let i = 0; i < rgb.length; i += 3) {
    packed[at + i / 3] = (rgb[i]! | (rgb[i + 1]! << 8) | (rgb[i + 2]! << 16) | 0xff000000) >>> 0;
  }
}

/**
 * The port for decoding pictures. Whatever the file held, what comes out is upright (EXIF orientation
 * applied), sRGB, 8 bits, the first frame, and opaque: transparency is laid over white. Pixels are read in rows, so
 * that a photo of 24 megapixels need not lie about as 96 MB of bytes. The browser adapter is
 * `browser/imageDecoder.ts`, the Node adapter `node/imageDecoder.ts` (never part of the page).
 */
import { PawsaurError } from './errors';

/** A decoded picture that is kept where the decoder put it, until it is closed. */
export interface OpenPicture {
  /** Upright size, px. */
  readonly width: number;
  readonly height: number;
  /**
   * [rows, width, 4] the pixels from row `top` and column `left` on, the fourth byte always 255. The bytes are
   * good until the next call. What is asked for has to lie inside the picture.
   */
  readRows(top: number, rows: number, left: number, width: number): Uint8ClampedArray;
  close(): void;
}

/** Decodes picture files. */
export interface ImageDecoder {
  /**
   * `format` ('JPEG', 'WebP' …), where it is known, spares a look at the header. Throws `PawsaurError`
   * 'image/undecodable' when the bytes are damaged, cut short or of an unknown kind.
   */
  open(file: Blob | Uint8Array, format?: string): Promise<OpenPicture>;
}

/** What transparent pictures are laid over, in every adapter. */
export const backgroundColour = '#ffffff';

/**
 * Pixels that are there already: [height, width, 3] or [height, width, 4], of which the fourth is ignored. Throws
 * 'image/shape' when they do not fit width × height or there are none.
 */
export function openPixels(pixels: Uint8Array, width: number, height: number): OpenPicture {
  const channels = pixels.length / (width * height);
  if (width < 1 || height < 1 || (channels !== 3 && channels !== 4)) {
    throw new PawsaurError(
      'image/shape',
      `${pixels.length} bytes are no picture of ${width} × ${height} px.`,
    );
  }
  return {
    width,
    height,
    readRows(top, rows, left, across) {
      const read = new Uint8ClampedArray(rows * across * 4).fill(255);
      for (let y = 0; y < rows; y++) {
        let source = ((top + y) * width + left) * channels;
        for (let target = y * across * 4; target < (y + 1) * across * 4; target += 4) {
          read[target] = pixels[source]!;
          read[target + 1] = pixels[source + 1]!;
          read[target + 2] = pixels[source + 2]!;
          source += channels;
        }
      }
      return read;
    },
    close: () => undefined,
  };
}

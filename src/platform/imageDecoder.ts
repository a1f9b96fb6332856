/**
 * The port for decoding pictures. Whatever the file held, what comes out is upright (EXIF orientation
 * applied), sRGB, 8 bits, the first frame, and opaque: transparency is laid over white. The browser adapter
 * is `browser/imageDecoder.ts`, the Node adapter `node/imageDecoder.ts` (never part of the page).
 */

/** A decoded picture: rows from the top, four bytes a pixel, the fourth always 255. */
export interface DecodedImage {
  width: number;
  height: number;
  rgba: Uint8ClampedArray;
}

/** Decodes picture files. */
export interface ImageDecoder {
  /** Throws `PawsaurError` 'image/undecodable' when the bytes are damaged, cut short or of an unknown kind. */
  decode(file: Blob | Uint8Array): Promise<DecodedImage>;
}

/** What transparent pictures are laid over, in every adapter. */
export const backgroundColour = '#ffffff';

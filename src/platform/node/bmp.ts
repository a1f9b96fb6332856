/**
 * Reads uncompressed Windows bitmaps of 8 (palette), 24 and 32 bits: [MS-WMF] 2.2.2.3 and BITMAPINFOHEADER.
 * Other kinds are refused by name. Alpha is ignored, as few programs mean what they write there.
 */
import { type OpenPicture, openPixels } from '../imageDecoder';

const uncompressed = 0;

/** Decodes a BMP file. Throws an `Error` whose message says what is wrong with it. */
export function decodeBmp(bytes: Uint8Array): OpenPicture {
  if (bytes.length < 54) throw new Error('the BMP header is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pixelStart = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (headerSize < 40 || width < 1 || height < 1) throw new Error('the BMP header makes no sense');
  if (compression !== uncompressed || ![8, 24, 32].includes(bits)) {
    throw new Error(`BMP of ${bits} bits with compression ${compression} is not supported`);
  }
  const paletteStart = 14 + headerSize;
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (pixelStart + rowBytes * height > bytes.length || (bits === 8 && paletteStart > pixelStart)) {
    throw new Error('the BMP pixels are cut short');
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = pixelStart + rowBytes * (signedHeight < 0 ? y : height - 1 - y);
    for (let x = 0; x < width; x++) {
      const source = bits === 8 ? paletteStart + 4 * bytes[row + x]! : row + (x * bits) / 8;
      const target = (y * width + x) * 3;
      rgb[target] = bytes[source + 2]!;
      rgb[target + 1] = bytes[source + 1]!;
      rgb[target + 2] = bytes[source]!;
    }
  }
  return openPixels(rgb, width, height);
}

/** Small picture files for tests, made on the spot. */
import sharp, { type Sharp } from 'sharp';

/** What a test picture shows: one colour all over, or a left and a right half. */
export interface TestPicture {
  width: number;
  height: number;
  colour?: [number, number, number];
  right?: [number, number, number];
  alpha?: number;
}

/** The kinds of file that sharp writes; BMP is written here. */
export type TestFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'bmp';

/** A file of the given kind. Lossy kinds are written at full quality. */
export async function encodePicture(format: TestFormat, picture: TestPicture): Promise<Uint8Array> {
  if (format === 'bmp') return encodeBmp(picture);
  const image = toSharp(picture);
  const written = {
    jpeg: () => image.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }),
    png: () => image.png(),
    webp: () => image.webp({ lossless: true }),
    avif: () => image.avif({ quality: 90, chromaSubsampling: '4:4:4', effort: 0 }),
    gif: () => image.gif(),
  };
  return new Uint8Array(await written[format]().toBuffer());
}

/** The picture as sharp's input, for files of unusual kinds. */
export function toSharp({ width, height, colour = [200, 100, 50], right, alpha }: TestPicture): Sharp {
  const channels = alpha === undefined ? 3 : 4;
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const shown = right && i % width >= width / 2 ? right : colour;
    data.set(alpha === undefined ? shown : [...shown, alpha], i * channels);
  }
  return sharp(data, { raw: { width, height, channels } });
}

/** A bitmap of 24 bits, rows from the bottom. */
function encodeBmp({ width, height, colour = [200, 100, 50], right }: TestPicture): Uint8Array {
  const rowBytes = Math.ceil((width * 3) / 4) * 4;
  const bytes = new Uint8Array(54 + rowBytes * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = right && x >= width / 2 ? right : colour;
      bytes.set([b, g, r], 54 + y * rowBytes + x * 3);
    }
  }
  return bytes;
}

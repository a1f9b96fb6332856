/**
 * What a file is, told from its first bytes and never from its name, and how large a picture it announces,
 * so that a file of 250 kB that unpacks to a gigabyte is refused before it is decoded.
 */

/** The kinds of picture that can be imported. */
export const pictureFormats = ['JPEG', 'PNG', 'WebP', 'AVIF', 'GIF', 'BMP'] as const;
/** One of them. */
export type PictureFormat = (typeof pictureFormats)[number];

/** A picture, its size as stored (before any EXIF turn); null where the bytes at hand do not tell. */
export interface PictureHeader {
  format: PictureFormat;
  size: { width: number; height: number } | null;
}

type Size = PictureHeader['size'];

/** Reads the header of a picture out of the first bytes of a file; null if it is not one we import. */
export function readPictureHeader(bytes: Uint8Array): PictureHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const format of pictureFormats) {
    const { matches, size } = readers[format];
    if (matches(bytes)) return { format, size: atLeast(() => size(view)) };
  }
  return null;
}

/** The name of a kind of file that is often found among pictures and cannot be imported, or null. */
export function nameOtherFormat(bytes: Uint8Array): string | null {
  for (const [name, matches] of otherFormats) if (matches(bytes)) return name;
  return null;
}

/** Where a header is cut short the reader runs off its end: the size is then unknown. */
function atLeast(read: () => Size): Size {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

interface Reader {
  matches: (bytes: Uint8Array) => boolean;
  size: (view: DataView) => Size;
}

const readers: Record<PictureFormat, Reader> = {
  JPEG: { matches: (bytes) => startsWith(bytes, 0xff, 0xd8, 0xff), size: jpegSize },
  PNG: {
    matches: (bytes) => startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    size: (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  },
  WebP: { matches: (bytes) => hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WEBP'), size: webpSize },
  AVIF: {
    matches: (bytes) => brands(bytes).some((brand) => brand === 'avif' || brand === 'avis'),
    size: avifSize,
  },
  GIF: {
    matches: (bytes) => hasText(bytes, 0, 'GIF87a') || hasText(bytes, 0, 'GIF89a'),
    size: (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  },
  BMP: { matches: (bytes) => hasText(bytes, 0, 'BM') && bytes[15] === 0 && bytes[16] === 0, size: bmpSize },
};

const otherFormats: [string, (bytes: Uint8Array) => boolean][] = [
  [
    'an HEIC photo',
    (bytes) => brands(bytes).some((brand) => /^(hei[cmsx]|hev[cmsx]|mif1|msf1)$/.test(brand)),
  ],
  ['a TIFF picture', (bytes) => startsWith(bytes, 0x49, 0x49, 42, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 42)],
  ['an SVG drawing', isSvg],
  ['a JPEG 2000 picture', (bytes) => hasText(bytes, 4, 'jP  ') || startsWith(bytes, 0xff, 0x4f, 0xff, 0x51)],
  ['a JPEG XL picture', (bytes) => hasText(bytes, 4, 'JXL ') || startsWith(bytes, 0xff, 0x0a)],
  ['a Photoshop file', (bytes) => hasText(bytes, 0, '8BPS')],
  ['an icon', (bytes) => startsWith(bytes, 0, 0, 1, 0)],
  ['a zip archive', (bytes) => startsWith(bytes, 0x50, 0x4b, 3, 4) || startsWith(bytes, 0x50, 0x4b, 5, 6)],
  ['a gzip archive', (bytes) => startsWith(bytes, 0x1f, 0x8b)],
  ['a PDF document', (bytes) => hasText(bytes, 0, '%PDF')],
  ['a video', (bytes) => brands(bytes).length > 0 || startsWith(bytes, 0x1a, 0x45, 0xdf, 0xa3)],
];

/** Walks the segments up to the frame header (SOF0 to SOF15 without DHT, JPG and DAC). */
function jpegSize(view: DataView): Size {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    if (marker === 0xd9 || marker === 0xda) return null;
    at += 2 + view.getUint16(at + 2);
  }
}

function webpSize(view: DataView): Size {
  const kind = String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + 12, 4));
  if (kind === 'VP8 ') {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (kind === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === 'VP8X') {
    const side = (at: number) => (view.getUint16(at, true) | (view.getUint8(at + 2) << 16)) + 1;
    return { width: side(24), height: side(27) };
  }
  return null;
}

/** The largest `ispe` property (ISO 23008-12, 6.5.3); thumbnails and alpha planes have one of their own. */
function avifSize(view: DataView): Size {
  let largest: Size = null;
  for (let at = 0; at + 16 <= view.byteLength; at++) {
    if (view.getUint32(at) !== 0x69737065) continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

function bmpSize(view: DataView): Size {
  if (view.getUint32(14, true) === 12) {
    return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  }
  return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
}

/** The brands of an ISO media file (`ftyp` box), main one first; empty for other files. */
function brands(bytes: Uint8Array): string[] {
  if (!hasText(bytes, 4, 'ftyp')) return [];
  const end = Math.min(bytes[3]! | (bytes[2]! << 8), bytes.length);
  const found: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) {
    if (at !== 12) found.push(String.fromCharCode(...bytes.subarray(at, at + 4)));
  }
  return found;
}

function startsWith(bytes: Uint8Array, ...start: number[]): boolean {
  return start.every((value, i) => bytes[i] === value);
}

function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Markup whose first kilobyte opens an <svg>, after an XML declaration, a doctype or comments at most. */
function isSvg(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, 1024)).toLowerCase();
  return /^\s*<(\?xml|!--|!doctype svg|svg[\s>])/.test(text) && /<svg[\s>]/.test(text);
}

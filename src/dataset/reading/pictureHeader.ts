/**
 * What a file is, told from its first bytes and never from its name, how large a picture it announces, so that a
 * file of 250 kB that unpacks to a gigabyte is refused before it is decoded, and what will have to be changed about
 * it. Each kind of header has its reader in `headers/`.
 */
import { type Conversion, conversions } from '../importing/report';
import { readAvifHeader } from './headers/avif';
import { readBmpHeader } from './headers/bmp';
import type { HeaderFacts, HeaderReader } from './headers/facts';
import { readGifHeader } from './headers/gif';
import { readJpegHeader } from './headers/jpeg';
import { readPngHeader } from './headers/png';
import { readWebpHeader } from './headers/webp';

/** The kinds of picture that can be imported. */
export const pictureFormats = ['JPEG', 'PNG', 'WebP', 'AVIF', 'GIF', 'BMP'] as const;
/** One of them. */
export type PictureFormat = (typeof pictureFormats)[number];

/** A picture as its header announces it. */
export interface PictureHeader {
  format: PictureFormat;
  /** Upright size (after the turn that EXIF asks for), px; null where the bytes at hand do not tell. */
  size: { width: number; height: number } | null;
  /** What the header says will have to be changed, in the order of `conversions`. */
  conversions: Conversion[];
  /** Whether the header ended within the bytes at hand: more of them would tell no more. */
  complete: boolean;
}

/** Reads the header of a picture out of the first bytes of a file; null if it is not one we import. Never throws. */
export function readPictureHeader(bytes: Uint8Array): PictureHeader | null {
  const format = pictureFormats.find((name) => formats[name].matches(bytes));
  if (format === undefined) return null;
  const facts: HeaderFacts = { size: null, turned: false, conversions: new Set() };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let complete = true;
  try {
    formats[format].read(view, facts);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    complete = false;
  }
  const { size, turned } = facts;
  return {
    format,
    size: size && turned ? { width: size.height, height: size.width } : size,
    conversions: conversions.filter((conversion) => facts.conversions.has(conversion)),
    complete,
  };
}

/** A kind of file that is often found among pictures and cannot be imported. */
export interface OtherFormat {
  /** With its article: 'an HEIC photo'. */
  name: string;
  kind: 'picture' | 'video' | 'other';
}

/** What other kind of file it is, if that can be told. */
export function nameOtherFormat(bytes: Uint8Array): OtherFormat | null {
  for (const [name, kind, matches] of otherFormats) if (matches(bytes)) return { name, kind };
  return null;
}

interface Format {
  matches: (bytes: Uint8Array) => boolean;
  read: HeaderReader;
}

const formats: Record<PictureFormat, Format> = {
  JPEG: { matches: (bytes) => startsWith(bytes, 0xff, 0xd8, 0xff), read: readJpegHeader },
  PNG: {
    matches: (bytes) => startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    read: readPngHeader,
  },
  WebP: {
    matches: (bytes) => hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WEBP'),
    read: readWebpHeader,
  },
  AVIF: {
    matches: (bytes) => brands(bytes).some((brand) => brand === 'avif' || brand === 'avis'),
    read: readAvifHeader,
  },
  GIF: {
    matches: (bytes) => hasText(bytes, 0, 'GIF87a') || hasText(bytes, 0, 'GIF89a'),
    read: readGifHeader,
  },
  BMP: {
    matches: (bytes) => hasText(bytes, 0, 'BM') && bytes[15] === 0 && bytes[16] === 0,
    read: readBmpHeader,
  },
};

const otherFormats: [name: string, kind: OtherFormat['kind'], matches: (bytes: Uint8Array) => boolean][] = [
  [
    'an HEIC photo',
    'picture',
    (bytes) => brands(bytes).some((brand) => /^(hei[cmsx]|hev[cmsx]|mif1|msf1)$/.test(brand)),
  ],
  [
    'a camera’s raw photo',
    'picture',
    (bytes) => hasText(bytes, 4, 'ftypcrx ') || hasText(bytes, 0, 'FUJIFILM'),
  ],
  [
    'a TIFF picture',
    'picture',
    (bytes) => startsWith(bytes, 0x49, 0x49, 42, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 42),
  ],
  ['an SVG drawing', 'picture', isSvg],
  [
    'a JPEG 2000 picture',
    'picture',
    (bytes) => hasText(bytes, 4, 'jP  ') || startsWith(bytes, 0xff, 0x4f, 0xff, 0x51),
  ],
  ['a JPEG XL picture', 'picture', (bytes) => hasText(bytes, 4, 'JXL ') || startsWith(bytes, 0xff, 0x0a)],
  ['a Photoshop file', 'picture', (bytes) => hasText(bytes, 0, '8BPS')],
  ['an icon', 'picture', (bytes) => startsWith(bytes, 0, 0, 1, 0)],
  ['an AVI video', 'video', (bytes) => hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'AVI ')],
  ['an Ogg video or sound', 'video', (bytes) => hasText(bytes, 0, 'OggS')],
  ['a video', 'video', (bytes) => brands(bytes).length > 0 || startsWith(bytes, 0x1a, 0x45, 0xdf, 0xa3)],
  [
    'a ZIP archive',
    'other',
    (bytes) => startsWith(bytes, 0x50, 0x4b, 3, 4) || startsWith(bytes, 0x50, 0x4b, 5, 6),
  ],
  ['a gzip archive', 'other', (bytes) => startsWith(bytes, 0x1f, 0x8b)],
  ['a 7-Zip archive', 'other', (bytes) => hasText(bytes, 0, '7z\xbc\xaf')],
  ['a RAR archive', 'other', (bytes) => hasText(bytes, 0, 'Rar!')],
  ['a PDF document', 'other', (bytes) => hasText(bytes, 0, '%PDF')],
];

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

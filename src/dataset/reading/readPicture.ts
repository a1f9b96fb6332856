/**
 * The one way from the bytes of a file to a stored square, in Node and in the browser, for pictures and for masks:
 * look at the header, refuse or go on, decode, resample, take the fingerprint. A file that cannot be used is an
 * answer with its reason, never an exception.
 */
import { messageOf, PawsaurError } from '../../platform/errors';
import { type ImageDecoder, type OpenPicture, openPixels } from '../../platform/imageDecoder';
import type { Conversion, SkipReason } from '../importing/report';
import { fingerprint, greyLevels } from './fingerprint';
import { nameOtherFormat, type PictureHeader, pictureFormats, readPictureHeader } from './pictureHeader';
import type { PictureRead, ReadRefusal, ReadResult, ReadTask } from './pictureReader';
import { resampleSquare } from './resample';

/** What a picture may be to be read. */
export const readLimits = {
  /** Most bytes of a file. */
  bytes: 128 * 2 ** 20,
  /** Most pixels of a picture, width × height: 256 MB decoded. */
  pixels: 64_000_000,
  /** Greatest length of its longer side and least of its shorter one, px. */
  longest: 16_384,
  shortest: 8,
} as const;

/** Pixels above which a picture is said to have been shrunk, and is opened while no other such is: 64 MB decoded. */
const largePixels = 16_000_000;
/** Grey level from which on a mask means object. */
const objectLevel = 128;
/** Bytes in which most headers end, and those after which one that has not is given up. */
const headBytes = [2 ** 16, 2 ** 24] as const;

/** Does what needs much memory, one after the other. */
export type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/** Reads a picture or a mask, `alone` if it is a large one. Never throws. */
export async function readPicture(
  task: ReadTask,
  decoder: ImageDecoder,
  alone: Alone = (work) => work(),
): Promise<ReadResult> {
  let header: PictureHeader | ReadRefusal;
  try {
    header = await readHeader(task.bytes);
  } catch (error) {
    return refused('unreadable', `cannot be read (${messageOf(error)})`);
  }
  if ('reason' in header) return header;
  const { format, conversions, size } = header;
  const decode = () => decodeSquare(task, decoder, format, conversions);
  return size && isLarge(size) ? alone(decode) : decode();
}

async function decodeSquare(
  { bytes, side, as }: ReadTask,
  decoder: ImageDecoder,
  format: string,
  conversions: Conversion[],
): Promise<ReadResult> {
  let picture: OpenPicture;
  try {
    picture = await decoder.open(bytes, format);
  } catch (error) {
    return refused(
      'damaged',
      error instanceof PawsaurError ? error.message : `damaged (${messageOf(error)})`,
    );
  }
  try {
    const problem = sizeProblem(picture);
    if (problem !== null) return problem;
    return as === 'mask' ? readMask(picture, side) : squareOf(picture, side, format, conversions);
  } catch (error) {
    return refused('damaged', `cannot be read once decoded (${messageOf(error)})`);
  } finally {
    picture.close();
  }
}

/**
 * The square of pixels that need no decoding: [height, width, 3] or [height, width, 4], opaque. `format` names where
 * they are from. Throws 'image/shape' when they do not fit width × height.
 */
export function rawPicture(
  pixels: Uint8Array,
  width: number,
  height: number,
  side: number,
  format: string,
): PictureRead {
  return squareOf(openPixels(pixels, width, height), side, format, []);
}

function squareOf(
  picture: OpenPicture,
  side: number,
  format: string,
  conversions: Conversion[],
): PictureRead {
  const { width, height } = picture;
  const rgb = resampleSquare(picture, side);
  const shrunk: Conversion[] = isLarge(picture) ? ['shrunk'] : [];
  return {
    kind: 'picture',
    rgb,
    width,
    height,
    format,
    conversions: [...conversions, ...shrunk],
    ...fingerprint(rgb, side),
  };
}

function readMask(picture: OpenPicture, side: number): ReadResult {
  const grey = greyLevels(resampleSquare(picture, side));
  const mask = Uint8Array.from(grey, (level) => (level >= objectLevel ? 1 : 0));
  return { kind: 'mask', mask, width: picture.width, height: picture.height };
}

async function readHeader(bytes: Blob | Uint8Array): Promise<PictureHeader | ReadRefusal> {
  const length = bytes instanceof Blob ? bytes.size : bytes.length;
  if (length === 0) return refused('empty', 'the file is empty');
  if (length > readLimits.bytes) return refused('too-large', `larger than ${readLimits.bytes / 2 ** 20} MB`);
  const head = await firstBytes(bytes, headBytes[0]);
  let header = readPictureHeader(head);
  if (header === null) return otherFile(head);
  if (!header.complete && length > headBytes[0]) {
    header = readPictureHeader(await firstBytes(bytes, headBytes[1])) ?? header;
  }
  if (header.size === null)
    return refused('damaged', `a ${header.format} whose header is damaged or cut short`);
  return sizeProblem(header.size) ?? header;
}

async function firstBytes(bytes: Blob | Uint8Array, length: number): Promise<Uint8Array> {
  if (bytes instanceof Uint8Array) return bytes.subarray(0, length);
  return new Uint8Array(await bytes.slice(0, length).arrayBuffer());
}

function otherFile(head: Uint8Array): ReadRefusal {
  const other = nameOtherFormat(head);
  if (other === null)
    return refused('not-an-image', `no picture that can be read (${pictureFormats.join(', ')})`);
  if (other.kind === 'picture') {
    return refused('unsupported-format', `${other.name}, which cannot be read: save it as JPEG or PNG`);
  }
  const reason = other.kind === 'video' ? 'unsupported-format' : 'not-an-image';
  return refused(reason, `${other.name}, not a picture`);
}

function isLarge({ width, height }: { width: number; height: number }): boolean {
  return width * height > largePixels;
}

function sizeProblem({ width, height }: { width: number; height: number }): ReadRefusal | null {
  const said = `${width} × ${height} px`;
  if (width * height > readLimits.pixels) {
    return refused('too-many-pixels', `${said} is too large: at most ${readLimits.pixels / 1e6} megapixels`);
  }
  if (Math.max(width, height) > readLimits.longest) {
    return refused('too-many-pixels', `${said} is too long: at most ${readLimits.longest} px a side`);
  }
  if (Math.min(width, height) < readLimits.shortest) {
    return refused('too-small', `${said} is too small: at least ${readLimits.shortest} px a side`);
  }
  return null;
}

function refused(reason: SkipReason, detail: string): ReadRefusal {
  return { kind: 'refused', reason, detail };
}

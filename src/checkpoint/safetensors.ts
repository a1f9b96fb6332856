/**
 * Reading and writing safetensors files (https://github.com/huggingface/safetensors, "Format"): eight bytes of
 * little-endian header length, a JSON header, then raw little-endian data without holes.
 *
 * The reader is for untrusted files: every length and offset is checked against the file before anything is
 * allocated, and a damaged file gives one clear error and no partial result.
 */
import { PawsaurError } from '../platform/errors';
import { decodeValues, isDtype, itemSize } from './dtypes';
import { repeatedKey } from './jsonKeys';

/** One tensor as Pawsaur holds it: floats of any width become F32, integers and booleans I32. */
export interface StoredTensor {
  /** The type named in the file ('F32', 'F16', …). */
  dtype: string;
  shape: number[];
  data: Float32Array | Int32Array;
}

/** A tensor with its official state-dict name, row-major. */
export interface NamedTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array | Int32Array;
}

/** What a file holds; tensors in the order of their data. */
export interface SafetensorsFile {
  metadata: Record<string, string>;
  tensors: Map<string, StoredTensor>;
}

interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

const METADATA = '__metadata__';
const LENGTH_BYTES = 8;
/** The official reader's limit: a header beyond it is an attack or a mistake. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Parses a whole safetensors file.
 * @throws PawsaurError 'checkpoint/damaged' for a file that breaks the format's rules, 'checkpoint/dtype' for
 * a number type we cannot hold.
 */
export function parseSafetensors(bytes: Uint8Array): SafetensorsFile {
  const headerBytes = headerLength(bytes);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes));
  const body = bytes.subarray(LENGTH_BYTES + headerBytes);
  const metadata = readMetadata(header[METADATA]);
  const entries = Object.keys(header)
    .filter((name) => name !== METADATA)
    .map((name) => readEntry(name, header[name], body.length))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  refuseOverlapsAndHoles(entries, body.length);

  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors.set(name, { dtype, shape, data: decodeValues(name, dtype, body.subarray(begin, end)) });
  }
  return { metadata, tensors };
}

/**
 * Writes tensors (F32 and I32) in the order given; the header is padded with spaces to a multiple of eight
 * bytes so that the data is aligned.
 * @throws PawsaurError 'checkpoint/write' for a repeated or reserved name, or a shape that does not fit.
 */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`"${METADATA}":${JSON.stringify(metadata)}`);
  const names = new Set<string>([METADATA]);
  let end = 0;
  for (const { name, shape, data } of tensors) {
    if (names.has(name)) throw cannotWrite(`two tensors are called ${quote(name)}, or the name is reserved`);
    if (shape.reduce((product, side) => product * side, 1) !== data.length) {
      throw cannotWrite(`${quote(name)} has ${data.length} values, which do not fit [${shape}]`);
    }
    names.add(name);
    const begin = end;
    end += data.byteLength;
    const dtype = data instanceof Float32Array ? 'F32' : 'I32';
    fields.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape: [...shape], data_offsets: [begin, end] })}`,
    );
  }

  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  const padded = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + padded + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + padded);
  file.set(header, LENGTH_BYTES);
  let offset = LENGTH_BYTES + padded;
  for (const { data } of tensors) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length === 0) throw damaged('the file is empty');
  if (bytes.length < LENGTH_BYTES) throw damaged(`it ends after ${bytes.length} bytes, before its header`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const limit = Math.min(bytes.length - LENGTH_BYTES, MAX_HEADER_BYTES);
  if (declared > BigInt(limit)) {
    throw damaged(`it announces a header of ${declared} bytes but has room for ${limit}`);
  }
  return Number(declared);
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (cause) {
    throw damaged('its header is not JSON', cause);
  }
  if (!isObject(header)) throw damaged('its header is not a JSON object');
  const repeated = repeatedKey(text);
  if (repeated !== null) throw damaged(`its header names ${quote(repeated)} twice`);
  return header;
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) throw damaged('its metadata is not an object');
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string') throw damaged(`its metadata ${quote(key)} is not text`);
      return [key, text];
    }),
  );
}

function readEntry(name: string, value: unknown, bodyBytes: number): Entry {
  if (!isObject(value)) throw damaged(`the entry of tensor ${quote(name)} is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !isDtype(dtype)) {
    throw new PawsaurError(
      'checkpoint/dtype',
      `Tensor ${quote(name)} has the number type ${quote(String(dtype))}, which is not known here.`,
      'Save the weights again as F32, F16 or BF16.',
    );
  }
  if (!isSizes(shape)) throw damaged(`the shape of tensor ${quote(name)} is not a list of whole numbers`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw damaged(`the data_offsets of tensor ${quote(name)} are not two whole numbers`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > bodyBytes) {
    throw damaged(
      `tensor ${quote(name)} lies at bytes ${begin} to ${end}, but the file holds ${bodyBytes} bytes of data`,
    );
  }
  // Never an overflow: a product beyond 2^53 is inexact but still far above any byte range in the file.
  const wanted = shape.reduce((product, side) => product * side, itemSize(dtype));
  if (wanted !== end - begin) {
    throw damaged(
      `tensor ${quote(name)} of shape [${shape}] needs ${wanted} bytes as ${dtype} but has ${end - begin}`,
    );
  }
  return { name, dtype, shape: [...shape], begin, end };
}

/** The format allows neither: data must be covered exactly once, so nothing can hide in a file. */
function refuseOverlapsAndHoles(sorted: readonly Entry[], bodyBytes: number): void {
  let covered = 0;
  for (const { name, begin, end } of sorted) {
    if (begin < covered) throw damaged(`tensor ${quote(name)} overlaps the tensor before it`);
    if (begin > covered)
      throw damaged(`${begin - covered} bytes before tensor ${quote(name)} belong to nothing`);
    covered = end;
  }
  if (covered !== bodyBytes) throw damaged(`its last ${bodyBytes - covered} bytes belong to no tensor`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((side) => Number.isSafeInteger(side) && side >= 0);
}

/** Names come from the file: shown shortened and with control characters escaped. */
function quote(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 117)}…` : name);
}

function damaged(what: string, cause?: unknown): PawsaurError {
  return new PawsaurError(
    'checkpoint/damaged',
    `This safetensors file cannot be read: ${what}.`,
    'Nothing was loaded. Fetch or save the file again.',
    { cause },
  );
}

function cannotWrite(what: string): PawsaurError {
  return new PawsaurError('checkpoint/write', `The weights cannot be written: ${what}.`);
}

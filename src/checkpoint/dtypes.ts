/**
 * The number types of safetensors files and how each becomes what Pawsaur holds: floats become Float32Array,
 * integers and booleans Int32Array. All machines WebGPU runs on are little-endian, as the format is.
 */
import { PawsaurError } from '../platform/errors';

type Decoder = (view: DataView, count: number) => Float32Array | Int32Array;

const floats =
  (bytes: number, read: (view: DataView, offset: number) => number): Decoder =>
  (view, count) =>
    Float32Array.from({ length: count }, (_, i) => read(view, i * bytes));
const integers =
  (bytes: number, read: (view: DataView, offset: number) => number): Decoder =>
  (view, count) =>
    Int32Array.from({ length: count }, (_, i) => inInt32(read(view, i * bytes)));

const DTYPES: ReadonlyMap<string, { bytes: number; decode: Decoder }> = new Map([
  ['F64', { bytes: 8, decode: floats(8, (view, at) => view.getFloat64(at, true)) }],
  ['F32', { bytes: 4, decode: (view: DataView) => new Float32Array(copyOf(view)) }],
  ['F16', { bytes: 2, decode: floats(2, (view, at) => halfToFloat(view.getUint16(at, true))) }],
  ['BF16', { bytes: 2, decode: decodeBrainFloats }],
  ['I64', { bytes: 8, decode: integers(8, (view, at) => Number(view.getBigInt64(at, true))) }],
  ['I32', { bytes: 4, decode: (view: DataView) => new Int32Array(copyOf(view)) }],
  ['U32', { bytes: 4, decode: integers(4, (view, at) => view.getUint32(at, true)) }],
  ['I16', { bytes: 2, decode: integers(2, (view, at) => view.getInt16(at, true)) }],
  ['U16', { bytes: 2, decode: integers(2, (view, at) => view.getUint16(at, true)) }],
  ['I8', { bytes: 1, decode: integers(1, (view, at) => view.getInt8(at)) }],
  ['U8', { bytes: 1, decode: integers(1, (view, at) => view.getUint8(at)) }],
  ['BOOL', { bytes: 1, decode: integers(1, (view, at) => view.getUint8(at)) }],
]);

/** Whether values of this type can be read. */
export function isDtype(name: string): boolean {
  return DTYPES.has(name);
}

/** Bytes of one value of a type for which `isDtype` holds. */
export function itemSize(dtype: string): number {
  return DTYPES.get(dtype)!.bytes;
}

/**
 * Copies raw bytes into a typed array of their own.
 * @throws PawsaurError 'checkpoint/dtype' for a whole number beyond 32 bits.
 */
export function decodeValues(name: string, dtype: string, raw: Uint8Array): Float32Array | Int32Array {
  const { bytes, decode } = DTYPES.get(dtype)!;
  try {
    return decode(new DataView(raw.buffer, raw.byteOffset, raw.byteLength), raw.byteLength / bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new PawsaurError(
      'checkpoint/dtype',
      `Tensor ${JSON.stringify(name.slice(0, 120))} cannot be read: ${cause.message}.`,
      undefined,
      { cause },
    );
  }
}

/** IEEE half precision, given as its 16 bits, widened without loss. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
function decodeBrainFloats(view: DataView, count: number): Float32Array {
  const bits = Uint32Array.from({ length: count }, (_, i) => view.getUint16(i * 2, true) << 16);
  return new Float32Array(bits.buffer);
}

/** A tensor may start at any byte, so its values are copied out rather than viewed. */
function copyOf(view: DataView): ArrayBuffer {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice().buffer;
}

function inInt32(value: number): number {
  if ((value | 0) !== value) throw new RangeError(`the whole number ${value} does not fit 32 bits`);
  return value;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PawsaurError } from '../platform/errors';
import { halfToFloat } from './dtypes';
import { fixtureFolder } from './parity';
import { parseSafetensors, writeSafetensors } from './safetensors';

const checkpoints = join('./fixtures', 'checkpoints');
const read = (file: string) => parseSafetensors(readFileSync(join(checkpoints, file)));

/** A file with this header text and so many bytes of data. */
function file(header: string, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
const f32 = (shape: number[], begin: number, end: number) =>
  JSON.stringify({ dtype: 'F32', shape, data_offsets: [begin, end] });

function refusal(bytes: Uint8Array): string {
  try {
    parseSafetensors(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(PawsaurError);
    return (error as PawsaurError).message;
  }
  throw new Error('was not refused');
}

describe('reading', () => {
  it('reads every golden file', () => {
    const files = readdirSync(fixtureFolder()).filter((name) => name.endsWith('.safetensors'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const { metadata, tensors } = parseSafetensors(readFileSync(join(fixtureFolder(), name)));
      expect(Object.keys(metadata)).toContain('tolerance');
      for (const [tensor, { shape, data }] of tensors) {
        expect(data.length, `${name} ${tensor}`).toBe(shape.reduce((a, b) => a * b, 1));
      }
    }
  });

  it('widens F16 to the F32 values within half precision', () => {
    const full = read('vit_official.safetensors').tensors;
    const half = read('vit_official_f16.safetensors').tensors;
    expect([...half.keys()].sort()).toEqual([...full.keys()].sort());
    for (const [name, { dtype, data }] of half) {
      expect(dtype).toBe('F16');
      const want = full.get(name)!.data;
      for (const [i, value] of data.entries()) {
        expect(Math.abs(value - want[i]!)).toBeLessThanOrEqual(Math.abs(want[i]!) * 2 ** -11 + 2 ** -25);
      }
    }
  });

  it('knows the special half-precision numbers', () => {
    expect([0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0xfc00].map(halfToFloat)).toEqual([
      1,
      -2,
      2 ** -24,
      65504,
      Infinity,
      -Infinity,
    ]);
    expect(halfToFloat(0x7e01)).toBeNaN();
  });

  it('reads BF16 and whole numbers, and data that starts at an odd byte', () => {
    const header = `{"b":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]},"h":{"dtype":"BF16","shape":[1],"data_offsets":[1,3]},"i":{"dtype":"I64","shape":[],"data_offsets":[3,11]},"f":${f32([1], 11, 15)}}`;
    const bytes = file(header, 15);
    const view = new DataView(bytes.buffer, bytes.length - 15);
    view.setUint8(0, 1);
    view.setUint16(1, 0xc020, true);
    view.setBigInt64(3, -7n, true);
    view.setFloat32(11, 0.5, true);
    const { tensors } = parseSafetensors(bytes);
    expect([...tensors].map(([name, { data }]) => [name, ...data])).toEqual([
      ['b', 1],
      ['h', -2.5],
      ['i', -7],
      ['f', 0.5],
    ]);
    view.setBigInt64(3, 2n ** 40n, true);
    expect(refusal(bytes)).toMatch(/"i".*1099511627776 does not fit/);
  });

  it('gives a tensor called __proto__ back as an ordinary tensor', () => {
    const { tensors, metadata } = parseSafetensors(
      writeSafetensors([{ name: '__proto__', shape: [1], data: Float32Array.of(3) }], { constructor: 'x' }),
    );
    expect(tensors.get('__proto__')!.data[0]).toBe(3);
    expect(metadata.constructor).toBe('x');
  });
});

describe('refusing', () => {
  const reasons: Record<string, RegExp> = {
    'empty.safetensors': /file is empty/,
    'header_length_huge.safetensors': /header of 1152921504606846976 bytes but has room for 28012/,
    'header_not_json.safetensors': /not JSON/,
    'offset_out_of_range.safetensors': /"patch_embed\.proj\.weight" lies at bytes/,
    'shape_size_mismatch.safetensors': /"patch_embed\.proj\.weight" of shape .* needs/,
    'overlapping_offsets.safetensors': /"patch_embed\.proj\.weight"/,
    'unknown_dtype.safetensors': /number type/,
  };

  it.each(Object.entries(reasons))('refuses %s', (name, reason) => {
    expect(refusal(readFileSync(join(checkpoints, 'bad', name)))).toMatch(reason);
  });

  it('refuses every truncated file', () => {
    const truncated = readdirSync(join(checkpoints, 'bad')).filter((n) =>
      n.endsWith('.truncated.safetensors'),
    );
    expect(truncated.length).toBeGreaterThan(0);
    for (const name of truncated) {
      expect(refusal(readFileSync(join(checkpoints, 'bad', name)))).toMatch(
        /the file holds \d+ bytes|room for/,
      );
    }
  });

  it('leaves files that are sound but unsuitable to the model loader', () => {
    for (const name of ['missing_block', 'wrong_shape', 'has_nan']) {
      expect(read(`bad/${name}.safetensors`).tensors.size).toBeGreaterThan(0);
    }
  });

  it.each([
    [
      'an overlap of exactly fitting tensors',
      file(`{"a":${f32([2], 0, 8)},"b":${f32([2], 4, 12)}}`, 12),
      /"b" overlaps/,
    ],
    ['a hole', file(`{"a":${f32([1], 0, 4)},"b":${f32([1], 8, 12)}}`, 12), /4 bytes before tensor "b"/],
    ['bytes after the last tensor', file(`{"a":${f32([1], 0, 4)}}`, 7), /last 3 bytes/],
    ['a repeated name', file(`{"a":${f32([1], 0, 4)},"\\u0061":${f32([1], 4, 8)}}`, 8), /names "a" twice/],
    ['a negative side', file(`{"a":${f32([-1, -1], 0, 4)}}`, 4), /shape of tensor "a"/],
    ['a fraction', file(`{"a":${f32([0.5], 0, 2)}}`, 2), /shape of tensor "a"/],
    ['a shape that overflows', file(`{"a":${f32([2 ** 40, 2 ** 40], 0, 0)}}`, 0), /needs 4\.8\S+e\+24 bytes/],
    ['offsets the wrong way round', file(`{"a":${f32([0], 4, 0)}}`, 4), /bytes 4 to 0/],
    ['metadata that is not text', file('{"__metadata__":{"a":1}}'), /"a" is not text/],
    ['a list as header', file('[]'), /not a JSON object/],
    ['an entry that is null', file('{"a":null}'), /entry of tensor "a"/],
    ['a header with a byte-order mark', file('\ufeff{}'), /not JSON/],
    ['three bytes', new Uint8Array(3), /ends after 3 bytes/],
  ])('refuses %s', (_, bytes, reason) => {
    expect(refusal(bytes)).toMatch(reason);
  });
});

describe('writing', () => {
  const tensors = [
    { name: '2', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, Number.NaN) },
    { name: 'a "quoted" näme', shape: [], data: Int32Array.of(-5) },
    { name: '1', shape: [0, 4], data: new Float32Array(0) },
  ];

  it('is read back unchanged, in order, with aligned data', () => {
    const bytes = writeSafetensors(tensors, { method: 'dino', note: 'π' });
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
    const back = parseSafetensors(bytes);
    expect(back.metadata).toEqual({ method: 'dino', note: 'π' });
    expect([...back.tensors.keys()].sort()).toEqual(tensors.map(({ name }) => name).sort());
    for (const { name, shape, data } of tensors) {
      expect(back.tensors.get(name)).toEqual({
        dtype: data instanceof Int32Array ? 'I32' : 'F32',
        shape,
        data,
      });
    }
  });

  it('writes only the part of a buffer the array covers', () => {
    const whole = Float32Array.of(1, 2, 3, 4);
    const bytes = writeSafetensors([{ name: 'part', shape: [2], data: whole.subarray(1, 3) }]);
    expect([...parseSafetensors(bytes).tensors.get('part')!.data]).toEqual([2, 3]);
  });

  it('refuses repeated names, the reserved name and shapes that do not fit', () => {
    const one = { name: 'a', shape: [1], data: Float32Array.of(1) };
    expect(() => writeSafetensors([one, one])).toThrow(/"a"/);
    expect(() => writeSafetensors([{ ...one, name: '__metadata__' }])).toThrow(/reserved/);
    expect(() => writeSafetensors([{ ...one, shape: [2] }])).toThrow(/do not fit \[2\]/);
  });
});

/**
 * Random numbers. One seed of the recipe drives everything random; each use (initialisation, sampler, crops,
 * drop path, built-in pictures …) draws from a stream of its own name, so that one cannot disturb another.
 *
 * The generator is Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): the
 * n-th block of four words is a pure function of (seed, stream, n). It needs 32-bit integer arithmetic only
 * and gives the same numbers on every platform. Normals come from the inverse distribution function (Wichura
 * 1988, AS 241), one draw each; only their tails (|z| > 1.44) call Math.log, the one function here whose
 * last bit is left to the JavaScript engine.
 */
import { PawsaurError } from './errors';

/** A named stream of random numbers; every call advances it. */
export interface RandomStream {
  /** The next 32 random bits, as an integer in [0, 2³²). */
  bits(): number;
  /** Uniform in [low, high), 32 bits of resolution; default [0, 1). */
  uniform(low?: number, high?: number): number;
  /** Normal with the given mean and standard deviation; default N(0, 1). Always costs one draw. */
  normal(mean?: number, deviation?: number): number;
  /** Uniform integer in [0, n), without bias; 1 ≤ n ≤ 2³². */
  integer(n: number): number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(array: T): T;
  /** A random order of 0 … n−1. */
  permutation(n: number): Int32Array;
}

/**
 * The stream `name` of `seed`. The same pair gives the same numbers for ever, whatever other streams did.
 * Throws 'random/seed' unless the seed is a whole number that a double holds exactly.
 */
export function randomStream(seed: number, name: string): RandomStream {
  if (!Number.isSafeInteger(seed)) {
    throw new PawsaurError('random/seed', `The seed must be a whole number, not ${seed}.`, 'Use 0, 1, 2 …');
  }
  return new PhiloxStream(seed, name);
}

class PhiloxStream implements RandomStream {
  private readonly key: readonly [number, number];
  private readonly counter: Uint32Array;
  private readonly block = new Uint32Array(4);
  private used = 4;

  constructor(seed: number, name: string) {
    this.key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
    this.counter = Uint32Array.of(0, 0, hashText(name, 0x811c9dc5), hashText(name, 0x9747b28c));
  }

  bits(): number {
    if (this.used === 4) {
      philox(this.counter, this.key[0], this.key[1], this.block);
      this.counter[0]!++;
      if (this.counter[0] === 0) this.counter[1]!++;
      this.used = 0;
    }
    return this.block[this.used++]!;
  }

  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.bits() / 2 ** 32);
  }

  normal(mean = 0, deviation = 1): number {
    return mean + deviation * normalQuantile((this.bits() + 0.5) / 2 ** 32);
  }

  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32)
      throw new RangeError(`integer(n) needs 1 ≤ n ≤ 2³²: ${n}`);
    const fair = 2 ** 32 - (2 ** 32 % n);
    let word = this.bits();
    while (word >= fair) word = this.bits();
    return word % n;
  }

  shuffle<T extends { length: number; [index: number]: unknown }>(array: T): T {
    for (let last = array.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const kept = array[last];
      array[last] = array[other];
      array[other] = kept;
    }
    return array;
  }

  permutation(n: number): Int32Array {
    return this.shuffle(Int32Array.from({ length: n }, (_, i) => i));
  }
}

/** Ten rounds of Philox4x32 on `counter` [4] with the key words, written to `out` [4]. */
export function philox(counter: Uint32Array, key0: number, key1: number, out: Uint32Array): void {
  let c0 = counter[0]!;
  let c1 = counter[1]!;
  let c2 = counter[2]!;
  let c3 = counter[3]!;
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + (Math.imul(aLow, bLow) >>> 16);
  const carry = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) | 0;
}

/** 32-bit hash of a text's code units (FNV-1a, then Murmur3's finaliser). */
function hashText(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The z with P(Z ≤ z) = p for a standard normal Z; about 16 digits (AS 241, PPND16) for p between 10⁻¹⁰ and
 * 1 − 10⁻¹⁰, all that 32 bits can ask for.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(centreTop, r)) / polynomial(centreBottom, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const z = polynomial(tailTop, r - 1.6) / polynomial(tailBottom, r - 1.6);
  return q < 0 ? -z : z;
}

/** Horner's rule, coefficients from the highest power down. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

const centreTop = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
];
const centreBottom = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
];
const tailTop = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const tailBottom = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];

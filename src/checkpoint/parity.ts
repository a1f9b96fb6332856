/**
 * Golden numbers in tests: loads a fixture file of `PARITY_FIXTURES` (default: the project's `fixtures/`) and
 * compares by the rule of `fixtures/README.md`, section 3. Every size, hyper-parameter and tolerance comes
 * from the file, so any other set of the same format can be run. For tests in Node only.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSafetensors, type StoredTensor } from './safetensors';

interface Tolerance {
  match: string;
  rtol: number;
  atol: number;
  /** Prefix of the tensors subtracted first, so that updates are compared. */
  minus?: string;
  /** Leaves out the key bias of a qkv bias, whose gradient is zero in exact arithmetic. */
  skip_middle_third?: boolean;
  l2_only?: boolean;
}

/** One golden file. */
export class Fixture {
  readonly tolerances: readonly Tolerance[];

  constructor(
    readonly name: string,
    /** Hyper-parameters as they stand in the file, all text. */
    readonly metadata: Readonly<Record<string, string>>,
    readonly tensors: ReadonlyMap<string, StoredTensor>,
  ) {
    this.tolerances = metadata.tolerance === undefined ? [] : readTolerances(metadata.tolerance);
  }

  has(tensorName: string): boolean {
    return this.tensors.has(tensorName);
  }

  /** Names of the tensors that start with `prefix`, in file order. */
  names(prefix = ''): string[] {
    return [...this.tensors.keys()].filter((name) => name.startsWith(prefix));
  }

  tensor(tensorName: string): StoredTensor {
    const found = this.tensors.get(tensorName);
    if (!found)
      throw new Error(`${this.name}: no tensor ${tensorName}; there are ${this.names().join(', ')}`);
    return found;
  }

  shape(tensorName: string): number[] {
    return this.tensor(tensorName).shape;
  }

  /** Values of a floating-point tensor. */
  floats(tensorName: string): Float32Array {
    const { data } = this.tensor(tensorName);
    if (!(data instanceof Float32Array)) throw new Error(`${this.name}: ${tensorName} holds integers`);
    return data;
  }

  /** Values of an integer tensor. */
  integers(tensorName: string): Int32Array {
    const { data } = this.tensor(tensorName);
    if (!(data instanceof Int32Array)) throw new Error(`${this.name}: ${tensorName} holds floats`);
    return data;
  }

  /** Value of a tensor with one element. */
  scalar(tensorName: string): number {
    const { data } = this.tensor(tensorName);
    if (data.length !== 1) throw new Error(`${this.name}: ${tensorName} has ${data.length} values, not one`);
    return data[0]!;
  }

  /** A hyper-parameter as text. */
  text(key: string): string {
    const value = this.metadata[key];
    if (value === undefined) {
      throw new Error(
        `${this.name}: no hyper-parameter ${key}; there are ${Object.keys(this.metadata).join(', ')}`,
      );
    }
    return value;
  }

  number(key: string): number {
    const value = Number(this.text(key));
    if (!Number.isFinite(value)) throw new Error(`${this.name}: ${key} is "${this.text(key)}", not a number`);
    return value;
  }

  boolean(key: string): boolean {
    const value = this.text(key).toLowerCase();
    if (value !== 'true' && value !== 'false') throw new Error(`${this.name}: ${key} is not true or false`);
    return value === 'true';
  }

  /** A list of numbers: JSON, or the comma-separated form some files use ("0.9,0.999"). */
  numbers(key: string): number[] {
    const text = this.text(key);
    const values: unknown = JSON.parse(text.startsWith('[') ? text : `[${text}]`);
    if (!Array.isArray(values) || !values.every((value) => typeof value === 'number')) {
      throw new Error(`${this.name}: ${key} is not a list of numbers`);
    }
    return values;
  }

  /** A list or object, parsed; the caller checks what it is. */
  json(key: string): unknown {
    return JSON.parse(this.text(key));
  }
}

/** Loads `name.safetensors` from the fixture folder. */
export function loadFixture(name: string): Fixture {
  const path = join(fixtureFolder(), `${name}.safetensors`);
  const { metadata, tensors } = parseSafetensors(readFileSync(path));
  return new Fixture(name, metadata, tensors);
}

/** The folder golden files are read from. */
export function fixtureFolder(): string {
  return resolve(process.env.PARITY_FIXTURES || './fixtures');
}

/**
 * Compares `got` with the tensor of the same name and returns the share of the tolerance used (0 to 1).
 * @throws Error naming the tensor, how many times the tolerance was used, and the first offending elements.
 */
export function expectClose(fixture: Fixture, tensorName: string, got: ArrayLike<number>): number {
  const want = fixture.tensor(tensorName);
  const where = `${fixture.name}: ${tensorName} [${want.shape}]`;
  const rule = fixture.tolerances.find(({ match }) => globMatches(match, tensorName));
  if (!rule) throw new Error(`${where} has no tolerance: it is an input, not something to compare`);
  if (got.length !== want.data.length) {
    throw new Error(`${where}: got ${got.length} values, want ${want.data.length}`);
  }

  const base = rule.minus === undefined ? null : baseTensor(fixture, tensorName, rule.minus).data;
  const kept = keptIndices(want.data.length, rule.skip_middle_third ?? false);
  let squaredError = 0;
  let squaredWant = 0;
  let maxError = 0;
  let maxWant = 0;
  for (const i of kept) {
    const wanted = want.data[i]! - (base ? base[i]! : 0);
    const error = Math.abs(got[i]! - want.data[i]!);
    squaredError += error * error;
    squaredWant += wanted * wanted;
    // Math.max would pass a NaN on as well, but only when it is asked: `>` alone would lose it.
    maxError = Math.max(maxError, error);
    maxWant = Math.max(maxWant, Math.abs(wanted));
  }
  const l2Limit = rule.rtol * Math.sqrt(squaredWant) + rule.atol * Math.sqrt(kept.length);
  const elementLimit = 8 * (rule.rtol * maxWant + rule.atol);
  const l2Used = share(Math.sqrt(squaredError), l2Limit);
  const maxUsed = rule.l2_only ? 0 : share(maxError, elementLimit);
  const used = Math.max(l2Used, maxUsed);
  if (used <= 1) return used;

  const blame = rule.l2_only || !(maxUsed > 1) ? rule.rtol * maxWant + rule.atol : elementLimit;
  throw new Error(
    `${where} is off by ${used.toPrecision(3)} times its tolerance ` +
      `(L2 ${l2Used.toPrecision(3)}, largest element ${maxUsed.toPrecision(3)}; ` +
      `rtol ${rule.rtol}, atol ${rule.atol}${base ? ', updates compared' : ''}). ` +
      `First offenders: ${offenders(kept, got, want.data, blame)}`,
  );
}

/** Whether a glob with `*` (any run of characters, '/' included) and `?` (one character) fits a whole name. */
export function globMatches(glob: string, name: string): boolean {
  const pattern = [...glob].map((c) =>
    c === '*' ? '.*' : c === '?' ? '.' : c.replace(/[\\^$.+()|[\]{}]/, '\\$&'),
  );
  return new RegExp(`^${pattern.join('')}$`, 's').test(name);
}

function share(error: number, limit: number): number {
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error === 0 ? 0 : error / limit;
}

function baseTensor(fixture: Fixture, tensorName: string, prefix: string): StoredTensor {
  return fixture.tensor(prefix + tensorName.slice(tensorName.indexOf('/') + 1));
}

function keptIndices(count: number, skipMiddleThird: boolean): number[] {
  const third = count / 3;
  const indices = Array.from({ length: count }, (_, i) => i);
  return skipMiddleThird ? indices.filter((i) => i < third || i >= 2 * third) : indices;
}

function offenders(
  kept: readonly number[],
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  limit: number,
): string {
  const wrong = kept.filter((i) => !(Math.abs(got[i]! - want[i]!) <= limit));
  const list = wrong.slice(0, 5).map((i) => `[${i}] got ${got[i]}, want ${want[i]}`);
  if (wrong.length === 0) return 'none alone, the error is spread out';
  return `${list.join('; ')}${wrong.length > 5 ? `; ${wrong.length} of ${kept.length} in all` : ''}`;
}

function readTolerances(text: string): Tolerance[] {
  const rules: unknown = JSON.parse(text);
  if (!Array.isArray(rules) || !rules.every(isTolerance)) throw new Error(`not a tolerance list: ${text}`);
  return rules;
}

function isTolerance(value: unknown): value is Tolerance {
  if (typeof value !== 'object' || value === null) return false;
  const rule = value as Partial<Record<keyof Tolerance, unknown>>;
  return typeof rule.match === 'string' && typeof rule.rtol === 'number' && typeof rule.atol === 'number';
}

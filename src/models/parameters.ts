/**
 * Parameters of a network: official state-dict names and layouts, drawn from one seeded stream.
 */
import * as tf from '@tensorflow/tfjs-core';
import { PawsaurError } from '../platform/errors';
import type { RandomStream } from '../platform/random';

export type Initialiser =
  | { kind: 'normal'; std: number }
  | { kind: 'uniform'; bound: number }
  | { kind: 'constant'; value: number };

export interface ParameterSpec {
  /** Name in the official state dict. */
  name: string;
  shape: number[];
  init: Initialiser;
  /** `buffer`: state that is no parameter (running statistics); `frozen`: a parameter that is never trained. */
  kind?: 'trained' | 'frozen' | 'buffer';
}

/** Which of the two documented initialisations: the official one, or weights scaled by their fan-in. */
export type InitScheme = 'official' | 'fan_in';

export const zeros: Initialiser = { kind: 'constant', value: 0 };
export const ones: Initialiser = { kind: 'constant', value: 1 };

/** std of a linear layer's weights: 0.02 officially (truncated at ±2, which is 100 σ), 1/√in as the extra. */
export function linearInit(scheme: InitScheme, inputs: number): Initialiser {
  return { kind: 'normal', std: scheme === 'official' ? 0.02 : inputs ** -0.5 };
}

/** PyTorch's default for convolutions: uniform within ±1/√fan-in, for weight and bias. */
export function convolutionInit(fanIn: number): Initialiser {
  return { kind: 'uniform', bound: fanIn ** -0.5 };
}

/** Draws the values of one parameter. */
export function initialise(spec: ParameterSpec, rng: RandomStream): Float32Array {
  const values = new Float32Array(tf.util.sizeFromShape(spec.shape));
  const { init } = spec;
  if (init.kind === 'constant') return values.fill(init.value);
  for (let i = 0; i < values.length; i++) {
    values[i] = init.kind === 'normal' ? rng.normal(0, init.std) : rng.uniform(-init.bound, init.bound);
  }
  return values;
}

/** Named values, as read from a file or drawn. */
export type ParameterValues = ReadonlyMap<string, Float32Array>;

/** The variables of one network. Their buffers stay for ever: all updates happen in place. */
export class ParameterSet {
  private readonly variables = new Map<string, tf.Variable>();

  /** @throws PawsaurError when a value is missing or has another size than its spec. */
  constructor(
    readonly specs: readonly ParameterSpec[],
    values: ParameterValues,
  ) {
    for (const spec of specs) {
      const given = values.get(spec.name);
      if (!given || given.length !== tf.util.sizeFromShape(spec.shape)) {
        throw new PawsaurError(
          'parameters',
          `The weights hold no tensor "${spec.name}" of shape [${spec.shape.join(', ')}].`,
          'Load weights of the same architecture.',
        );
      }
      // A copy: a variable shares its buffer with the tensor it was made from.
      const variable = tf.tidy(() =>
        tf.variable(tf.tensor(given.slice(), spec.shape), spec.kind !== 'buffer'),
      );
      this.variables.set(spec.name, variable);
    }
  }

  /** The variable of that name, for a model's forward function. */
  readonly get = (name: string): tf.Variable => {
    const variable = this.variables.get(name);
    if (!variable) throw new PawsaurError('parameters', `The model has no parameter "${name}".`);
    return variable;
  };

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
  }
}

/** How a model's forward function reads its parameters. */
export type Reader = (name: string) => tf.Variable;

/** A reader of the names under `prefix` ("backbone."). */
export function scoped(read: Reader, prefix: string): Reader {
  return (name) => read(prefix + name);
}

/** The specs with `prefix` put before every name. */
export function prefixed(prefix: string, specs: readonly ParameterSpec[]): ParameterSpec[] {
  return specs.map((spec) => ({ ...spec, name: prefix + spec.name }));
}

/**
 * Parameters of a network: official state-dict names and layouts, drawn from one seeded stream.
 */
import * as tf from '@tensorflow/tfjs-core';
import { webgpu } from '../engine';
import { Arena, ArenaLayout, maxChunkBytes } from '../engine/arena';
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

/** Draws all parameters from one stream, in order. */
export function drawParameters(specs: readonly ParameterSpec[], rng: RandomStream): ParameterValues {
  return new Map(specs.map((spec) => [spec.name, initialise(spec, rng)]));
}

/** Zeros for every parameter, for planning memory; they share one array. */
export function blankParameters(specs: readonly ParameterSpec[]): ParameterValues {
  const sizes = specs.map(({ shape }) => tf.util.sizeFromShape(shape));
  const zeros = new Float32Array(Math.max(...sizes));
  return new Map(specs.map(({ name }, i) => [name, zeros.subarray(0, sizes[i])]));
}

const kinds = ['trained', 'frozen', 'buffer'] as const;

/** The arenas on WebGPU, each with the places of its tensors among `specs`; none elsewhere. */
function arenasOf(specs: readonly ParameterSpec[], values: readonly Float32Array[]) {
  const backend = webgpu();
  if (!backend) return [];
  // All are laid out before one is made: a tensor that is too large leaves nothing behind.
  const layouts = kinds.map((kind) => {
    const places = [...specs.keys()].filter((i) => (specs[i]?.kind ?? 'trained') === kind);
    const own = places.map((i) => specs[i] as ParameterSpec);
    return { places, layout: new ArenaLayout(own, maxChunkBytes(backend)) };
  });
  return layouts.map(({ places, layout }) => {
    const own = places.map((i) => values[i] as Float32Array);
    return { places, arena: new Arena(backend, layout, own) };
  });
}

/**
 * The variables of one network. Their buffers stay for ever: all updates happen in place. On WebGPU the trained
 * parameters lie in one arena, the frozen ones and the running statistics in one each: the optimiser runs over
 * whole arenas, and batch norm writes its statistics while it reads its parameters.
 */
export class ParameterSet {
  private readonly variables = new Map<string, tf.Variable>();
  private readonly arenas: readonly Arena[];

  /** @throws PawsaurError when a value is missing or has another size than its spec. */
  constructor(
    readonly specs: readonly ParameterSpec[],
    values: ParameterValues,
  ) {
    const given = specs.map(({ name, shape }) => {
      const found = values.get(name);
      if (found?.length === tf.util.sizeFromShape(shape)) return found;
      throw new PawsaurError(
        'parameters',
        `The weights hold no tensor "${name}" of shape [${shape.join(', ')}].`,
        'Load weights of the same architecture.',
      );
    });
    const arenas = arenasOf(specs, given);
    this.arenas = arenas.map(({ arena }) => arena);
    const views = new Map(
      arenas.flatMap(({ arena, places }) => places.map((at, i) => [at, arena.tensors[i]])),
    );
    for (const [i, spec] of specs.entries()) {
      const variable = tf.tidy(() => {
        // Elsewhere a copy: a variable shares its values with the tensor it was made from.
        const tensor = views.get(i) ?? tf.tensor((given[i] as Float32Array).slice(), spec.shape);
        return tf.variable(tensor, spec.kind !== 'buffer');
      });
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
    for (const arena of this.arenas) arena.dispose();
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

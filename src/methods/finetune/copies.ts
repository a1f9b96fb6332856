/**
 * What is fine-tuned: copies of a run's networks, so that the run stays as it is.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type CaptureOptions, readBack } from '../../engine';
import { ParameterSet, type ParameterSpec, prefixed, type Reader } from '../../models/parameters';
import type { Trunk } from '../../models/trunk';
import type { Recipe } from '../../recipe';
import type { TrainingImages } from '../method';

/** What stands behind a trunk, and is compared by direction. */
export interface Projection {
  parameters: readonly ParameterSpec[];
  read: Reader;
  /** Features → embeddings, in evaluation mode. */
  forward(read: Reader, features: tf.Tensor): tf.Tensor;
}

/** The networks to be fine-tuned, and what on. */
export interface FineTuneSource {
  recipe: Recipe;
  images: TrainingImages;
  trunk: Trunk;
  /** Reads the trunk's parameters. */
  read: Reader;
  /** Where SuNCEt compares; the features themselves where there is none. */
  projection?: Projection | undefined;
  /** How steps run. */
  mode?: CaptureOptions['mode'];
}

/** What the names of a copy's trunk and projection begin with. */
export const TRUNK = 'trunk.';
export const HEAD = 'head.';

/** The values of some parameters, by name. */
function valuesOf(specs: readonly ParameterSpec[], read: Reader): Promise<Array<[string, Float32Array]>> {
  return Promise.all(
    specs.map(async ({ name }): Promise<[string, Float32Array]> => [name, await readBack(read(name))]),
  );
}

/** Parameters that are read and never trained. */
const frozen = (specs: readonly ParameterSpec[]): ParameterSpec[] =>
  specs.map((spec) => (spec.kind === 'buffer' ? spec : { ...spec, kind: 'frozen' }));

/**
 * Copies trunk and projection.
 * @param head what stands behind them, starting at zero
 * @param still whether the copies are only read
 */
export async function copyNetworks(
  { trunk, read, projection }: Pick<FineTuneSource, 'trunk' | 'read' | 'projection'>,
  head: readonly ParameterSpec[],
  still: boolean,
): Promise<ParameterSet> {
  const parts = [
    { prefix: TRUNK, specs: trunk.parameters, read },
    ...(projection ? [{ prefix: HEAD, specs: projection.parameters, read: projection.read }] : []),
  ];
  const specs = parts.flatMap((part) => prefixed(part.prefix, still ? frozen(part.specs) : part.specs));
  const values = new Map<string, Float32Array>();
  for (const part of parts) {
    for (const [name, value] of await valuesOf(part.specs, part.read)) values.set(part.prefix + name, value);
  }
  for (const { name, shape } of head) values.set(name, new Float32Array(tf.util.sizeFromShape(shape)));
  return new ParameterSet([...specs, ...head], values);
}

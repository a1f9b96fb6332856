/**
 * The built-in data sets: pictures of ten shapes whose class, colour and mask are known, from a seed and
 * without any download, so that every score can be shown beside the truth.
 *
 * - `confetti`: pastel blobs of the same statistics in every picture; the hue tells the class, with a spread.
 * - `grey`: greyish noise of the same statistics in every picture; the shape tells the class, the hue does not.
 * - `noise`: as `grey`, but each picture has background colours of its own: the shortcut to learn from.
 *
 * Options turn each of these cues on or off in any of them. Every picture draws from a stream of its own, so that
 * picture 17 is the same whatever the others are.
 */
import { randomStream } from '../../platform/random';
import type { ImageDataset } from '../imageDataset';
import { memoryMasks, memoryPixels } from '../pixelStore';
import { type BuiltinName, type BuiltinOptions, type BuiltinPlan, planBuiltin } from './options';
import { patternNames } from './pattern';
import { paintPicture, size } from './picture';
import { shapeNames } from './shapes';

/**
 * Makes a built-in set: training pictures first, then the held-out ones, 64 px, with masks and colours.
 * 2000 pictures take one to two seconds. Throws 'data/unknown-set' for a name that is not one of them.
 */
export function makeBuiltinDataset(name: BuiltinName, options: BuiltinOptions = {}): ImageDataset {
  const painting = paintAll(planBuiltin(name, options));
  for (;;) {
    const { done, value } = painting.next();
    if (done) return value;
  }
}

/** Pictures between two rests: some ten or twenty milliseconds. */
const restEvery = 16;

/**
 * The same set, with a rest every few milliseconds: `rest` lets messages through, and ends it by throwing. Throws
 * as `makeBuiltinDataset` does.
 */
export async function makeBuiltinInTurns(
  name: BuiltinName,
  options: BuiltinOptions,
  rest: () => Promise<void>,
): Promise<ImageDataset> {
  const painting = paintAll(planBuiltin(name, options));
  for (let painted = 1; ; painted++) {
    const { done, value } = painting.next();
    if (done) return value;
    if (painted % restEvery === 0) await rest();
  }
}

/** Paints a set, one picture at a time. */
function* paintAll(plan: BuiltinPlan): Generator<undefined, ImageDataset> {
  const { name, train, heldOut } = plan;
  const count = train + heldOut;
  const labels = new Int32Array(count);
  labels.set(drawLabels(plan, 'train', train));
  labels.set(drawLabels(plan, 'heldout', heldOut), train);
  const pixels = new Uint32Array(count * size * size);
  const masks = new Uint8Array(count * size * size);
  const colours = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const stream = i < train ? `${name}/train/${i}` : `${name}/heldout/${i - train}`;
    const picture = paintPicture(plan, stream, labels[i]!);
    pixels.set(picture.pixels, i * size * size);
    masks.set(picture.mask, i * size * size);
    colours[i] = picture.colour;
    yield;
  }
  return {
    set: null,
    revision: 0,
    name,
    kind: 'builtin',
    size,
    count,
    pixels: memoryPixels(pixels, size),
    rows: Int32Array.from({ length: count }, (_, i) => i),
    classNames: classNamesOf(plan),
    labels,
    masks: memoryMasks(masks, size),
    colours,
    names: Array.from({ length: count }, (_, i) => `${name} ${i}`),
    heldOut: Uint8Array.from({ length: count }, (_, i) => (i < train ? 0 : 1)),
  };
}

/** A few pictures of a built-in set, to look at. */
export interface BuiltinSample {
  size: number;
  classNames: string[];
  /** [n] */
  labels: Int32Array<ArrayBuffer>;
  /** [n, size, size, 4] RGBA. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** [n, size, size] 1 = object. */
  masks: Uint8Array<ArrayBuffer>;
}

/**
 * `count` of the training pictures that `makeBuiltinDataset` would make (or all, where it has fewer), without the
 * others: the first of each class in turn, then the second of each. Throws as it does.
 */
export function sampleBuiltin(name: BuiltinName, options: BuiltinOptions, count: number): BuiltinSample {
  const plan = planBuiltin(name, options);
  const drawn = drawLabels(plan, 'train', plan.train);
  const indices = classesInTurn(drawn, plan.classes).slice(0, count);
  const pixels = new Uint32Array(indices.length * size * size);
  const masks = new Uint8Array(indices.length * size * size);
  for (const [n, index] of indices.entries()) {
    const picture = paintPicture(plan, `${name}/train/${index}`, drawn[index]!);
    pixels.set(picture.pixels, n * size * size);
    masks.set(picture.mask, n * size * size);
  }
  return {
    size,
    classNames: classNamesOf(plan),
    labels: Int32Array.from(indices, (index) => drawn[index]!),
    pixels: new Uint8ClampedArray(pixels.buffer),
    masks,
  };
}

/** The classes [length] of a part: each as often as the others, shuffled. */
function drawLabels({ name, seed, classes }: BuiltinPlan, part: 'train' | 'heldout', length: number) {
  const labels = Int32Array.from({ length }, (_, i) => i % classes);
  return randomStream(seed, `${name}/${part}/labels`).shuffle(labels);
}

/** Indices of `labels`: the first of every class, then the second of every class … */
function classesInTurn(labels: Int32Array, classes: number): number[] {
  const seen = new Array<number>(classes).fill(0);
  const places = Array.from(labels, (label, index) => ({ index, place: seen[label]!++ * classes + label }));
  return places.sort((a, b) => a.place - b.place).map(({ index }) => index);
}

/** Classes are called after what tells them: the shape, else the hue, else the pattern, else nothing does. */
function classNamesOf({ classes, shapeCue, colourCue, textureCue }: BuiltinPlan): string[] {
  if (shapeCue) return shapeNames.slice(0, classes);
  if (colourCue) return Array.from({ length: classes }, (_, label) => hueName(label / classes));
  if (textureCue) return patternNames.slice(0, classes);
  return Array.from({ length: classes }, (_, label) => `class ${label + 1}`);
}

/** Twelfths of the colour circle: closer than any two classes are, so that no name comes twice. */
const hueNames = [
  'red',
  'orange',
  'yellow',
  'lime',
  'green',
  'mint',
  'cyan',
  'azure',
  'blue',
  'violet',
  'magenta',
  'rose',
] as const;

function hueName(hue: number): string {
  return hueNames[Math.round(hue * hueNames.length) % hueNames.length]!;
}

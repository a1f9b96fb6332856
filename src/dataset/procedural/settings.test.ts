/** What the settings of the built-in sets do to their pictures, and what they leave alone. */
import { describe, expect, it } from 'vitest';
import type { ImageDataset } from '../imageDataset';
import { makeBuiltinDataset, sampleBuiltin } from './builtin';
import { type BuiltinName, type BuiltinOptions, builtinNames } from './options';

const area = 64 * 64;

describe('a built-in set', () => {
  it.each(builtinNames)('%s is the same when all that it does by itself is said', (name) => {
    const own = name === 'confetti' ? 'blobs' : name === 'grey' ? 'grey' : 'picture';
    const said = make(name, {
      seed: 0,
      classes: 10,
      shapeCue: true,
      colourCue: name === 'confetti',
      hueSpread: 0.5,
      textureCue: false,
      background: own,
      backgroundTint: 0,
      clutter: 0,
    });
    expect(samePixels(said, make(name))).toBe(true);
  });

  it('has as many classes as asked for, equally often, their hues as far apart as they can be', () => {
    const set = make('confetti', { classes: 4, hueSpread: 0 });
    expect(set.classNames).toEqual(['star', 'gear', 'heart', 'arrow']);
    const counts = [0, 0, 0, 0];
    for (const label of set.labels.subarray(0, 40)) counts[label]!++;
    expect(counts).toEqual([10, 10, 10, 10]);
    expect([...set.colours!]).toEqual([...set.labels].map((label) => 2 * label));
  });

  it('has as many pictures to train on and to score as asked for', () => {
    const set = makeBuiltinDataset('grey', { train: 21, heldOut: 11 });
    expect(set.count).toBe(32);
    expect(set.heldOut.indexOf(1)).toBe(21);
  });

  it('keeps the first pictures when there are more of them, up to the order of classes', () => {
    const few = makeBuiltinDataset('grey', { train: 20, heldOut: 0, shapeCue: false });
    const more = makeBuiltinDataset('grey', { train: 30, heldOut: 0, shapeCue: false });
    expect(few.pixels.take([0, 7, 19])).toEqual(more.pixels.take([0, 7, 19]));
  });
});

describe('turning a cue', () => {
  it('off for the shape leaves everything else, and shapes of every kind in each class', () => {
    const [on, off] = [make('confetti'), make('confetti', { shapeCue: false })];
    expect(off.labels).toEqual(on.labels);
    expect(off.colours).toEqual(on.colours);
    expect(off.masks!.take([0])).not.toEqual(on.masks!.take([0]));
    expect(off.classNames[0]).toBe('red');
    expect(new Set(off.classNames).size).toBe(10);
  });

  it('on for the colour in grey leaves the shapes and gives each class its hue', () => {
    const many = { train: 160 };
    const [off, on] = [make('grey', many), make('grey', { ...many, colourCue: true, hueSpread: 0 })];
    expect(sameMasks(on, off)).toBe(true);
    expect([...on.colours!]).toEqual([...on.labels].map((label) => Math.floor((label / 10) * 8)));
    expect(hueEntropy(off)).toBeGreaterThan(1.5);
  });

  it('off for the colour in confetti leaves shapes and background, and any hue to each class', () => {
    const many = { train: 160 };
    const [on, off] = [make('confetti', many), make('confetti', { ...many, colourCue: false })];
    expect(sameMasks(on, off)).toBe(true);
    expect(backgroundDifference(on, off)).toBeLessThan(1e-5);
    expect(hueEntropy(on)).toBeLessThan(1.2);
    expect(hueEntropy(off)).toBeGreaterThan(1.5);
  });

  it('on for the pattern darkens parts of the object and nothing behind it', () => {
    const [plain, striped] = [make('grey'), make('grey', { textureCue: true })];
    expect(sameMasks(plain, striped)).toBe(true);
    expect(backgroundDifference(plain, striped)).toBeLessThan(1e-5);
    expect(objectVariance(striped)).toBeGreaterThan(5 * objectVariance(plain));
  });

  it('off for all of them calls the classes by number, since nothing tells them', () => {
    const set = make('grey', { shapeCue: false });
    expect(set.classNames.slice(0, 2)).toEqual(['class 1', 'class 2']);
    expect(make('grey', { shapeCue: false, textureCue: true }).classNames[9]).toBe('narrow dots');
  });

  it.each([2, 3, 4, 5, 6, 7, 8, 9, 10])('never calls two of %d hues the same', (classes) => {
    const set = makeBuiltinDataset('confetti', { classes, shapeCue: false, train: 10, heldOut: 0 });
    expect(new Set(set.classNames).size).toBe(classes);
  });
});

describe('the background', () => {
  it('may be that of any set, and leaves the objects where they are', () => {
    for (const background of ['blobs', 'picture'] as const) {
      const [own, other] = [make('grey'), make('grey', { background })];
      expect(sameMasks(own, other)).toBe(true);
      expect(backgroundDifference(own, other)).toBeGreaterThan(0.05);
    }
  });

  it('differs more from picture to picture the further it leans to colours of its own', () => {
    const spreads = [0, 0.5, 1].map((backgroundTint) =>
      backgroundSpread(make('confetti', { backgroundTint })),
    );
    expect(spreads[0]).toBeLessThan(0.02);
    expect(spreads[1]).toBeGreaterThan(3 * spreads[0]!);
    expect(spreads[2]).toBeGreaterThan(1.6 * spreads[1]!);
    expect(spreads[2]).toBeGreaterThan(0.12);
  });

  it('bears clutter that covers no object and belongs to no mask', () => {
    const [clear, strewn] = [make('grey'), make('grey', { clutter: 8 })];
    expect(sameMasks(clear, strewn)).toBe(true);
    expect(objectDifference(clear, strewn)).toBeLessThan(0.002);
    const some = backgroundDifference(clear, strewn);
    const more = backgroundDifference(clear, make('grey', { clutter: 20 }));
    expect(some).toBeGreaterThan(0.03);
    expect(more).toBeGreaterThan(1.5 * some);
  });
});

describe('sampleBuiltin', () => {
  it('shows pictures of the set, classes in turn', () => {
    const options = { classes: 3, clutter: 2, train: 30, seed: 4 };
    const sample = sampleBuiltin('noise', options, 7);
    expect([...sample.labels]).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(sample.pixels.length).toBe(7 * area * 4);
    const set = makeBuiltinDataset('noise', options);
    const first = [0, 1, 2].map((label) => set.labels.indexOf(label));
    const pixels = new Uint8ClampedArray(set.pixels.take(first).buffer);
    expect(sample.pixels.slice(0, 3 * area * 4)).toEqual(pixels);
    expect(sample.masks.slice(0, 3 * area)).toEqual(set.masks!.take(first));
    expect(sample).toMatchObject({ size: 64, classNames: set.classNames });
  });

  it('shows all there are where more are asked for', () => {
    expect(sampleBuiltin('grey', { train: 5 }, 64).labels.length).toBe(5);
  });
});

function make(name: BuiltinName, options: BuiltinOptions = {}): ImageDataset {
  return makeBuiltinDataset(name, { train: 40, heldOut: 0, ...options });
}

const all = (set: ImageDataset) => set.rows;

function samePixels(a: ImageDataset, b: ImageDataset): boolean {
  return Buffer.from(a.pixels.take(all(a)).buffer).equals(Buffer.from(b.pixels.take(all(b)).buffer));
}

function sameMasks(a: ImageDataset, b: ImageDataset): boolean {
  return Buffer.from(a.masks!.take(all(a))).equals(Buffer.from(b.masks!.take(all(b))));
}

/** Mean entropy of the hue bins within a class, nats. */
function hueEntropy(set: ImageDataset): number {
  let sum = 0;
  for (let label = 0; label < 10; label++) {
    const bins = new Array<number>(8).fill(0);
    set.labels.forEach((of, i) => {
      if (of === label) bins[set.colours![i]!]!++;
    });
    const total = bins.reduce((a, b) => a + b, 0);
    for (const bin of bins) if (bin > 0) sum -= (bin / total) * Math.log(bin / total);
  }
  return sum / 10;
}

/** Mean of a value of the pixels of the object, or of what is not touched by its edge. */
function meanOver(set: ImageDataset, object: boolean, value: (i: number) => number): number {
  const masks = set.masks!.take(all(set));
  let sum = 0;
  let pixels = 0;
  for (let i = 0; i < masks.length; i++) {
    const near = [-65, -64, -63, -1, 0, 1, 63, 64, 65].map((step) => masks[i + step] ?? 0);
    if (near.every((inside) => inside === (object ? 1 : 0))) {
      sum += value(i);
      pixels++;
    }
  }
  return sum / pixels;
}

const redOf = (set: ImageDataset) => set.pixels.take(all(set)).map((pixel) => pixel & 255);

function difference(a: ImageDataset, b: ImageDataset, object: boolean): number {
  const [one, other] = [redOf(a), redOf(b)];
  return meanOver(a, object, (i) => Math.abs(one[i]! - other[i]!) / 255);
}

const backgroundDifference = (a: ImageDataset, b: ImageDataset) => difference(a, b, false);
const objectDifference = (a: ImageDataset, b: ImageDataset) => difference(a, b, true);

/** How far neighbours within objects differ, squared. */
function objectVariance(set: ImageDataset): number {
  const red = redOf(set);
  return meanOver(set, true, (i) => ((red[i]! - red[i - 1]!) / 255) ** 2);
}

/** Standard deviation over pictures of the mean red of the background, 0 to 1. */
function backgroundSpread(set: ImageDataset): number {
  const [red, masks] = [redOf(set), set.masks!.take(all(set))];
  const means = Array.from({ length: set.count }, (_, picture) => {
    let sum = 0;
    let pixels = 0;
    for (let i = picture * area; i < (picture + 1) * area; i++) {
      if (masks[i] === 1) continue;
      sum += red[i]! / 255;
      pixels++;
    }
    return sum / pixels;
  });
  const mean = means.reduce((a, b) => a + b, 0) / means.length;
  return Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / means.length);
}

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBack, startEngine } from '../engine';
import { randomStream } from '../platform/random';
import { officialRecipe } from '../recipe';
import { type AugmentOptions, augment, augmentRows, evaluationBatch } from './augment';
import { type ImageStore, openImages } from './imageStore';
import {
  COLUMNS,
  column,
  cropStream,
  drawCrops,
  evaluationParameters,
  type Stages,
  solarizeCut,
  supportGroup,
  viewGroups,
} from './parameters';
import { augmentReference } from './reference/pipeline';
import type { Interpolation } from './reference/resize';
import { allStages, boxRow, stackRows } from './testing/goldens';
import { packedPictures } from './testing/packed';

/** Pictures of coloured noise with flat and saturated patches. */
function noise(count: number, width: number, height: number): Uint32Array {
  const rng = randomStream(7, 'pictures');
  return Uint32Array.from({ length: count * width * height }, (_, i) => {
    const flat = i % 5 === 0 ? [0, 0xffffff, 0xff, 0x808080][i % 4]! : rng.bits() & 0xffffff;
    return (flat | 0xff000000) >>> 0;
  });
}

/** Pictures that no device has. */
function inMemory(pixels: Uint32Array, width: number, height: number): ImageStore {
  const { take } = packedPictures(pixels, width * height);
  const rest = { tensor: null, place: (rows: Float32Array) => rows, dispose: () => undefined };
  return { width, height, slots: Number.POSITIVE_INFINITY, take, ...rest };
}

/** All of square pictures on the device. */
const onDevice = (pixels: Uint32Array, count: number, side: number) =>
  openImages(packedPictures(pixels, side * side), count, side);

function largestDifference(got: Float32Array, want: Float32Array): number {
  expect(got.length).toBe(want.length);
  let largest = 0;
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs(got[i]! - want[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** Largest difference between kernels and reference over a batch. */
async function compare(
  stored: readonly [number, number, number],
  rows: Float32Array,
  size: number,
  interpolation: Interpolation = 'bicubic',
  stages: Partial<Stages> = { blur: 10 },
): Promise<number> {
  const options = { stages: { ...allStages, ...stages }, interpolation };
  const { got, want } = await both(stored, rows, size, options);
  return largestDifference(got, want);
}

/** A batch of crops from the kernels and from the reference. */
async function both(
  [count, width, height]: readonly [number, number, number],
  rows: Float32Array,
  size: number,
  options: AugmentOptions,
) {
  const pixels = noise(count, width, height);
  const store = openImages(packedPictures(pixels, width * height), count, { width, height });
  const crops = augmentRows(store, rows, size, options);
  const got = await readBack(crops);
  const want = augmentReference(inMemory(pixels, width, height), rows, size, options);
  tf.dispose(crops);
  store.dispose();
  return { got, want };
}

// In normalised units: 1e-6 of a value in [0, 1] is 4.5e-6 here, and a jitter chain rounds a dozen times.
const CLOSE = 3e-5;

/** Everything likely: jitter, grey, blur and solarisation all happen in a batch of a few. */
const busy = {
  ...officialRecipe,
  local_crops_number: 3,
  gray_prob: 0.4,
  blur_prob_global2: 0.6,
  blur_prob_local: 0.6,
  solarize_prob: 0.6,
  hue: 0.5,
};

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});

describe('the kernels agree with the reference', () => {
  it.each([
    { stored: [9, 64, 64], sizes: [64, 32] },
    { stored: [4, 80, 80], sizes: [96, 7] },
    { stored: [3, 33, 50], sizes: [40, 13] },
    { stored: [2, 5, 3], sizes: [8, 1] },
  ] as const)('on $stored.0 pictures of $stored.1 × $stored.2', async ({ stored, sizes }) => {
    const [count, width, height] = stored;
    const recipe = { ...busy, global_crops_size: sizes[0], local_crops_size: sizes[1] };
    const indices = Array.from({ length: count }, (_, i) => count - 1 - i);
    for (const { group, parameters } of drawCrops(recipe, cropStream(3, 1), indices, { width, height })) {
      expect(await compare(stored, parameters, group.size)).toBeLessThan(CLOSE);
    }
  });

  it.each([
    { colour: true, blur: 0, solarize: true },
    { colour: true, blur: 0, solarize: false },
    { colour: false, blur: 0, solarize: true },
    { colour: false, blur: 0, solarize: false },
    { colour: false, blur: 10, solarize: true },
  ])('with the stages of a kernel as $colour, $blur, $solarize', async (stages) => {
    const recipe = {
      ...busy,
      ...(stages.colour ? {} : { jitter_prob: 0, gray_prob: 0 }),
      ...(stages.blur > 0 ? {} : { blur_prob_global1: 0, blur_prob_global2: 0, blur_prob_local: 0 }),
      ...(stages.solarize ? {} : { solarize_prob: 0 }),
      global_crops_size: 24,
    };
    for (const { parameters } of drawCrops(recipe, cropStream(3, 1), [0, 1, 2, 3, 4], 20)) {
      expect(await compare([5, 20, 20], parameters, 24, 'bicubic', stages)).toBeLessThan(CLOSE);
    }
  });

  it.each(['bicubic', 'bilinear'] as const)(
    'on boxes of one pixel, one row and the whole picture, %s',
    async (interpolation) => {
      const boxes = [
        [0, 0, 1, 1],
        [23, 47, 1, 1],
        [11, 0, 1, 48],
        [0, 5, 24, 1],
        [0, 0, 24, 48],
      ];
      for (const size of [1, 7, 16, 70]) {
        const rows = stackRows(boxes.map(boxRow));
        expect(await compare([1, 48, 24], rows, size, interpolation)).toBeLessThan(CLOSE);
      }
    },
  );

  it.each([
    [64, 64],
    [33, 50],
    [16, 16],
    [5, 3],
    [1, 1],
  ])('on levels equalised and solarised at any of them, of %d × %d pictures', async (width, height) => {
    const side = Math.min(width, height);
    const rows = [0, 77.3, 128, 256].map((threshold, image) => {
      const row = evaluationParameters([image], { width, height });
      row[column.solarize] = solarizeCut(threshold);
      row[column.equalize] = 1;
      return row;
    });
    // Pictures that are not resized have whole levels: nothing is rounded apart.
    const stages = { colour: false, blur: 0 };
    expect(await compare([4, width, height], stackRows(rows), side, 'bicubic', stages)).toBeLessThan(CLOSE);
  });

  it('on the chain of PAWS, but for values that round to another level', async () => {
    const recipe = {
      ...busy,
      ...{ solarize_all: true, equalize_prob: 0.5, interpolation: 'bilinear' as const },
      ...{ global_crops_size: 32, local_crops_size: 18 },
    };
    const size = [6, 40, 40] as const;
    const groups = [...viewGroups(recipe), supportGroup(recipe, 2)];
    const drawn = drawCrops(recipe, cropStream(3, 1), [5, 4, 3, 2, 1, 0], 40, groups);
    for (const { group, parameters } of drawn) {
      const { got, want } = await both(size, parameters, group.size, group);
      const apart = got.filter((value, i) => Math.abs(value - want[i]!) > CLOSE).length;
      expect(apart / got.length).toBeLessThan(0.002);
      const plain = { ...group, stages: { ...group.stages, equalize: false } };
      expect((await both(size, parameters, group.size, plain)).got).not.toEqual(got);
    }
  });

  it('on a batch of one', async () => {
    const row = boxRow([3, 4, 20, 17]);
    row[column.flip] = 1;
    expect(await compare([1, 24, 24], row, 96)).toBeLessThan(CLOSE);
  });

  it.each([0.05, 1, 2.4, 2.5, 3.7, 6, 10, 14])('on a blur of radius %f', async (radius) => {
    for (const size of [1, 5, 16, 61]) {
      const row = boxRow([0, 0, 30, 30]);
      row[column.blur] = radius;
      expect(await compare([1, 30, 30], row, size, 'bicubic', { blur: radius })).toBeLessThan(CLOSE);
    }
  });

  it('on every order of the jitter', async () => {
    const orders = [0, 1, 2, 3].flatMap((a) =>
      [0, 1, 2, 3].flatMap((b) => [0, 1, 2, 3].map((c) => [a, b, c, 6 - a - b - c])),
    );
    const rows = orders
      .filter((order) => new Set(order).size === 4)
      .map((order, i) => {
        const row = boxRow([0, 0, 12, 12]);
        row[column.jitter] = 1;
        row.set(order, column.order);
        row.set([0.6 + 0.03 * i, 1.4 - 0.03 * i, 0.5 + 0.04 * i, -0.5 + i / 24], column.brightness);
        return row;
      });
    expect(rows.length).toBe(24);
    expect(await compare([1, 12, 12], stackRows(rows), 12)).toBeLessThan(CLOSE);
  });
});

describe('augment', () => {
  it('gives the same bits twice, and leaves nothing behind', async () => {
    const store = onDevice(noise(6, 40, 40), 6, 40);
    const recipe = { ...busy, global_crops_size: 32 };
    const { group, parameters } = drawCrops(recipe, cropStream(0, 0), [0, 1, 2, 3, 4, 5], 40)[0]!;
    const rows = tf.tensor2d(store.place(parameters), [12, COLUMNS]);
    const before = tf.memory().numTensors;
    const first = augment(store, rows, group.size, group);
    const second = augment(store, rows, group.size, group);
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(await readBack(first)).toEqual(await readBack(second));
    store.dispose();
  });

  it('leaves out a stage that is off, whatever the rows say', async () => {
    const pixels = noise(1, 16, 16);
    const store = onDevice(pixels, 1, 16);
    const row = evaluationParameters([0], 16);
    const plain = await readBack(evaluationBatch(store, [0], 16));
    row[column.gray] = 1;
    row[column.blur] = 2;
    row[column.solarize] = 0.5;
    row[column.equalize] = 1;
    const stages = { colour: false, blur: 0, solarize: false, equalize: false };
    expect(await readBack(augmentRows(store, row, 16, { stages }))).toEqual(plain);
    expect(await readBack(augmentRows(store, row, 16, { stages: allStages }))).not.toEqual(plain);
  });

  it('computes the same from pictures in memory, where there is no WebGPU', async () => {
    const pixels = noise(3, 20, 20);
    const store = onDevice(pixels, 3, 20);
    const { group, parameters } = drawCrops(
      { ...busy, global_crops_size: 16 },
      cropStream(0, 2),
      [2, 0],
      20,
    )[0]!;
    const onCpu = augmentRows(inMemory(pixels, 20, 20), parameters, 16, group);
    expect(onCpu.shape).toEqual([4, 3, 16, 16]);
    const onGpu = await readBack(augmentRows(store, parameters, 16, group));
    expect(largestDifference(onGpu, await readBack(onCpu))).toBeLessThan(CLOSE);
  });
});

describe('evaluationBatch', () => {
  it('takes whole pictures, in the order asked for', async () => {
    const pixels = noise(4, 10, 10);
    const store = onDevice(pixels, 4, 10);
    const batch = evaluationBatch(store, [3, 1], 10);
    expect(batch.shape).toEqual([2, 3, 10, 10]);
    const got = await readBack(batch);
    for (const [i, image] of [3, 1].entries()) {
      for (let p = 0; p < 100; p += 7) {
        const green = ((pixels[image * 100 + p]! >>> 8) & 255) / 255;
        expect(got[(i * 3 + 1) * 100 + p]).toBeCloseTo((green - 0.456) / 0.224, 5);
      }
    }
  });

  it('takes the central square of pictures that are not square', async () => {
    const pixels = noise(1, 14, 6);
    const store = openImages(packedPictures(pixels, 14 * 6), 1, { width: 14, height: 6 });
    const got = await readBack(evaluationBatch(store, [0], 6));
    const red = (pixels[4]! & 255) / 255;
    expect(got[0]).toBeCloseTo((red - 0.485) / 0.229, 5);
  });
});

describe('openImages', () => {
  it('refuses more pictures than the device reads at once, and says how many it takes', () => {
    expect(() => onDevice(new Uint32Array(0), 1e9, 64)).toThrowError(/it takes \d+\./);
  });
});

describe('a store with room for a few pictures', () => {
  it('makes the same crops as one with room for all, however many are asked for', async () => {
    const pixels = noise(30, 20, 20);
    const [all, few] = [onDevice(pixels, 30, 20), openImages(packedPictures(pixels, 400), 4, 20)];
    const recipe = { ...busy, global_crops_size: 16 };
    for (let step = 0; step < 6; step++) {
      const indices = Array.from({ length: 10 }, (_, i) => (7 * step + 3 * i) % 30);
      const { group, parameters } = drawCrops(recipe, cropStream(0, step), indices, 20)[0]!;
      const [one, other] = [all, few].map((store) => augmentRows(store, parameters, 16, group));
      expect(one!.shape).toEqual([20, 3, 16, 16]);
      expect(await readBack(other!)).toEqual(await readBack(one!));
    }
    const everything = Array.from({ length: 30 }, (_, i) => 29 - i);
    const [one, other] = [all, few].map((store) => evaluationBatch(store, everything, 12));
    expect(await readBack(other!)).toEqual(await readBack(one!));
  });

  it('lets crops that were asked for before have their pictures', async () => {
    const pixels = noise(8, 12, 12);
    const few = openImages(packedPictures(pixels, 144), 2, 12);
    const batches = [
      [0, 1],
      [2, 3],
      [4, 5],
      [0, 7],
    ];
    const crops = batches.map((batch) => evaluationBatch(few, batch, 12));
    const all = onDevice(pixels, 8, 12);
    for (const [i, batch] of batches.entries()) {
      expect(await readBack(crops[i]!)).toEqual(await readBack(evaluationBatch(all, batch, 12)));
    }
  });
});

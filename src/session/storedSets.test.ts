import { describe, expect, it, vi } from 'vitest';
import { type ImageDataset, memoryMasks, memoryPixels } from '../dataset';
import { ColourStatistics } from './colourStatistics';
import { fakeDataset } from './testing/fakes';
import { Harness } from './testing/harness';

/** A data set whose stores tell when they are closed. */
function watched(changes: Partial<ImageDataset> = {}) {
  const dataset = fakeDataset(changes);
  const close = vi.fn();
  return { dataset: { ...dataset, pixels: { ...dataset.pixels, close } }, close };
}

describe('a stored set', () => {
  it('is opened by its id, with the seed that splits it', async () => {
    const opened: unknown[] = [];
    const harness = new Harness({
      openSet: async (set, { seed }) => {
        opened.push([set, seed]);
        return fakeDataset({ set, revision: 4, rows: Int32Array.from({ length: 12 }, (_, i) => 2 * i) });
      },
    });
    await harness.done({ type: 'openSet', set: 'a1', seed: 7 });
    expect(opened).toEqual([['a1', 7]]);
    expect(harness.all('dataset')[0]!.summary).toMatchObject({ set: 'a1', revision: 4, count: 12 });
    await harness.done({ type: 'listPictures' });
    const { rows, given } = harness.all('pictures')[0]!.pictures;
    expect([...rows.slice(0, 3)]).toEqual([0, 2, 4]);
    expect(given).toEqual(new Int32Array(12).fill(-1));
  });

  it('is let go of when other pictures have taken its place, and at the end', async () => {
    const [first, second] = [watched(), watched()];
    const sets = [first.dataset, second.dataset];
    const harness = new Harness({ openSet: async () => sets.shift()! });
    await harness.done({ type: 'openSet', set: 'a', seed: 0 });
    expect(first.close).not.toHaveBeenCalled();
    await harness.done({ type: 'openSet', set: 'b', seed: 0 });
    expect(first.close).toHaveBeenCalledOnce();
    expect(second.close).not.toHaveBeenCalled();
    await harness.session.dispose();
    expect(second.close).toHaveBeenCalledOnce();
  });

  it('is let go of when other pictures were asked for before it was open', async () => {
    const { dataset, close } = watched();
    let open: (dataset: ImageDataset) => void = () => undefined;
    const harness = new Harness({
      openSet: () =>
        new Promise((resolve) => {
          open = resolve;
        }),
    });
    const late = harness.ask({ type: 'openSet', set: 'a', seed: 0 });
    await harness.done({ type: 'loadBuiltin', name: 'grey', seed: 0, params: {} });
    open(dataset);
    expect(await late).toMatchObject({ type: 'error' });
    expect(close).toHaveBeenCalledOnce();
    expect(harness.all('dataset').map(({ summary }) => summary.name)).toEqual(['grey']);
  });

  it('stays open while its labels change', async () => {
    const { dataset, close } = watched();
    const harness = new Harness({ openSet: async () => dataset });
    await harness.done({ type: 'openSet', set: 'a', seed: 0 });
    const given = new Int32Array(12).fill(-1);
    const { classNames } = dataset;
    const truth = new Int32Array(dataset.labels);
    await harness.done({ type: 'setLabels', generation: 1, classNames, given, truth });
    expect(close).not.toHaveBeenCalled();
  });

  it('brings the labels that its list told apart', async () => {
    const given = Int32Array.from({ length: 12 }, (_, i) => (i < 2 ? i : -1));
    const harness = new Harness({ openSet: async () => fakeDataset({ given }) });
    await harness.done({ type: 'openSet', set: 'a', seed: 0 });
    await harness.done({ type: 'listPictures' });
    expect(harness.all('pictures')[0]!.pictures.given).toEqual(given);
  });
});

describe('masks of some pictures', () => {
  it('are scored where they are, and the others are shown without', async () => {
    const { masks } = fakeDataset();
    const some = { ...masks!, has: (index: number) => index === 9 };
    const harness = await new Harness({ makeBuiltin: async () => fakeDataset({ masks: some }) }).ready();
    const { attention } = harness.all('attention').at(-1)!;
    const { indices, heads, jaccard, truth } = attention;
    const known = [...indices].flatMap((index) => new Array<boolean>(heads).fill(index === 9));
    expect([...jaccard!].map((score) => !Number.isNaN(score))).toEqual(known);
    expect(truth).not.toBeNull();
    expect(harness.all('evaluation')[0]!.evaluation.jaccardHeadMean).toBeGreaterThan(0);
  });

  it('are none where no picture looked at has one', async () => {
    const none = { ...memoryMasks(new Uint8Array(0), 80), has: () => false };
    const harness = await new Harness({ makeBuiltin: async () => fakeDataset({ masks: none }) }).ready();
    expect(harness.all('attention').at(-1)!.attention).toMatchObject({ truth: null, jaccard: null });
    expect(harness.all('evaluation')[0]!.evaluation.jaccardHeadMean).toBeNull();
  });
});

describe('the colours of the training pictures', () => {
  it('are told as mean and deviation, with or without a run', async () => {
    const harness = await new Harness().ready();
    await harness.done({ type: 'start' });
    await harness.done({ type: 'describe' });
    const { description } = harness.all('description')[0]!;
    expect(description.generation).toBe(1);
    // The fake pixels are spread evenly over all values.
    for (const mean of description.mean) expect(mean).toBeCloseTo(0.5, 1);
    for (const deviation of description.deviation) expect(deviation).toBeCloseTo(1 / Math.sqrt(12), 1);
  });

  it('count no held-out picture', () => {
    const size = 1;
    const pixels = Uint32Array.from({ length: 100 }, (_, i) => 0xff000000 | (i < 40 ? 51 : 255) | (102 << 8));
    const dataset = fakeDataset({ size, count: 100, pixels: memoryPixels(pixels, size) });
    const trainIndices = Int32Array.from({ length: 80 }, (_, i) => i);
    const colours = new ColourStatistics({ dataset, trainIndices });
    while (!colours.done) colours.addSome();
    expect(colours.mean).toEqual([0.6, 0.4, 0]);
    expect(colours.deviation[0]).toBeCloseTo(0.4, 12);
    expect(colours.deviation.slice(1)).toEqual([0, 0]);
  });

  it('are given up when other pictures come', async () => {
    const many = () => {
      const trainCount = 500;
      const labels = Int32Array.from({ length: trainCount }, (_, i) => i % 2);
      const names = Array.from(labels, String);
      const heldOut = new Uint8Array(trainCount);
      const pixels = { take: () => new Uint32Array(4), close: () => undefined };
      return fakeDataset({ count: trainCount, labels, names, heldOut, rows: labels, pixels, masks: null });
    };
    const harness = new Harness({ openSet: async () => many() });
    await harness.done({ type: 'openSet', set: 'a', seed: 0 });
    const describing = harness.ask({ type: 'describe' });
    await harness.done({ type: 'loadBuiltin', name: 'grey', seed: 0, params: {} });
    expect(await describing).toMatchObject({ error: { code: 'session/overtaken' } });
  });
});

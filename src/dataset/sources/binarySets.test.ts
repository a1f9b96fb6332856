import { describe, expect, it } from 'vitest';
import { archiveLimits } from './limits';
import type { SourceRaw, Sources } from './source';
import { cifar, contents, gzip, idx, open, skipped, tar, zip } from './testing/archives';

const raws = ({ pictures }: Sources) =>
  pictures.filter((picture): picture is SourceRaw => picture.kind === 'raw');
const placed = (sources: Sources) =>
  raws(sources).map(({ path, className, heldOut }) => [path, className, heldOut] as const);

const threePictures = idx([3, 2, 1], [10, 20, 30, 40, 50, 60]);
const threeLabels = idx([3], [7, 0, 1]);

describe('IDX files', () => {
  it('become pictures with the labels of the file beside them', async () => {
    const sources = await open({
      'mnist/train-images-idx3-ubyte': threePictures,
      'mnist/train-labels-idx1-ubyte': threeLabels,
      'mnist/t10k-images.idx3-ubyte': idx([1, 2, 1], [1, 2]),
      'mnist/t10k-labels.idx1-ubyte': idx([1], [9]),
      'mnist/readme.txt': 'x',
    });
    expect(placed(sources)).toEqual([
      ['mnist/train-images-idx3-ubyte/1', '7', false],
      ['mnist/train-images-idx3-ubyte/2', '0', false],
      ['mnist/train-images-idx3-ubyte/3', '1', false],
      ['mnist/t10k-images.idx3-ubyte/1', '9', true],
    ]);
    expect(await raws(sources)[1]!.raw()).toEqual({
      rgb: Uint8Array.of(30, 30, 30, 40, 40, 40),
      width: 1,
      height: 2,
    });
    expect(sources.pictures[0]).toMatchObject({ kind: 'file', path: 'mnist/readme.txt' });
    expect(sources.lines.map(({ path, outcome }) => [path, outcome])).toHaveLength(4);
    expect(sources.lines.every(({ outcome }) => outcome === 'used')).toBe(true);
  });

  it('are read packed one by one, and packed inside an archive', async () => {
    const files = {
      'train-images-idx3-ubyte.gz': gzip(threePictures),
      'train-labels-idx1-ubyte.gz': gzip(threeLabels),
    };
    for (const sources of [await open(files), await open({ 'mnist.zip': zip(files) })]) {
      expect(placed(sources).map(([, className]) => className)).toEqual(['7', '0', '1']);
      expect(skipped(sources)).toEqual([]);
    }
  });

  it('come once where the same file lies there twice', async () => {
    const sources = await open({
      'train-images-idx3-ubyte/train-images-idx3-ubyte': threePictures,
      'train-labels-idx1-ubyte/train-labels-idx1-ubyte': threeLabels,
      'train-images.idx3-ubyte': threePictures,
      'train-labels.idx1-ubyte': threeLabels,
    });
    expect(placed(sources).map(([, className]) => className)).toEqual(['7', '0', '1']);
    expect(sources.lines).toHaveLength(4);
  });

  it('stay unlabelled where the labels are missing, too few or damaged', async () => {
    for (const labels of [idx([2], [1, 2]), idx([3, 1, 1], [1, 2, 3]), idx([9], [1])]) {
      const sources = await open({ 'x-images-idx3-ubyte': threePictures, 'x-labels-idx1-ubyte': labels });
      expect(placed(sources).map(([, className, heldOut]) => [className, heldOut])).toEqual([
        [null, null],
        [null, null],
        [null, null],
      ]);
      expect(skipped(sources)).toEqual(['x-labels-idx1-ubyte: damaged']);
    }
    expect(raws(await open({ 'x-images-idx3-ubyte': threePictures }))).toHaveLength(3);
    expect(skipped(await open({ 'x-labels-idx1-ubyte': threeLabels }))).toEqual([
      'x-labels-idx1-ubyte: no-images',
    ]);
  });

  it('are refused when damaged, and give their whole pictures when cut short', async () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => `${name}-images-idx3-ubyte`);
    const sources = await open({
      [names[0]!]: threePictures.subarray(0, 20),
      [names[1]!]: threePictures.subarray(0, 10),
      [names[2]!]: idx([1, 0, 5], []),
      [names[3]!]: idx([0, 2, 2], []),
    });
    expect(placed(sources).map(([path]) => path)).toEqual([`${names[0]}/1`, `${names[0]}/2`]);
    expect(sources.lines[0]!.detail).toContain('cut short');
    expect(skipped(sources)).toEqual([`${names[1]}: damaged`, `${names[2]}: damaged`, `${names[3]}: empty`]);
  });
});

describe('CIFAR files', () => {
  it('become pictures of the classes in the list beside them', async () => {
    const sources = await open({
      'cifar-10-binary.tar.gz': gzip(
        tar([
          { name: 'cifar-10-batches-bin/batches.meta.txt', content: 'plane\ncar\n\n' },
          { name: 'cifar-10-batches-bin/data_batch_1.bin', content: cifar([[1], [0]]) },
          { name: 'cifar-10-batches-bin/test_batch.bin', content: cifar([[2]]) },
        ]),
      ),
    });
    expect(placed(sources)).toEqual([
      ['cifar-10-batches-bin/data_batch_1/1', 'car', false],
      ['cifar-10-batches-bin/data_batch_1/2', 'plane', false],
      ['cifar-10-batches-bin/test_batch/1', '2', true],
    ]);
    const { rgb, width, height } = await raws(sources)[1]!.raw();
    expect([width, height, rgb.length]).toEqual([32, 32, 3072]);
    expect([...rgb.subarray(0, 6)]).toEqual([2, 3, 4, 2, 3, 4]);
  });

  it('are told apart by their labels: ten classes, or twenty and a hundred', async () => {
    const hundred = await open({
      'fine_label_names.txt': Array.from({ length: 100 }, (_, i) => `fine ${i}`).join('\n'),
      'coarse_label_names.txt': 'x',
      'train.bin': cifar([
        [19, 99],
        [0, 5],
      ]),
    });
    expect(placed(hundred).map(([, className]) => className)).toEqual(['fine 99', 'fine 5']);
    expect((await raws(hundred)[0]!.raw()).rgb.subarray(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
    const ten = await open({ 'some.bin': cifar([[0], [9]]) });
    expect(placed(ten).map(([, className, heldOut]) => [className, heldOut])).toEqual([
      ['airplane', null],
      ['truck', null],
    ]);
  });

  it('are damaged under an official name, and any other binary file is handed on', async () => {
    const sources = await open({
      'data_batch_1.bin': cifar([[10], [3]]),
      'data_batch_2.bin': cifar([[3], [4]]).subarray(0, 4000),
      'firmware.bin': 'x',
    });
    expect(skipped(sources)).toEqual(['data_batch_1.bin: damaged']);
    expect(placed(sources).map(([path]) => path)).toEqual(['data_batch_2/1']);
    expect((await contents(sources))[0]).toEqual(['firmware.bin', 'x']);
  });

  it('are not read in their form for Python', async () => {
    const sources = await open({ 'cifar-10-batches-py/data_batch_1': 'x', 'cifar-100-python/train': 'x' });
    expect(skipped(sources).map((line) => line.split(': ')[1])).toEqual([
      'unsupported-format',
      'unsupported-format',
    ]);
  });

  it('give no more pictures than the limit', async () => {
    const limits = { ...archiveLimits, entries: 1 };
    expect(raws(await open({ 'test.bin': cifar([[1], [2]]) }, { limits }))).toHaveLength(1);
  });

  it('give the same pixels in any order of reading', async () => {
    const many = Array.from({ length: 1200 }, (_, i) => [i % 10]);
    const pictures = raws(await open({ 'x.bin': cifar(many) }));
    for (const i of [1199, 0, 700, 341, 342, 1, 1198]) {
      expect((await pictures[i]!.raw()).rgb[0]).toBe((i + 1) % 256);
    }
  });
});

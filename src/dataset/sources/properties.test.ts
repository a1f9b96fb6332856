/** What archives and binary data sets may not do, whatever bytes they are made of. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearly, surviveInputs } from '../../platform/testing/hostileInputs';
import { skipReasons } from '../importing/report';
import { archiveLimits } from './limits';
import { isSystemPath } from './paths';
import { SourceError, type SourcePicture } from './source';
import { cifar, gzip, idx, open, tar, text, zip } from './testing/archives';

const reasons = new Set<string>(skipReasons);

/** Opens the files and reads the first pictures; throws what is no outcome of an import. */
async function importAll(files: Record<string, Uint8Array>): Promise<void> {
  const { pictures, lines, archives } = await open(files, { limits: { ...archiveLimits, entries: 50 } });
  for (const { outcome, reason } of [
    ...lines,
    ...archives.map((archive) => ({ outcome: 'skipped', ...archive })),
  ]) {
    const told = reason === null || reasons.has(reason);
    if (!told || (outcome === 'used' && reason !== null)) throw new Error(`no reason: ${reason}`);
  }
  const paths = new Set(pictures.map(({ path }) => path));
  if (paths.size !== pictures.length) throw new Error('a path came twice');
  for (const path of paths) {
    if (path.split(/[\\/]/).includes('..') || path.startsWith('/') || isSystemPath(path)) {
      throw new Error(`a path that may not be: ${path}`);
    }
  }
  for (const picture of pictures.slice(0, 3)) await readOne(picture);
}

async function readOne(picture: SourcePicture): Promise<void> {
  try {
    if (picture.kind === 'file') await picture.bytes();
    else {
      const { rgb, width, height } = await picture.raw();
      if (rgb.length !== 3 * width * height) throw new Error('pixels that do not fit');
    }
  } catch (thrown) {
    if (!(thrown instanceof SourceError) || !reasons.has(thrown.reason)) throw thrown;
  }
}

describe('whatever the bytes', () => {
  it('a ZIP gives files or reasons', async () => {
    const sample = zip({ 'cat/1.jpg': 'aaaaaaaaaaaaaaaaaaaa', '__proto__/2.jpg': 'b', 'dög.jpg': text('c') });
    await surviveInputs(nearly(sample), (bytes) => importAll({ 'a.zip': bytes }));
  });

  it('a TAR gives files or reasons', async () => {
    const sample = tar([
      { name: 'pax', type: 'x', content: '14 path=x/__p\n' },
      { name: '1.jpg', content: 'a' },
      { name: '2.jpg', content: 'b' },
    ]);
    // Checksums stop most changes of a header, so headers are made as well.
    const field = fc.string({ maxLength: 60, unit: 'binary-ascii' });
    const made = fc
      .array(
        fc.record({
          name: field,
          prefix: field,
          type: fc.constantFrom('0', '1', '5', 'x', 'g', 'L', 'K', 'S', '\0'),
          content: fc.oneof(
            field,
            field.map((value) => `${value.length + 9} path=${value}\n`),
          ),
        }),
        { maxLength: 4 },
      )
      .map(tar);
    await surviveInputs(fc.oneof(nearly(sample), made), (bytes) => importAll({ 'a.tar': bytes }));
  });

  it('a GZ gives a file or a reason', async () => {
    const sample = gzip(idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]));
    await surviveInputs(nearly(sample), (bytes) => importAll({ 'a-images-idx3-ubyte.gz': bytes }));
  });

  it('IDX files give pictures or reasons', async () => {
    const pictures = nearly(idx([3, 2, 1], [1, 2, 3, 4, 5, 6]));
    const labels = nearly(idx([3], [1, 2, 3]));
    await surviveInputs(fc.tuple(pictures, labels), ([images, names]) =>
      importAll({ 'a-images-idx3-ubyte': images, 'a-labels-idx1-ubyte': names }),
    );
  });

  it('CIFAR files give pictures or reasons', async () => {
    const list = fc.oneof(fc.string().map(text), fc.uint8Array({ maxLength: 200 }));
    const records = fc
      .tuple(
        fc.array(fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 2 }), { maxLength: 3 }),
        fc.nat(3080),
      )
      .map(([labels, cut]) => cifar(labels).subarray(0, Math.max(0, labels.length * 3074 - cut)));
    const name = fc.constantFrom('data_batch_1.bin', 'train.bin', 'other.bin');
    await surviveInputs(fc.tuple(name, records, list), ([path, bytes, names]) =>
      importAll({ [path]: bytes, 'batches.meta.txt': names, 'fine_label_names.txt': names }),
    );
  });

  it('the properties can fail', async () => {
    const slow = surviveInputs(fc.constant(0), () => {
      const start = performance.now();
      while (performance.now() - start < 60);
    });
    await expect(slow).rejects.toMatchObject({ cause: { message: expect.stringMatching(/took \d+ ms/) } });
    const reaching = surviveInputs(fc.constant(0), () => {
      Object.defineProperty(Object.prototype, 'reached', { value: 1, configurable: true });
    });
    await expect(reaching).rejects.toThrow('prototype');
    Reflect.deleteProperty(Object.prototype, 'reached');
  });
});

import { describe, expect, it } from 'vitest';
import { archiveLimits } from './limits';
import { contents, open, skipped, text, zip } from './testing/archives';

/** Offset of the n-th record that begins with the signature 'PK' `third` `fourth`. */
function recordAt(bytes: Uint8Array, third: number, fourth: number, n = 0): number {
  for (let i = 0, found = 0; i + 4 <= bytes.length; i++) {
    if (bytes[i] === 0x50 && bytes[i + 1] === 0x4b && bytes[i + 2] === third && bytes[i + 3] === fourth) {
      if (found++ === n) return i;
    }
  }
  throw new Error('no such record');
}

const directory = (bytes: Uint8Array, n = 0) => recordAt(bytes, 1, 2, n);

describe('ZIP archives', () => {
  it('are read entry by entry, stored or deflated', async () => {
    const long = 'picture '.repeat(5000);
    const sources = await open({ 'a.zip': zip({ 'cat/': '', 'cat/1.jpg': long, 'cat/2.jpg': 'b' }) });
    expect(await contents(sources)).toEqual([
      ['cat/1.jpg', long],
      ['cat/2.jpg', 'b'],
    ]);
    expect(sources.lines).toMatchObject([{ path: 'a.zip', outcome: 'used' }]);
  });

  it('skip paths that lead out of the archive', async () => {
    const names = ['../1.jpg', '/abs/1.jpg', 'C:\\x\\1.jpg', 'a/../../1.jpg', '..\\1.jpg', './a\\1.jpg'];
    const sources = await open({ 'a.zip': zip(Object.fromEntries(names.map((name) => [name, 'x']))) });
    expect((await contents(sources)).map(([path]) => path)).toEqual(['a/1.jpg']);
    expect(skipped(sources)).toEqual(names.slice(0, 5).map((name) => `${name}: unsafe-path`));
  });

  it('skip archives inside, links, unknown methods and entries under a password', async () => {
    const bytes = zip({ '1.jpg': 'a', '2.jpg': 'b', '3.jpg': 'c', 'x/4.ZIP': 'd', '5.jpg': 'e' });
    const view = new DataView(bytes.buffer);
    view.setUint16(directory(bytes, 0) + 4, 0x314, true);
    view.setUint32(directory(bytes, 0) + 38, 0o120777 * 65536, true);
    view.setUint16(directory(bytes, 1) + 10, 14, true);
    view.setUint16(directory(bytes, 2) + 8, 1, true);
    const sources = await open({ 'a.zip': bytes });
    expect(skipped(sources)).toEqual([
      '1.jpg: link',
      '2.jpg: unsupported-compression',
      '3.jpg: encrypted',
      'x/4.ZIP: nested-archive',
    ]);
    expect(await contents(sources)).toEqual([['5.jpg', 'e']]);
  });

  it('are refused as a whole when all of them is under a password', async () => {
    const bytes = zip({ '1.jpg': 'a' });
    new DataView(bytes.buffer).setUint16(directory(bytes) + 8, 1, true);
    const { archives, pictures } = await open({ 'a.zip': bytes });
    expect(archives).toMatchObject([{ reason: 'encrypted' }]);
    expect(pictures).toEqual([]);
  });

  it('are damaged where a checksum fails or a size is a lie', async () => {
    const flipped = zip({ '1.jpg': 'some content', '2.jpg': 'b' });
    flipped[30 + '1.jpg'.length + 4]! ^= 1;
    const checked = await contents(await open({ 'a.zip': flipped }));
    expect(checked).toEqual([
      ['1.jpg', '(damaged)'],
      ['2.jpg', 'b'],
    ]);
    for (const size of [1, 1_000_000]) {
      const lie = zip({ '1.jpg': 'x'.repeat(100_000) });
      new DataView(lie.buffer).setUint32(directory(lie) + 24, size, true);
      expect(await contents(await open({ 'a.zip': lie }))).toEqual([['1.jpg', '(damaged)']]);
    }
  });

  it('read names in UTF-8, marked or not, in code page 437, and in ASCII with its control characters', async () => {
    const bytes = zip({ 'é.jpg': 'a', 'xx.jpg': 'b', 'y\nz.jpg': 'c' });
    bytes[directory(bytes, 0) + 9] = 0;
    bytes[directory(bytes, 1) + 46] = 0x82;
    const sources = await open({ 'a.zip': bytes });
    expect((await contents(sources)).map(([path]) => path)).toEqual(['é.jpg', 'éx.jpg', 'y\nz.jpg']);
  });

  it('name empty entries one by one, or all at once where there are many', async () => {
    const empties = (count: number) =>
      zip(Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.jpg`, ''])));
    expect(skipped(await open({ 'a.zip': empties(2) }))).toEqual(['0.jpg: empty', '1.jpg: empty']);
    const many = await open({ 'a.zip': empties(101) });
    expect(skipped(many)).toEqual(['a.zip: empty']);
    expect(many.lines[1]!.detail).toBe('101 of its files are empty');
  });

  it('keep to the limits', async () => {
    const bytes = zip({ '1.jpg': 'x'.repeat(3000), '2.jpg': 'y'.repeat(2000), '3.jpg': 'z' });
    const limited = async (limits: Partial<typeof archiveLimits>) => {
      const sources = await open({ 'a.zip': bytes }, { limits: { ...archiveLimits, ...limits } });
      const failing = (await contents(sources)).filter(([, content]) => content.startsWith('('));
      return [...skipped(sources), ...failing.map((pair) => pair.join(': '))];
    };
    expect(await limited({})).toEqual([]);
    expect(await limited({ entries: 2 })).toEqual(['a.zip: limit']);
    expect(await limited({ entryBytes: 2000 })).toEqual(['1.jpg: (too-large)']);
    expect(await limited({ binaryBytes: 2000 })).toEqual(['1.jpg: too-large']);
    expect(await limited({ ratio: 2, ratioFrom: 2500 })).toEqual(['1.jpg: too-large']);
    expect(await limited({ totalBytes: 3001 })).toEqual(['2.jpg: limit']);
  });

  it('are refused when their entries lie on top of each other', async () => {
    const bytes = zip({ '1.jpg': 'a'.repeat(20), '2.jpg': 'b'.repeat(20) });
    new DataView(bytes.buffer).setUint32(directory(bytes) + 20, bytes.length, true);
    expect((await open({ 'a.zip': bytes })).archives).toMatchObject([{ reason: 'damaged' }]);
  });

  it('are damaged when cut short', async () => {
    const whole = zip({ '1.jpg': text('content') });
    for (const end of [1, 30, whole.length - 30, whole.length - 1]) {
      const { archives } = await open({ 'a.zip': whole.subarray(0, end) });
      expect(archives).toMatchObject([{ reason: 'damaged' }]);
    }
  });
});

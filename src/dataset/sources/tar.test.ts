import { describe, expect, it } from 'vitest';
import { archiveLimits } from './limits';
import { contents, gzip, open, skipped, type TarEntry, tar, text } from './testing/archives';

const openTar = (entries: readonly TarEntry[]) => open({ 'a.tar': tar(entries) });

describe('TAR archives', () => {
  it('give their files, and leave folders out', async () => {
    const sources = await openTar([
      { name: './cat/', type: '5' },
      { name: './cat/1.jpg', content: 'x'.repeat(700) },
      { name: '2.jpg', prefix: 'a/long/way', content: 'b' },
    ]);
    expect(await contents(sources)).toEqual([
      ['cat/1.jpg', 'x'.repeat(700)],
      ['a/long/way/2.jpg', 'b'],
    ]);
  });

  it('take long names from pax and GNU records', async () => {
    const long = `${'é'.repeat(90)}/${'n'.repeat(200)}.jpg`;
    const body = ` path=${long}\n`;
    const length = text(body).length + 3;
    const sources = await openTar([
      { name: 'pax', type: 'x', content: `${length}${body}` },
      { name: 'short.jpg', content: 'a' },
      { name: '././@LongLink', type: 'L', content: `${long}2\0` },
      { name: 'short.jpg', content: 'b' },
      { name: 'pax', type: 'g', content: '13 path=none\n' },
      { name: '3.jpg', content: 'c' },
    ]);
    expect(await contents(sources)).toEqual([
      [long, 'a'],
      [`${long}2`, 'b'],
      ['3.jpg', 'c'],
    ]);
  });

  it('skip links, devices, climbing paths and archives inside', async () => {
    const sources = await openTar([
      { name: '1.jpg', type: '2' },
      { name: '2.jpg', type: '3' },
      { name: '../3.jpg', content: 'x' },
      { name: '4.zip', content: 'x' },
      { name: '5.jpg' },
    ]);
    expect(skipped(sources)).toEqual([
      '1.jpg: link',
      '2.jpg: unsupported-format',
      '../3.jpg: unsafe-path',
      '4.zip: nested-archive',
      '5.jpg: empty',
    ]);
  });

  it('keep what comes before the place where they break off', async () => {
    const whole = tar([
      { name: '1.jpg', content: 'a' },
      { name: '2.jpg', content: 'b'.repeat(2000) },
    ]);
    const cut = await open({ 'a.tar': whole.subarray(0, 2000) });
    expect(skipped(cut)).toEqual(['2.jpg: damaged']);
    expect(await contents(cut)).toEqual([['1.jpg', 'a']]);
    whole[1024] = 0x7a;
    const broken = await open({ 'a.tar': whole });
    expect(skipped(broken)).toEqual(['a.tar: damaged']);
    expect(await contents(broken)).toEqual([['1.jpg', 'a']]);
  });

  it('may be packed, and are unpacked within the limits', async () => {
    const packed = gzip(tar([{ name: '1.jpg', content: 'x'.repeat(100_000) }]));
    for (const name of ['a.tar.gz', 'a.tgz', 'a.gz']) {
      expect(await contents(await open({ [name]: packed }))).toEqual([['1.jpg', 'x'.repeat(100_000)]]);
    }
    const limits = { ...archiveLimits, ratio: 20, ratioFrom: 1000 };
    expect((await open({ 'a.tgz': packed }, { limits })).archives).toMatchObject([{ reason: 'too-large' }]);
    const little = { ...archiveLimits, totalBytes: 1000 };
    expect((await open({ 'a.tgz': packed }, { limits: little })).archives).toMatchObject([
      { reason: 'limit' },
    ]);
    const few = { ...archiveLimits, entryBytes: 1000 };
    expect(await contents(await open({ 'a.tgz': packed }, { limits: few }))).toEqual([
      ['1.jpg', '(too-large)'],
    ]);
  });

  it('may have been unpacked on the way under their old name', async () => {
    const sources = await open({ 'a.tar.gz': tar([{ name: '1.jpg', content: 'a' }]), '2.jpg.gz': 'b' });
    expect(await contents(sources)).toEqual([
      ['a/1.jpg', 'a'],
      ['2.jpg', 'b'],
    ]);
  });
});

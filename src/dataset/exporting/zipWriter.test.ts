import { describe, expect, it } from 'vitest';
import { openSources } from '../sources';
import { createZip } from './zipWriter';

async function listed(zip: Blob) {
  const { pictures, lines } = await openSources([{ path: 'set.zip', bytes: async () => zip }]);
  return { pictures, lines };
}

async function textOf(content: Blob | Uint8Array): Promise<string> {
  return new TextDecoder().decode(content instanceof Blob ? await content.arrayBuffer() : content);
}

describe('createZip', () => {
  it('writes files that come out again as they were, whatever their names', async () => {
    const zip = createZip(new Date(2026, 10, 24, 1, 2, 4));
    const names = ['a/1.png', 'ünïcödé/🙂.png', '__proto__'];
    for (const name of names) zip.add(name, `text of ${name}`);
    const { pictures, lines } = await listed(zip.finish());
    expect(lines.filter(({ outcome }) => outcome === 'skipped')).toEqual([]);
    const texts = await Promise.all(
      pictures.map(async (picture) => [
        picture.path,
        picture.kind === 'file' ? await textOf(await picture.bytes()) : null,
      ]),
    );
    expect(new Map(texts as [string, string][])).toEqual(
      new Map(names.map((name) => [name, `text of ${name}`])),
    );
  });

  it('counts more files than an archive of the old format can', async () => {
    const zip = createZip();
    const count = 66_000;
    for (let i = 0; i < count; i++) zip.add(`${i}.png`, '');
    const bytes = await zip.finish().arrayBuffer();
    const view = new DataView(bytes);
    const locator = bytes.byteLength - 22 - 20;
    expect(view.getUint16(locator + 20 + 10, true)).toBe(0xffff);
    expect(view.getUint32(locator, true)).toBe(0x07064b50);
    const record = Number(view.getBigUint64(locator + 8, true));
    expect(view.getUint32(record, true)).toBe(0x06064b50);
    expect(Number(view.getBigUint64(record + 32, true))).toBe(count);
    const directory = Number(view.getBigUint64(record + 48, true));
    expect(view.getUint32(directory, true)).toBe(0x02014b50);
    expect(directory + Number(view.getBigUint64(record + 40, true))).toBe(record);
  });
});

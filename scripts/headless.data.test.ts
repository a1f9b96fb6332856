import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeImageDecoder } from '../src/platform/node/imageDecoder';
import { encodePicture } from '../src/platform/testing/pictures';
import { importData } from './headless/importData';

const folder = mkdtempSync(join(tmpdir(), 'pawsaur-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const red = await encodePicture('png', { width: 30, height: 30, colour: [200, 0, 0] });
  const blue = await encodePicture('png', { width: 30, height: 30, colour: [0, 0, 200] });
  mkdirSync(join(folder, 'pets/cat'), { recursive: true });
  mkdirSync(join(folder, 'pets/dog'));
  writeFileSync(join(folder, 'pets/cat/1.png'), red);
  writeFileSync(join(folder, 'pets/dog/1.png'), blue);
  writeFileSync(join(folder, 'pets/dog/broken.jpg'), 'no');
  const files = { 'cat/1.png': red, 'dog/1.png': blue, 'dog/broken.jpg': new Uint8Array([1]) };
  writeFileSync(join(folder, 'pets.zip'), zipSync(files));
  writeFileSync(join(folder, 'none.zip'), zipSync({ 'readme.txt': new Uint8Array([65]) }));
});

function load(name: string) {
  const lines: string[] = [];
  const { signal } = new AbortController();
  const print = (line: string) => void lines.push(line);
  return { lines, loading: importData(join(folder, name), nodeImageDecoder, { seed: 0, signal, print }) };
}

describe('importData', () => {
  it.each(['pets', 'pets.zip'])('reads %s, and says what it skipped', async (name) => {
    const { lines, loading } = load(name);
    const dataset = await loading;
    expect(dataset).toMatchObject({ name: 'pets', count: 2, classNames: ['cat', 'dog'], size: 80 });
    expect(dataset.pixels.take([1])[0]).toBe(0xffc80000);
    expect(lines[0]).toMatch(/^skipped dog\/broken\.jpg: no picture/);
    expect(lines[1]).toMatch(/^2 classes have one picture each/);
  });

  it('refuses what holds no pictures, with the files that it looked at', async () => {
    const { lines, loading } = load('none.zip');
    await expect(loading).rejects.toMatchObject({ code: 'import/no-images' });
    expect(lines).toEqual([expect.stringMatching(/^skipped readme\.txt/)]);
    await expect(load('pets/cat/1.png').loading).resolves.toMatchObject({ count: 1 });
  });
});

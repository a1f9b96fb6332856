import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFolder } from '../../platform/node/folder';
import { ImportRefused } from './refused';
import { file, load } from './testing/load';

const shared = resolve(import.meta.dirname, '../../../../shared/data');

describe.skipIf(!there('hand-digits'))('the folder hand-digits', () => {
  it('comes in whole: 400 pictures in ten classes', async () => {
    const { name, index, report } = await load(await listFolder(`${shared}/hand-digits`));
    expect(name).toBe('hand-digits');
    expect(index.classNames).toEqual([...Array(10).keys()].map((digit) => `digit_${digit}`));
    for (let label = 0; label < 10; label++) {
      expect(index.labels.filter((each) => each === label)).toHaveLength(40);
    }
    expect(report.lines.every(({ outcome }) => outcome === 'imported')).toBe(true);
  });
});

describe.skipIf(!there('pets-masks'))('the folder pets-masks', () => {
  it('comes in with its masks and species', async () => {
    const { index, report } = await load(await listFolder(`${shared}/pets-masks`));
    expect(index.count).toBe(120);
    expect(index.classNames).toEqual(['cat', 'dog']);
    expect(index.labels.includes(-1)).toBe(false);
    expect(index.maskRows.includes(-1)).toBe(false);
    expect(report.lines.filter(({ outcome }) => outcome === 'used')).toHaveLength(121);
    expect(report.lines.filter(({ outcome }) => outcome === 'skipped')).toEqual([]);
  });
});

describe.skipIf(!there('awkward/MANIFEST.json'))('the awkward files', () => {
  type Entry = {
    path: string;
    expect: string;
    also_ok?: string[];
    reason?: string;
    imported?: number;
    also_imported?: number[];
    upright_size?: [number, number];
  };
  const manifest = () =>
    (JSON.parse(readFileSync(`${shared}/awkward/MANIFEST.json`, 'utf8')) as { files: Entry[] }).files;

  it('come in or are listed as their manifest says', async () => {
    const wanted = manifest().filter(({ path }) => /^(images|bad)\/|^bombs\/.*\.(png|jpg)$/.test(path));
    const chosen = new Set(wanted.map(({ path }) => `awkward/${path}`));
    const all = await listFolder(`${shared}/awkward`);
    const { index, lines } = await load(all.filter(({ path }) => chosen.has(path)));
    const outcomes = new Map([
      ['imported', 'import'],
      ['converted', 'import-with-conversion'],
      ['skipped', 'skip'],
    ]);
    for (const { path, expect: outcome, also_ok = [], reason, upright_size } of wanted) {
      const line = lines.get(path);
      const actual = outcomes.get(line?.outcome ?? '');
      expect([path, [outcome, ...also_ok]]).toEqual([path, expect.arrayContaining([actual])]);
      if (actual === 'skip' && reason) expect([path, line!.reason]).toEqual([path, reason]);
      const row = index.names.indexOf(path);
      if (upright_size && row >= 0) {
        expect([path, [index.widths[row], index.heights[row]]]).toEqual([path, upright_size]);
      }
    }
  });

  it('give what they hold, as archives', async () => {
    const archives = manifest().filter(({ path }) => /\.(zip|tar\.gz)$/.test(path));
    for (const { path, expect: outcome, also_ok = [], reason, imported, also_imported = [] } of archives) {
      const leaf = path.slice(path.lastIndexOf('/') + 1);
      const bytes = readFileSync(`${shared}/awkward/${path}`);
      const set = await load([file(leaf, bytes)]).catch((error: unknown) => error);
      const actual = set instanceof ImportRefused ? 'refuse' : 'import';
      expect([path, [outcome, ...also_ok]]).toEqual([path, expect.arrayContaining([actual])]);
      if (set instanceof ImportRefused) {
        if (outcome === 'refuse') expect([path, set.code]).toEqual([path, `import/${reason}`]);
      } else if (imported !== undefined) {
        const { count } = (set as Awaited<ReturnType<typeof load>>).index;
        expect([path, [imported, ...also_imported]]).toEqual([path, expect.arrayContaining([count])]);
      }
    }
  });
});

/** Whether the shared test data are there; says so where they are not. */
function there(path: string): boolean {
  const found = existsSync(`${shared}/${path}`);
  if (!found) console.log(`skipped: ${shared}/${path} is not there`);
  return found;
}

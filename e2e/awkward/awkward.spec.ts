/**
 * Every awkward file gets the outcome that its manifest wants: `npm run test:awkward`, or with any other folder that
 * has such a MANIFEST.json, `AWKWARD_DIR=DIR npm run test:awkward`. The files are not part of the project.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { build, type PreviewServer, preview } from 'vite';
import { type AwkwardFile, kindOf, readManifest } from './manifest';
import type { Look, Outcome } from './outcome';
import type { Importer } from './page';

const folder = resolve(process.env.AWKWARD_DIR ?? '../shared/data/awkward');
const manifest = readManifest(folder);
const files = manifest ?? [];
const pictures = files.filter((file) => kindOf(file) === 'picture');
/** Distance per channel that two decoders may be apart. */
const tolerance = 12;

test.describe.configure({ mode: 'serial' });

let server: PreviewServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  test.skip(manifest === null, `there is no ${join(folder, 'MANIFEST.json')}`);
  const site = {
    configFile: false,
    root: resolve('e2e/awkward'),
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: resolve('.cache/awkward'), emptyOutDir: true, target: 'es2022' },
  } as const;
  await build(site);
  server = await preview({ ...site, preview: { host: 'localhost', port: 4400 } });
  page = await browser.newPage();
  await page.goto(server.resolvedUrls!.local[0]!);
  await page.waitForFunction(() => 'importer' in window);
});

test.afterAll(async () => {
  await page?.close();
  await server?.close();
});

test('every picture of the folder, imported with all the others', async () => {
  test.setTimeout(600_000);
  const outcome = await importAll('awkward', pictures);
  const lines = new Map(outcome.lines.map((line) => [line.path, line]));
  const sizes = new Map(outcome.set?.pictures.map((picture) => [picture.path, picture]));
  const wrong: string[] = [];
  for (const file of pictures) {
    const line = lines.get(file.path);
    if (!line) {
      wrong.push(`${file.path}: no word of it in the report`);
      continue;
    }
    const got = { imported: 'import', converted: 'import-with-conversion', skipped: 'skip', used: 'skip' }[
      line.outcome
    ];
    // A file that nothing can be made of is skipped among others.
    const wanted = [file.expect, ...(file.also_ok ?? [])].map((each) => (each === 'refuse' ? 'skip' : each));
    if (!wanted.includes(got)) {
      wrong.push(`${file.path}: ${got} (${line.reason}: ${line.detail}), wanted ${file.expect}`);
    } else if (got === 'skip' && wanted[0] === 'skip' && !reasonFits(file, line.reason)) {
      wrong.push(`${file.path}: skipped as ${line.reason}, wanted ${file.reason}`);
    } else if (got !== 'skip' && file.upright_size) {
      const size = sizes.get(file.path);
      if (`${size?.width} × ${size?.height}` !== file.upright_size.join(' × ')) {
        wrong.push(`${file.path}: ${size?.width} × ${size?.height}, wanted ${file.upright_size.join(' × ')}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('pictures are read upright and in their colours', async () => {
  const wrong: string[] = [];
  for (const file of pictures.filter(({ quadrant_rgb }) => quadrant_rgb)) {
    const [handle] = await choose([file]);
    const look = await page.evaluate((i) => {
      const { importer, chosen } = window as unknown as { importer: Importer; chosen: File[] };
      return importer.look(chosen[i]!);
    }, handle!);
    wrong.push(...colourProblems(file, look));
  }
  expect(wrong).toEqual([]);
});

for (const file of files.filter((each) => kindOf(each) === 'archive')) {
  test(`${file.path}: ${file.what}`, async () => {
    const outcome = await importAll(file.path, [file]);
    const got = outcome.set ? 'import' : 'refuse';
    expect([file.expect, ...(file.also_ok ?? [])], describe(outcome)).toContain(got);
    if (!outcome.set) {
      expect(outcome.error?.message.length).toBeGreaterThan(20);
      if (file.expect === 'refuse') expect(reasonsOf(file)).toContain(outcome.error?.code.split('/')[1]);
      return;
    }
    const { count, classNames } = outcome.set;
    if (file.imported !== undefined) {
      expect([file.imported, ...(file.also_imported ?? [])], describe(outcome)).toContain(count);
    }
    if (file.classes) expect([...classNames].sort()).toEqual([...file.classes].sort());
    const skipped = outcome.lines.filter((line) => line.outcome === 'skipped');
    const system = skipped.filter(({ reason }) => reason === 'system-file').length;
    if (file.system_files !== undefined) expect(system).toBe(file.system_files);
    if (file.skipped !== undefined && count === file.imported) {
      expect(skipped.length - system, describe(outcome)).toBe(file.skipped);
    }
  });
}

for (const file of files.filter((each) => kindOf(each) === 'video')) {
  test(`${file.path}: ${file.what}`, async () => {
    const [handle] = await choose([file]);
    const { line, outcome, first } = await page.evaluate((i) => {
      const { importer, chosen } = window as unknown as { importer: Importer; chosen: File[] };
      return importer.video(chosen[i]!);
    }, handle!);
    const got = outcome?.set ? 'import' : 'skip';
    expect([file.expect, ...(file.also_ok ?? [])], JSON.stringify({ line, outcome })).toContain(got);
    if (got === 'skip') {
      if (file.expect === 'skip') expect(reasonsOf(file)).toContain(line.reason);
      expect(line.detail).not.toBe('');
      return;
    }
    if (file.upright_size) expect([first?.width, first?.height]).toEqual(file.upright_size);
    if (file.quadrant_rgb) expect(colourProblems(file, first!)).toEqual([]);
  });
}

test('names that no disk would take are kept as they are', async () => {
  const names = readHostileNames();
  test.skip(names === null, 'this folder has no hostile-names.json');
  const picture = pictures.find(({ expect: wanted }) => wanted === 'import')!;
  const [handle] = await choose([picture]);
  // A name that leads somewhere else may be cleaned or refused; every other one stays as it was written. Names travel
  // as JSON, which keeps half of a character pair.
  const plain = names!.filter((name) => name !== '' && !/[\\/]/.test(name) && !name.startsWith('.'));
  const lost = await page.evaluate(
    async ([all, wanted, i]) => {
      const { importer, chosen } = window as unknown as { importer: Importer; chosen: File[] };
      const files = (JSON.parse(all) as string[]).map((path) => ({ path, file: chosen[i]! }));
      const { lines, set } = await importer.importAll('hostile', files);
      const told = new Set(lines.map(({ path }) => path));
      const kept = new Set(set?.pictures.map(({ path }) => path));
      return (JSON.parse(wanted) as string[]).filter((name) => !told.has(name) || !kept.has(name));
    },
    [JSON.stringify(names), JSON.stringify(plain), handle!] as const,
  );
  expect(lost).toEqual([]);
  expect(await page.evaluate(() => 'polluted' in Object.prototype)).toBe(false);
});

function readHostileNames(): string[] | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'hostile-names.json'), 'utf8')) as string[];
  } catch {
    return null;
  }
}

/** Hands files of the folder to the page, through an input as a person would; their places in `window.chosen`. */
async function choose(list: AwkwardFile[]): Promise<number[]> {
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.id = 'files';
    document.body.replaceChildren(input);
  });
  await page.locator('#files').setInputFiles(list.map(({ path }) => join(folder, path)));
  return page.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>('#files')!;
    Object.assign(window, { chosen: [...input.files!] });
    return [...input.files!].map((_, i) => i);
  });
}

async function importAll(name: string, list: AwkwardFile[]): Promise<Outcome> {
  await choose(list);
  return page.evaluate(
    ([setName, paths]) => {
      const { importer, chosen } = window as unknown as { importer: Importer; chosen: File[] };
      return importer.importAll(
        setName,
        paths.map((path, i) => ({ path, file: chosen[i]! })),
      );
    },
    [name, list.map(({ path }) => path)] as const,
  );
}

function reasonsOf({ reason, also_reason = [] }: AwkwardFile): string[] {
  return reason === undefined ? [] : [reason, ...also_reason];
}

function reasonFits(file: AwkwardFile, reason: string | null): boolean {
  return file.reason === undefined || (reason !== null && reasonsOf(file).includes(reason));
}

function colourProblems({ path, quadrant_rgb: wanted }: AwkwardFile, look: Look): string[] {
  const corners = ['tl', 'tr', 'bl', 'br'] as const;
  return corners
    .filter((corner) => look[corner].some((value, c) => Math.abs(value - wanted![corner][c]!) > tolerance))
    .map((corner) => `${path}: ${corner} is ${look[corner].map(Math.round)}, wanted ${wanted![corner]}`);
}

function describe({ error, lines, warnings }: Outcome): string {
  return JSON.stringify({ error, warnings, lines: lines.slice(0, 20) }, null, 1);
}

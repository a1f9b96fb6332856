/**
 * An import whose page is killed leaves everything before it as it was: the renderer is crashed at five points of an
 * import, the page opened again, and what lies in storage is looked at.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';
import { writePhotos } from './photos';

const pictures = 240;
/** Where the page dies: so many files read. The last two die while the rest is written and the set is put in place. */
const points = [0, 30, 120, 210, pictures];

let kept: string;
let cut: string;
let profile: string;

test.beforeAll(async () => {
  kept = mkdtempSync(join(tmpdir(), 'kept-'));
  cut = mkdtempSync(join(tmpdir(), 'cut-'));
  profile = mkdtempSync(join(tmpdir(), 'profile-'));
  await writePhotos(kept, { classes: 2, perClass: 6, width: 96, height: 96 });
  await writePhotos(cut, { classes: 3, perClass: pictures / 3, width: 1600, height: 1200 });
});

test.afterAll(() => {
  for (const folder of [kept, cut, profile]) rmSync(folder, { recursive: true, force: true });
});

test('a page that dies during an import loses nothing that was there before', async ({
  baseURL,
  launchOptions,
}) => {
  const context = await chromium.launchPersistentContext(profile, { ...launchOptions });
  try {
    let page = await open(context, baseURL!);
    await page.getByTestId('folder-input').setInputFiles(kept);
    await expect(setsOf(page)).toContainText(basename(kept));
    for (const point of points) {
      await page.getByTestId('folder-input').setInputFiles(cut);
      await dieAfter(page, point);
      page = await open(context, baseURL!);
      await expect(setsOf(page)).toContainText(basename(kept));
      const names = await setsOf(page).innerText();
      // The last point may come too late: then the whole set is there, and nothing else may be.
      const complete = names.includes(basename(cut));
      if (complete) expect(names).toContain(`${pictures} pictures`);
      else {
        const notice = page.getByRole('alert').filter({ hasText: 'cut short' });
        await notice.getByRole('button', { name: 'Close' }).click();
        await expect(notice).toBeHidden();
      }
      await expect.poll(() => storedFiles(page)).toHaveLength(complete ? 2 : 1);
      if (complete) break;
    }
    if (!(await setsOf(page).innerText()).includes(basename(cut))) {
      await page.getByTestId('folder-input').setInputFiles(cut);
      await expect(setsOf(page)).toContainText(basename(cut));
    }
    await expect.poll(() => storedFiles(page)).toHaveLength(2);
  } finally {
    await context.close();
  }
});

async function open(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
  await page.goto(url);
  await expect(page.getByText(/WebGPU ·/)).toBeVisible();
  return page;
}

const setsOf = (page: Page) => page.getByRole('list', { name: 'Your sets of pictures' });

/** Crashes the page once that many files have been read. */
async function dieAfter(page: Page, files: number): Promise<void> {
  const progress = page.getByText(/^[\d,]+ of [\d,]+ files read/);
  if (files > 0) {
    await expect
      .poll(
        async () => Number((await progress.innerText().catch(() => '0')).split(' ')[0]!.replace(',', '')),
        {
          intervals: [5],
        },
      )
      .toBeGreaterThanOrEqual(Math.min(files, pictures - 5));
  } else
    await progress
      .or(page.getByText(/Looking/))
      .first()
      .waitFor();
  const crashed = page.waitForEvent('crash');
  const session = await page.context().newCDPSession(page);
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

/** Files of sets in the origin's private files. */
function storedFiles(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names: string[] = [];
    try {
      const root = await navigator.storage.getDirectory();
      const sets = await (await root.getDirectoryHandle('pawsaur')).getDirectoryHandle('sets');
      for await (const name of sets.keys()) names.push(name);
    } catch {
      // Nothing was ever stored.
    }
    return names;
  });
}

/** Sets of one's own in the page: what an import says, what outlives a reload, and a set that leaves and comes back. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, permalink, setInUse, smallVit, startButton, waitForStep, watch } from './page';
import { writePhotos } from './photos';

const hostile = '<img src=x onerror=alert(1)>';

/** Two classes of six photos, and files that are none. */
async function photoFolder(): Promise<string> {
  const folder = join(mkdtempSync(join(tmpdir(), 'library-')), 'photos');
  await writePhotos(folder, { classes: 2, perClass: 6, width: 96, height: 80 });
  writeFileSync(join(folder, 'class 00', `${hostile}.jpg`), 'no picture');
  writeFileSync(join(folder, 'notes.txt'), 'nothing to see');
  return folder;
}

async function open(page: Page, fragment = ''): Promise<void> {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
  await page.goto(fragment);
  await expect(page.getByText(/WebGPU ·/)).toBeVisible();
}

const addFolder = (page: Page, folder: string) => page.getByTestId('folder-input').setInputFiles(folder);
const sets = (page: Page) => page.getByRole('list', { name: 'Your sets of pictures' });
async function choose(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: /^More for/ }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('tells file by file what came of an import, and opens the set again after a reload', async ({
  page,
}) => {
  const problems = watch(page);
  await open(page);
  await addFolder(page, await photoFolder());
  await expect(setInUse(page, 'photos')).toContainText('12 pictures · 2 classes');
  await page.getByRole('button', { name: 'File by file…' }).click();
  const report = page.getByRole('dialog');
  await expect(report).toContainText('12 pictures came in, 2 files were skipped');
  await expect(report.getByRole('row').first()).toContainText(`${hostile}.jpg`);
  await report.getByRole('searchbox').fill('notes');
  await expect(report.getByRole('row')).toHaveCount(1);
  await expectAccessible(page);
  const download = page.waitForEvent('download');
  await report.getByRole('button', { name: 'Save as CSV' }).click();
  expect((await download).suggestedFilename()).toBe('pawsaur-photos-report.csv');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'File by file…' })).toBeFocused();
  await expectAccessible(page);

  await page.reload();
  await expect(setInUse(page, 'photos')).toBeVisible();
  await expect(page.getByText(/These are the pictures/)).toContainText('2 classes');
  expect(problems).toEqual([]);
});

test('keeps labels by hand with their pictures', async ({ page }) => {
  await open(page);
  await addFolder(page, await photoFolder());
  await expect(setInUse(page, 'photos')).toBeVisible();
  await page.getByRole('button', { name: /Choose those that it is scored with/ }).click();
  await page.getByRole('button', { name: 'Label pictures…' }).click();
  const grid = page.getByRole('listbox', { name: 'Pictures' });
  await grid.focus();
  await page.keyboard.press('Backspace');
  await expect(page.getByText('One picture is without a label now.')).toBeAttached();
  await page.keyboard.press('Escape');
  const counts = page.getByRole('list', { name: 'Labels of each class' });
  const before = await counts.innerText();
  // The library is told a moment after the last change.
  await page.waitForTimeout(1500);
  await page.reload();
  await expect(setInUse(page, 'photos')).toBeVisible();
  await page.getByRole('button', { name: /Choose those that it is scored with/ }).click();
  await expect(page.getByText(/labels on 10 training pictures, given by you/)).toBeVisible();
  expect(await counts.innerText()).toBe(before);
});

test('exports a set that comes back as it was, by keyboard', async ({ page }) => {
  const problems = watch(page);
  await open(page);
  await addFolder(page, await photoFolder());
  await expect(setInUse(page, 'photos')).toBeVisible();
  await page.getByRole('button', { name: /^More for/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Rename…' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Name of the set' })).toBeFocused();
  await page.keyboard.type('two kinds');
  await page.keyboard.press('Enter');
  await expect(setInUse(page, 'two kinds')).toBeVisible();

  const download = page.waitForEvent('download');
  await choose(page, 'Export as ZIP');
  const zip = await (await download).path();
  await choose(page, 'Delete…');
  await expect(page.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(sets(page)).toBeHidden();
  await expect(page.getByRole('button', { name: /^confetti/, pressed: true })).toBeVisible();
  await page.getByTestId('pictures-input').setInputFiles(zip);
  await expect(sets(page).getByRole('listitem')).toContainText('12 pictures · 2 classes');
  expect(problems).toEqual([]);
});

test('imports beside a run, which keeps its pictures, and offers what came in', async ({ page }) => {
  const problems = watch(page);
  await open(page, permalink('confetti-quick', { ...smallVit, epochs: 60 }));
  await startButton(page).click();
  await waitForStep(page, 3);
  await addFolder(page, await photoFolder());
  const news = page.getByRole('alert').filter({ hasText: '12 pictures came in' });
  await expect(news).toContainText('Stop the run to use it.');
  await page.getByRole('banner').getByRole('button', { name: 'Stop' }).click();
  await news.getByRole('button', { name: 'Use it now' }).click();
  await expect(setInUse(page, 'photos')).toBeVisible();
  expect(problems).toEqual([]);
});

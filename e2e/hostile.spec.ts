/** Names that want to be more than text are text on every surface that shows them, and push nothing out of place. */
import { expect, type Page, test } from '@playwright/test';
import { strToU8, zipSync } from 'fflate';
import sharp from 'sharp';
import { expectAccessible, watch } from './page';

const long = 'x'.repeat(10_000);
const names = [
  '<img src=x onerror=alert(1)>',
  '__proto__',
  'constructor',
  'safe\u202Egpj.exe',
  '{{7*7}}',
  '=HYPERLINK("http:evil")',
  long,
];

/** A ZIP with a class of each name, and in each a photo of each name. */
async function archive(): Promise<Buffer> {
  const entries: Record<string, Uint8Array> = Object.create(null);
  let hue = 0;
  for (const className of names) {
    for (const name of names) {
      const background = { r: (hue * 37) % 256, g: (hue * 91) % 256, b: (hue * 53) % 256 };
      const create = { width: 40 + hue, height: 48, channels: 3 as const, background };
      entries[`${className}/${name}.jpg`] = await sharp({ create }).jpeg().toBuffer();
      hue++;
    }
    entries[`${className}/broken.jpg`] = strToU8('no picture');
  }
  return Buffer.from(zipSync(entries, { level: 0 }));
}

/** What must not be there, whatever is shown. */
async function expectHarmless(page: Page): Promise<void> {
  expect(await page.locator('img[src="x"]').count()).toBe(0);
  expect(await page.evaluate(() => Object.keys(Object.prototype))).toEqual([]);
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(over).toBeLessThanOrEqual(0);
}

for (const width of [1440, 360]) {
  test(`hostile names at ${width} px`, async ({ page }) => {
    const problems = watch(page);
    page.on('dialog', (dialog) => {
      problems.push(`a dialogue: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.setViewportSize({ width, height: 900 });
    await page.goto('');
    await expect(page.getByText(/WebGPU ·/)).toBeVisible();
    const buffer = await archive();
    await page
      .getByTestId('pictures-input')
      .setInputFiles({ name: `${names[0]}.zip`, mimeType: 'application/zip', buffer });
    await expect(page.getByText(/49 pictures · 7 classes/)).toBeVisible();
    await expectHarmless(page);
    await expectAccessible(page);

    await page.getByRole('button', { name: 'File by file…' }).click();
    const report = page.getByRole('dialog');
    await expect(report.getByRole('row').first()).toBeVisible();
    await report.getByRole('searchbox').fill('<img');
    await expect(report.getByRole('row').first()).toContainText('<img src=x onerror=alert(1)>');
    await report.getByRole('searchbox').fill('__proto__/__proto__');
    await expect(report.getByRole('row')).toHaveCount(1);
    await expectHarmless(page);
    await expectAccessible(page);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Look at the pictures' }).click();
    const surface = page.getByRole('dialog', { name: 'Look at the pictures' });
    await surface.getByRole('combobox', { name: 'Class' }).selectOption({ label: '__proto__' });
    await expect(surface.getByText('7 pictures shown')).toBeVisible();
    await expectHarmless(page);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    expect(problems).toEqual([]);
  });
}

import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, permalink, smallVit, startButton, waitForStep, watch } from './page';

const sheet = (page: Page) => page.getByRole('img', { name: /as set here, classes in turn/ });

/** Mean of all channels of the preview, 0 to 255. */
function brightness(page: Page): Promise<number> {
  return sheet(page).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, value, i) => sum + (i % 4 === 3 ? 0 : value), 0) / (data.length * 0.75);
  });
}

test('previews a built-in set as its settings change, and trains on what was previewed', async ({ page }) => {
  const problems = watch(page);
  await page.goto(
    permalink('confetti-quick', { ...smallVit, epochs: 1, train_pictures: 60, held_out_pictures: 20 }),
  );
  await page.getByRole('button', { name: /Classes, cues and background of confetti/ }).click();
  await expect(sheet(page)).toHaveAttribute('aria-label', /star, gear, heart/);
  await expect.poll(() => brightness(page)).toBeGreaterThan(80);
  const light = await brightness(page);
  await page.getByRole('switch', { name: 'masks' }).check();
  await expect.poll(() => brightness(page)).toBeLessThan(0.6 * light);
  await page.getByRole('switch', { name: 'masks' }).uncheck();
  const classes = page.locator('[data-field="data_classes"] input');
  await classes.fill('3');
  await classes.press('Enter');
  await page.getByRole('switch', { name: 'shape tells the class' }).press('Space');
  await expect(sheet(page)).toHaveAttribute('aria-label', /red, green, blue$/);
  await expect(page.getByText(/Only colour tells the 3 classes apart/)).toBeVisible();
  await expect(page.getByText('60 to train on · 20 held out · 3 classes').first()).toBeVisible();
  await expectAccessible(page);
  await startButton(page).click();
  await waitForStep(page, 10);
  expect(problems).toEqual([]);
});

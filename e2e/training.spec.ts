import { expect, test } from '@playwright/test';
import { expectAccessible, permalink, smallVit, startButton, stepShown, waitForStep, watch } from './page';

test('trains on a built-in set: drawn live, paused, stepped, resumed, reset', async ({ page }) => {
  const problems = watch(page);
  await page.goto(permalink('confetti-quick', { ...smallVit, epochs: 60 }));
  await expect(page.getByText(/WebGPU ·/)).toBeVisible();
  await expectAccessible(page);
  await startButton(page).click();
  await waitForStep(page, 2);
  const maps = page.locator('[data-cell="1-0"] canvas');
  await expect(maps).toBeVisible();
  const picture = () => maps.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const early = await picture();
  await waitForStep(page, 12);
  await expect.poll(picture, { timeout: 120_000 }).not.toBe(early);

  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(startButton(page)).toHaveText('Resume');
  // The steps that were under way still land.
  await page.waitForTimeout(1500);
  const paused = await stepShown(page);
  const losses = page.locator('.js-plotly-plot .scatterlayer path.js-line').first();
  await expect(losses).toBeAttached();
  expect((await losses.getAttribute('d'))?.length).toBeGreaterThan(20);
  await expectAccessible(page);

  await page.waitForTimeout(1500);
  expect(await stepShown(page)).toBe(paused);
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect.poll(() => stepShown(page)).toBe(paused + 1);
  await page.waitForTimeout(1500);
  expect(await stepShown(page)).toBe(paused + 1);

  await startButton(page).click();
  await waitForStep(page, paused + 3);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(startButton(page)).toHaveText('Resume');
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => stepShown(page)).toBe(0);
  expect(problems).toEqual([]);
});

test('a permalink restores the whole set-up, and a hostile one is refused field by field', async ({
  page,
}) => {
  const problems = watch(page);
  await page.goto(permalink('confetti-standard', { teacher_temp: 0.03, hue: 0.25 }));
  await expect(page.locator('[data-field="teacher_temp"]').getByRole('textbox')).toHaveValue('0.03');
  // A page that is left while it loads reports its open requests as failed.
  await page.waitForLoadState('networkidle');
  await page.goto('about:blank');
  await page.goto(
    permalink('confetti-quick', { teacher_temp: '-1e99', batch_size: 'many', __proto__x: 1, depth: 3 }),
  );
  const notice = page.getByRole('alert').first();
  await expect(notice).toContainText('teacher');
  await expect(notice).toContainText('batch');
  expect(problems).toEqual([]);
});

test('heads that do not divide the width are refused before the start, with a value that works', async ({
  page,
}) => {
  await page.goto(permalink('confetti-quick', { ...smallVit, embed_dim: 50, num_heads: 4 }));
  const refusal = page.getByText(/width of 50 does not divide by 4 heads/).first();
  await expect(refusal).toBeVisible();
  await page.getByRole('button', { name: 'Show the field' }).click();
  const field = page.locator('[data-field="num_heads"], [data-field="embed_dim"]');
  await field.getByRole('button', { name: /^Use/ }).first().click();
  await expect(page.getByText('It cannot start like this.')).toHaveCount(0);
  await startButton(page).click();
  await waitForStep(page, 1);
});

import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, permalink, watch } from './page';

/** PAWS on the small CNN for a few steps, small enough for software WebGPU. */
const tinyPaws = {
  global_crops_size: 32,
  cnn_width: 4,
  head_hidden_dim: 16,
  output_dim: 16,
  batch_size: 8,
  supervised_imgs_per_class: 1,
  supervised_views: 1,
  epochs: 2,
  steps_per_epoch: 3,
  warmup_epochs: 0.4,
  eval_every: 3,
  eval_images: 24,
};

async function open(page: Page): Promise<void> {
  await expect(page.getByRole('list', { name: 'Labels of each class' })).toBeVisible();
  await page.getByRole('button', { name: /What would more labels buy/ }).click();
}

test('an experiment goes on after a reload and draws what labels buy', async ({ page }) => {
  const problems = watch(page);
  page.on('dialog', (dialog) => dialog.accept());
  await page.goto(permalink('grey-paws-quick', tinyPaws));
  await open(page);
  await page.getByRole('textbox', { name: 'Labels of each class' }).fill('1, 2');
  await page.getByRole('checkbox', { name: 'DINO + linear' }).uncheck();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Start the experiment' }).click();
  await expect(page.getByText('Training 2 of 4: Labels alone')).toBeVisible({ timeout: 240_000 });
  await page.waitForLoadState('networkidle');
  await page.reload();
  await open(page);
  await page.getByRole('button', { name: 'Continue: 3 trainings left' }).click();
  await expect(page.getByText('Training 3 of 4: PAWS + CE')).toBeVisible({ timeout: 240_000 });
  await expect(page.getByText('to come')).toHaveCount(0, { timeout: 240_000 });
  await expect(page.getByRole('button', { name: 'Another experiment' })).toBeVisible({ timeout: 240_000 });
  for (const labels of ['1', '2']) {
    const cells = page.getByRole('row', { name: new RegExp(`^${labels} `) }).getByRole('cell');
    await expect(cells).toHaveText([/^\d+\.\d$/, /^\d+\.\d$/]);
  }
  const curves = page.getByRole('dialog').locator('.js-plotly-plot .scatterlayer path.js-line');
  await expect(curves).toHaveCount(4);
  await expect(page.getByText(/^With 1 label a class, PAWS \+ CE tells/)).toBeVisible();
  await expectAccessible(page);
  expect(problems).toEqual([]);
});

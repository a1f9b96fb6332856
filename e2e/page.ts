/** What the end-to-end tests share: a run small enough for software WebGPU, and a watch over errors. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

/** A Transformer at 32 px, dim 48, depth 2, batch 8: what SwiftShader can do in seconds. */
export const smallVit = {
  global_crops_size: 32,
  local_crops_size: 16,
  embed_dim: 48,
  depth: 2,
  num_heads: 3,
  out_dim: 32,
  batch_size: 8,
  epochs: 6,
  steps_per_epoch: 10,
  warmup_epochs: 1,
  eval_images: 40,
};

export function permalink(
  preset: string,
  fields: Readonly<Record<string, string | number | boolean>>,
): string {
  return `#preset=${preset}&${new URLSearchParams(Object.entries(fields).map(([k, v]) => [k, String(v)]))}`;
}

/** Collects everything that must not happen on a page. */
export function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('requestfailed', (request) => problems.push(`failed: ${request.url()}`));
  return problems;
}

/** The step the header shows. */
export async function stepShown(page: Page): Promise<number> {
  const text = await page
    .getByText(/^step [\d,]+/)
    .first()
    .innerText();
  return Number(/step ([\d,]+)/.exec(text)?.[1]?.replace(',', ''));
}

export async function waitForStep(page: Page, step: number): Promise<void> {
  await expect.poll(() => stepShown(page), { timeout: 240_000 }).toBeGreaterThanOrEqual(step);
}

export const startButton = (page: Page) =>
  page.getByRole('banner').getByRole('button', { name: /^(Start|Resume|Start again)$/ });

/** The set of one's own of that name, once it is in use. */
export function setInUse(page: Page, name: string): Locator {
  const sets = page.getByRole('list', { name: 'Your sets of pictures' });
  return sets.getByRole('button', { pressed: true }).filter({ has: page.getByTitle(name, { exact: true }) });
}

/** Nothing that axe calls serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' | ')}`)).toEqual([]);
}

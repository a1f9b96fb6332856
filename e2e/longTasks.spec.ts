import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { startButton, stepShown, waitForStep, watch } from './page';

// Playwright's own looks at the page would be tasks of its main thread.
test.use({ trace: 'off', screenshot: 'off' });

const attempts = 3;
/** About how long the log takes at its speed, with the worker's rest before it. */
const replayMs = 6000;
let worker = '';

test.beforeAll(() => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const file = test.info().outputPath('messages.json');
  execFileSync(process.execPath, ['scripts/run.mjs', 'e2e/messageLog.ts', file], { cwd: root });
  const script = readFileSync(new URL('replayWorker.js', import.meta.url), 'utf8');
  worker = `const LOG = ${readFileSync(file, 'utf8')};\n${script}`;
});

/** Trains by the log; the tasks of the page's main thread over 50 ms meanwhile. */
async function longTasks(page: Page): Promise<string[]> {
  await page.addInitScript(() => {
    const tasks: { start: number; ms: number }[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) tasks.push({ start: startTime, ms: duration });
    }).observe({ type: 'longtask' });
  });
  // The page starts its worker as ever; the script that comes is the log's.
  await page.route(/\/worker-[^/]*\.js$/, (route) =>
    route.fulfill({ contentType: 'text/javascript', body: worker }),
  );
  await page.goto('');
  await expect(page.getByText(/of graphics memory/)).toBeVisible();
  await page.waitForLoadState('networkidle');
  await startButton(page).click();
  await expect(page.getByRole('banner').getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect(page.locator('.js-plotly-plot .main-svg').first()).toBeAttached();
  // What the panels need at first is drawn; the worker rests before it tells of the first step.
  await page.waitForTimeout(2000);
  expect(await stepShown(page)).toBe(0);
  const begun = await page.evaluate(() => performance.now());
  await page.waitForTimeout(replayMs);
  await waitForStep(page, 250);
  const tasks = await page.evaluate(
    () => (window as unknown as { longTasks: { start: number; ms: number }[] }).longTasks,
  );
  return tasks
    .filter(({ start }) => start > begun)
    .map(({ start, ms }) => `${Math.round(ms)} ms after ${Math.round(start - begun)}`);
}

test('no task of the page takes long while it draws a run ten times as fast as it trained', async ({
  browser,
}) => {
  const found: string[][] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const page = await browser.newPage();
    const problems = watch(page);
    const tasks = await longTasks(page);
    expect(await stepShown(page)).toBe(250);
    expect(problems).toEqual([]);
    await page.close();
    // A task that waits for a core counts as long: a machine that is busy otherwise gets another try.
    if (tasks.length === 0) return;
    found.push(tasks);
  }
  expect(found, 'a replay without a task over 50 ms').toContainEqual([]);
});

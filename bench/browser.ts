/**
 * W1 in Chromium, ours against its peers: `npm run bench:browser -- [--steps 15] [--first 1] [--hardware]`.
 * The page is built from bench/browser; WebGPU is SwiftShader's unless `--hardware` leaves Chromium its choice.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { ensureChromium } from '../scripts/chromium.mjs';
import type { PageTasks } from './browser/page';
import { contenderNames } from './contender';
import { spread } from './measure';
import { type Timings, workloadTable } from './report';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '15' },
    first: { type: 'string', default: '1' },
    hardware: { type: 'boolean', default: false },
  },
});
const WORKLOAD = 'W1';
const executablePath = ensureChromium((line: string) => console.error(line));
const args = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  ...(values.hardware ? [] : ['--use-webgpu-adapter=swiftshader']),
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

const site = {
  configFile: false,
  root: resolve('bench/browser'),
  logLevel: 'error',
  build: { outDir: resolve('.cache/bench-browser'), emptyOutDir: true, target: 'es2022' },
} as const;
await build(site);
const server = await preview({ ...site, preview: { host: 'localhost', port: 4300 } });
const url = server.resolvedUrls?.local[0] as string;

/** Opens the page in a browser of its own, so that nothing is compiled yet. */
async function inPage<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error.message));
    await page.goto(url);
    await page.waitForFunction(() => 'benchTasks' in window);
    return await work(page);
  } finally {
    await browser.close();
  }
}

try {
  const result = await inPage((page) =>
    page.evaluate((task) => (window as unknown as { benchTasks: PageTasks }).benchTasks.rounds(task), {
      kind: 'rounds' as const,
      workload: WORKLOAD,
      contenders: [...contenderNames],
      rounds: Number(values.steps),
      profile: false,
    }),
  );
  for (const [contender, timing] of result.timings) {
    const times: number[] = [];
    for (let i = 0; i < Number(values.first); i++) {
      const ms = await inPage((page) =>
        page.evaluate((task) => (window as unknown as { benchTasks: PageTasks }).benchTasks.first(task), {
          kind: 'first' as const,
          workload: WORKLOAD,
          contender,
        }),
      );
      if (ms !== null) times.push(ms);
    }
    if (times.length > 0) timing.firstStepMs = spread(times);
  }
  console.log(
    `\n## ${WORKLOAD} in Chromium\n\n${workloadTable(Object.fromEntries(result.timings) as Timings)}\n`,
  );
  for (const line of result.absent) console.log(line);
  for (const [name, distance] of result.agreement)
    console.log(`${name} agrees to ${distance.toExponential(1)}.`);
  console.log(result.adapter);
} finally {
  await server.close();
}

/**
 * What it takes to import many photos into the built page: `npm run bench:import -- [--count 10000] [--classes 20]
 * [--hardware]`. Makes JPEGs of 512 × 384, imports them through the folder input in Chromium, and watches the
 * renderer's resident memory, the JavaScript heaps of the page and all its workers, and how long the main thread
 * leaves a timer waiting.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { writePhotos } from '../e2e/photos';
import { ensureChromium } from '../scripts/chromium.mjs';
import { watchHeaps } from './heaps';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    classes: { type: 'string', default: '20' },
    hardware: { type: 'boolean', default: false },
  },
});
const count = Number(values.count);
const classes = Number(values.classes);
const perClass = Math.ceil(count / classes);
const width = 512;
const height = 384;
/** Between two looks at memory, ms. */
const sampleMs = 200;
const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);

const folder = mkdtempSync(join(tmpdir(), 'pawsaur-photos-'));
const profile = mkdtempSync(join(tmpdir(), 'pawsaur-profile-'));
const port = 4500;
const server = spawn(process.execPath, ['scripts/serve.mjs', '--port', String(port)], { stdio: 'ignore' });
const context = await chromium.launchPersistentContext(profile, {
  executablePath: ensureChromium((line: string) => console.error(line)),
  viewport: { width: 1440, height: 900 },
  args: [
    '--no-sandbox',
    '--enable-unsafe-webgpu',
    ...(values.hardware ? [] : ['--use-webgpu-adapter=swiftshader']),
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
});

/** The process that draws the page and runs its workers: the renderer that has worked most. */
async function rendererOf(page: Page): Promise<number> {
  const session = await context.browser()?.newBrowserCDPSession();
  const system = session ?? (await context.newCDPSession(page));
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return renderers.sort((a, b) => b.cpuTime - a.cpuTime)[0]!.id;
}

/** Resident memory of a process, bytes; Linux only. */
function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

/** Has the main thread set a timer again and again, and note how late it came. */
function watchMainThread(): void {
  const waits: number[] = [];
  Object.assign(window, { waits });
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    waits.push(now - last - 10);
    last = now;
  }, 10);
}

try {
  console.log(`Making ${perClass * classes} JPEGs of ${width} × ${height} in ${classes} folders …`);
  await writePhotos(folder, { classes, perClass, width, height });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
  await page.goto(`http://localhost:${port}/`);
  await page.getByText(/of graphics memory/).waitFor();
  await page.waitForLoadState('networkidle');
  const pid = await rendererOf(page);
  const before = residentBytes(pid);
  const heaps = await watchHeaps(await context.newCDPSession(page));
  await page.getByTestId('folder-input').setInputFiles(folder);
  await page.evaluate(watchMainThread);
  const startedAt = performance.now();
  const done = page.getByText(new RegExp(`${(perClass * classes).toLocaleString('en')} pictures`)).first();
  const peak = { resident: 0, objects: 0, buffers: 0, contexts: 0 };
  let over = false;
  const finished = done.waitFor({ timeout: 1_800_000 }).then(() => {
    over = true;
  });
  while (!over) {
    const { objects, buffers, count: contexts } = await heaps();
    peak.resident = Math.max(peak.resident, residentBytes(pid));
    peak.objects = Math.max(peak.objects, objects);
    peak.buffers = Math.max(peak.buffers, buffers);
    peak.contexts = Math.max(peak.contexts, contexts);
    await Promise.race([rest(sampleMs), finished]);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const waits = await page.evaluate(() => (window as unknown as { waits: number[] }).waits);
  const worst = waits
    .sort((a, b) => b - a)
    .slice(0, 5)
    .map(Math.round);
  console.log(
    [
      `${perClass * classes} pictures in ${seconds.toFixed(1)} s: ${((perClass * classes) / seconds).toFixed(0)} a second`,
      `resident memory of the renderer: ${mebibytes(before)} MiB before, at most ${mebibytes(peak.resident)} MiB`,
      `JavaScript heaps of ${peak.contexts} contexts: at most ${mebibytes(peak.objects)} MiB, and ${mebibytes(peak.buffers)} MiB of buffers`,
      `longest waits of the main thread: ${worst.join(', ')} ms`,
    ].join('\n'),
  );
} finally {
  await context.close();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
  rmSync(profile, { recursive: true, force: true });
}

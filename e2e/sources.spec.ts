/** Pictures from the camera, from videos and from a web address, each through to a set that is kept. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, type Page, test } from '@playwright/test';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import config from '../playwright.config';
import { expectAccessible, watch } from './page';

// A camera that shows a turning disc, and nobody to ask.
const camera = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
const { launchOptions } = config.use!;
test.use({ launchOptions: { ...launchOptions, args: [...launchOptions!.args!, ...camera] } });
test.setTimeout(60_000);

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });
/** The kept set of that name. */
const keptSet = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Your sets of pictures' }).getByRole('listitem').filter({ hasText: name });

test('the camera fills classes while their buttons or keys are held', async ({ page }) => {
  const problems = watch(page);
  await page.goto('');
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  const studio = dialog(page, 'Pictures from the camera');
  await studio.getByRole('button', { name: 'Turn the camera on' }).click();
  await expect(studio.getByRole('button', { name: 'Turn it off' })).toBeVisible();
  await studio.getByLabel('Name of class 1').fill('cat');
  await studio.getByLabel('Name of class 2').fill('<b>dog');

  const shots = (name: string) =>
    studio.getByRole('list', { name: `Pictures of ${name}` }).getByRole('listitem');
  await studio.getByRole('button', { name: 'Record cat' }).hover();
  await page.mouse.down();
  await expect.poll(() => shots('cat').count()).toBeGreaterThanOrEqual(6);
  await page.mouse.up();
  await studio.getByRole('button', { name: 'Record cat' }).focus();
  await page.keyboard.down('2');
  await expect.poll(() => shots('<b>dog').count()).toBeGreaterThanOrEqual(4);
  await page.keyboard.up('2');
  await studio.getByRole('button', { name: 'Remove picture 1 of cat' }).click();
  await expectAccessible(page);

  // Closing does not lose what was taken.
  await page.keyboard.press('Escape');
  await studio.getByRole('button', { name: 'Close' }).click();
  await studio.getByRole('button', { name: 'Go on here' }).click();
  const add = studio.getByRole('button', { name: /^Add \d+ pictures$/ });
  const count = /\d+/.exec(await add.innerText())![0];
  await add.click();
  await expect(studio).toBeHidden();
  await expect(keptSet(page, 'camera')).toContainText(`${count} pictures`);
  await expect(keptSet(page, 'camera')).toContainText('2 classes');
  expect(problems).toEqual([]);
});

test('a video becomes pictures, and one that is none says so', async ({ page }) => {
  const problems = watch(page);
  await page.goto('');
  const video = await recordVideo(page);
  await page.getByRole('button', { name: 'Video', exact: true }).click();
  const videos = dialog(page, 'Pictures from videos');
  await videos.locator('input[type=file]').setInputFiles([
    { name: 'colours.webm', mimeType: 'video/webm', buffer: video },
    { name: 'text.mp4', mimeType: 'video/mp4', buffer: Buffer.from('not a video') },
  ]);
  await videos.getByLabel('One frame every').fill('0.2');
  await videos.getByRole('button', { name: 'Take frames' }).click();
  const lines = videos.getByRole('list', { name: 'What came of the videos' }).getByRole('listitem');
  await expect(lines.nth(0)).toContainText(/\d+ frames, one every 0\.2 s/);
  await expect(lines.nth(1)).toContainText('no video');
  await expectAccessible(page);
  await videos.getByRole('button', { name: /^Add \d+ pictures$/ }).click();
  await expect(keptSet(page, 'videos')).toContainText(/\d+ pictures/);
  // The one that could not be read is told of when the rest has come in.
  await expect(page.getByText('1 file could not be used and did no harm.')).toBeVisible();
  expect(problems).toEqual([]);
});

test.describe('a web address', () => {
  let open: Host;
  let closed: Host;

  test.beforeAll(async () => {
    const zip = await zipOfPictures();
    closed = await startHost((_, response) => response.end(zip));
    open = await startHost((path, response) => {
      response.setHeader('Access-Control-Allow-Origin', '*');
      if (path === '/away.zip') response.writeHead(302, { Location: `${closed.url}/shapes.zip` }).end();
      else if (path === '/shapes.zip') response.end(zip);
      else response.writeHead(404).end();
    });
  });
  test.beforeEach(() => {
    open.asked.length = 0;
    closed.asked.length = 0;
  });
  test.afterAll(() => {
    open.server.close();
    closed.server.close();
  });

  /** Types an address and agrees to its host. */
  async function download(page: Page, url: string) {
    const address = dialog(page, 'Pictures from an address');
    if (await address.isHidden()) await page.getByRole('button', { name: /^Web/ }).click();
    await address.getByLabel('Address of a ZIP file').fill(url);
    await expect(address.getByText('and nobody else')).toContainText(new URL(url).host);
    expect([...open.asked, ...closed.asked]).toEqual([]);
    await address.getByRole('button', { name: `Download from ${new URL(url).host}` }).click();
    return address;
  }

  test('is asked for its file by a worker that can reach nobody else', async ({ page }) => {
    const problems = watch(page);
    const policies: (string | undefined)[] = [];
    page.on('response', async (response) => {
      if (response.url().includes('downloadWorker')) {
        policies.push(response.headers()['content-security-policy']);
      }
    });
    await page.goto('');
    const address = await download(page, `${open.url}/shapes.zip`);
    await expect(address).toBeHidden();
    await expect(keptSet(page, 'shapes')).toContainText('6 pictures');
    await expect(keptSet(page, 'shapes')).toContainText('2 classes');
    expect(open.asked).toEqual(['GET /shapes.zip']);
    expect(new Set(policies)).toEqual(
      new Set([`default-src 'none'; script-src 'self'; connect-src ${open.url}`]),
    );
    expect(problems).toEqual([]);
  });

  test('that does not let pages read it, or passes on to another, is explained', async ({ page }) => {
    await page.goto('');
    const address = await download(page, `${closed.url}/shapes.zip`);
    await expect(address.getByRole('alert')).toContainText('does not let other pages read this file');
    await expectAccessible(page);
    closed.asked.length = 0;
    await download(page, `${open.url}/away.zip`);
    await expect(address.getByRole('alert')).toContainText('passes on to another address');
    expect(closed.asked).toEqual([]);
    open.asked.length = 0;
    await download(page, `${open.url}/missing.zip`);
    await expect(address.getByRole('alert')).toContainText('no file at this address (404)');
    await expect(keptSet(page, 'shapes')).toHaveCount(0);
  });
});

interface Host {
  server: Server;
  url: string;
  /** 'GET /path' of every request. */
  asked: string[];
}

async function startHost(answer: (path: string, response: ServerResponse) => void): Promise<Host> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request.url ?? '', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Three discs and three squares in folders of their own. */
async function zipOfPictures(): Promise<Buffer> {
  const files: Record<string, Uint8Array> = {};
  for (const [kind, radius] of [
    ['discs', 28],
    ['squares', 0],
  ] as const) {
    for (const hue of [0, 120, 240]) {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="#ddd"/><rect x="20" y="20" width="56" height="56" rx="${radius}" fill="hsl(${hue} 80% 50%)"/></svg>`;
      files[`${kind}/${hue}.png`] = new Uint8Array(await sharp(Buffer.from(svg)).png().toBuffer());
    }
  }
  return Buffer.from(zipSync(files));
}

/** A second of changing colours, as browsers record it: without its length in its header. */
async function recordVideo(page: Page): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 160;
    canvas.height = 120;
    const context = canvas.getContext('2d')!;
    const recorder = new MediaRecorder(canvas.captureStream(20));
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.start();
    for (let i = 0; i < 25; i++) {
      context.fillStyle = `hsl(${i * 14} 80% 50%)`;
      context.fillRect(0, 0, 160, 120);
      context.fillStyle = 'white';
      context.fillRect(i * 5, 20 + 2 * i, 40, 30);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve));
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  return Buffer.from(bytes);
}

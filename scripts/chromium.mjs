/** Finds Chromium for the end-to-end tests; as root on Debian, installs it where it is missing. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { debianRelease } from './apt-sources.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const macs = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The browser's executable: `CHROMIUM_PATH`, else the first known name on the path.
 * @returns {string | null}
 */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  const candidates = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...macs];
  return candidates.find(isExecutable) ?? null;
}

/**
 * The browser's executable, installed first where that is possible.
 * @param {(line: string) => void} log
 * @returns {string}
 * @throws with one sentence on how to install it
 */
export function ensureChromium(log) {
  const found = findChromium();
  if (found) return found;
  if (debianRelease() && process.getuid?.() === 0) {
    log('Installing Chromium with apt …');
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
      spawnSync('apt-get', ['-q', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
    }
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error(
    'The end-to-end tests need Chromium: install it (on Debian `sudo apt-get install chromium`), or set CHROMIUM_PATH to the executable.',
  );
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

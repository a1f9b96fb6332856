/** Installs the npm packages where they are missing or older than the lock file. Imports Node built-ins alone. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/**
 * Makes `node_modules` what the lock file says.
 * @param {(line: string) => void} log
 * @throws where npm cannot install
 */
export function ensurePackages(log) {
  const reason = outdated();
  if (!reason) return;
  log(`Installing the npm packages (${reason}) …`);
  const { status } = spawnSync(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) throw new Error('npm ci failed: the packages are not installed.');
}

/** Why the installed packages are not those of the lock file; null where they are. */
function outdated() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return 'none are there';
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(installedFile);
  const differing = Object.entries(wanted).filter(
    ([path, entry]) =>
      path !== '' && !entry.optional && !entry.peer && installed[path]?.version !== entry.version,
  );
  if (differing.length === 0) return null;
  return `${differing.length} differ from the lock file, ${differing[0][0].replace('node_modules/', '')} first`;
}

/** @returns {Record<string, { version: string, optional?: boolean, peer?: boolean }>} */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

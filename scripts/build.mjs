/** Builds the page into `dist/` where it is missing or older than what it is made from. Imports built-ins alone. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dist, root } from './paths.mjs';

const sources = [
  'index.html',
  'package-lock.json',
  'vite.config.ts',
  'tsconfig.json',
  'scripts/policy.mjs',
  'src',
  'public',
];

/**
 * @param {(line: string) => void} log
 * @throws where the build fails
 */
export function ensureBuild(log) {
  const built = join(dist, 'index.html');
  if (existsSync(built) && newest(sources.map((name) => join(root, name))) < statSync(built).mtimeMs) {
    log('dist/ is up to date.');
    return;
  }
  log('Building the page into dist/ …');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The page could not be built.');
}

/** Time of the last change below `paths` in ms; tests do not count. */
function newest(paths) {
  return Math.max(0, ...paths.map(changed));
}

function changed(path) {
  if (!existsSync(path) || /\.test\.tsx?$/.test(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, newest(readdirSync(path).map((name) => join(path, name))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureBuild((line) => console.log(line));

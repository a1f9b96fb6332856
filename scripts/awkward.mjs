/**
 * `npm run test:awkward`: imports every file of a folder of awkward ones in Chromium and holds the outcome against its
 * MANIFEST.json. `AWKWARD_DIR` names another folder. Sets up what a fresh machine lacks, as `npm test` does.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { ensurePackages } from './packages.mjs';
import { root } from './paths.mjs';

const log = (line) => console.log(line);
ensurePackages(log);
log(`Chromium: ${ensureChromium(log)}`);
const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
const { status } = spawnSync(process.execPath, [playwright, 'test', 'awkward', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

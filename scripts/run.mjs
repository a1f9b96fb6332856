/**
 * Runs a TypeScript program of the project in this Node process: `node scripts/run.mjs FILE.ts [ARGUMENT…]`.
 * The program and all it imports are bundled first (tfjs's modules are meant for bundlers and do not load in
 * Node one by one); native packages stay outside. The bundle lies in the project's cache.
 */
import { rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { root } from './paths.mjs';

const [file, ...args] = process.argv.slice(2);
if (!file) {
  console.error('Usage: node scripts/run.mjs FILE.ts [ARGUMENT…]');
  process.exit(2);
}
const name = basename(file).replace(/\.\w+$/, '');
// Two programs may run at once, so each has a bundle of its own.
const outDir = resolve(root, '.cache', 'run', `${name}-${process.pid}`);
await build({
  configFile: false,
  root,
  logLevel: 'error',
  ssr: { noExternal: true, external: ['webgpu', 'sharp', 'vite', '@playwright/test'] },
  build: {
    ssr: resolve(file),
    outDir,
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rollupOptions: { output: { entryFileNames: `${name}.mjs`, chunkFileNames: '[name]-[hash].mjs' } },
  },
});
process.argv = [process.argv[0], resolve(file), ...args];
process.on('exit', () => rmSync(outDir, { recursive: true, force: true }));
await import(pathToFileURL(resolve(outDir, `${name}.mjs`)).href);
